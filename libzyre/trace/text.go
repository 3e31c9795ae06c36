package trace

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Text is what somebody may have made of any octets. In JSON it is a string in
// which whatever a terminal could obey is escaped, and {"hex":"…"} where it is
// not UTF-8, so that it comes back as it was.
type Text string

// MarshalJSON writes it.
func (t Text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return fmt.Appendf(nil, `{"hex":"%x"}`, string(t)), nil
	}
	b := append(make([]byte, 0, len(t)+2), '"')
	for _, r := range t {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case unicode.IsGraphic(r) && r != '\u2028' && r != '\u2029':
			b = utf8.AppendRune(b, r)
		case r < 0x10000:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return append(b, '"'), nil
}

// UnmarshalJSON reads either form.
func (t *Text) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '{' {
		return json.Unmarshal(data, (*string)(t))
	}
	var form struct {
		Hex *string `json:"hex"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	if form.Hex == nil {
		return errors.New(`a text is a string, or {"hex":"…"}`)
	}
	octets, err := hex.DecodeString(*form.Hex)
	*t = Text(octets)
	return err
}
