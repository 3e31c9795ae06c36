package zsock

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// z85Digits are the digits of RFC 32, the first being worth 0.
const z85Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// encodeZ85 writes octets, four at a time, as five digits of base 85. Their number must be divisible by four.
func encodeZ85(octets []byte) string {
	var text strings.Builder
	for ; len(octets) >= 4; octets = octets[4:] {
		v := binary.BigEndian.Uint32(octets)
		for _, unit := range []uint32{85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1} {
			text.WriteByte(z85Digits[v/unit%85])
		}
	}
	return text.String()
}

func decodeZ85(text string) ([]byte, error) {
	if len(text)%5 != 0 {
		return nil, errors.New("the number of characters in Z85 must be divisible by 5")
	}
	octets := make([]byte, 0, len(text)/5*4)
	for ; len(text) > 0; text = text[5:] {
		var v uint64
		for i := range 5 {
			digit := strings.IndexByte(z85Digits, text[i])
			if digit < 0 {
				return nil, fmt.Errorf("%q is no character of Z85", text[i])
			}
			v = v*85 + uint64(digit)
		}
		if v > 0xFFFFFFFF {
			return nil, fmt.Errorf("%q stands for no four octets", text[:5])
		}
		octets = binary.BigEndian.AppendUint32(octets, uint32(v))
	}
	return octets, nil
}
