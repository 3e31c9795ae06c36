package zyre

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// UUID names a node for as long as it runs. It prints as 32 upper-case
// hexadecimal digits without dashes, as every Zyre prints it.
type UUID uuid.UUID

// NewUUID returns a fresh random UUID.
func NewUUID() UUID { return UUID(uuid.New()) }

// ParseUUID reads 32 hexadecimal digits of either case, with or without the
// dashes of RFC 9562. The error is ErrInvalid.
func ParseUUID(text string) (UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || strings.ContainsAny(text, "{}:") {
		return UUID{}, fmt.Errorf("%w: %q is no UUID: 32 hexadecimal digits are", ErrInvalid, text)
	}
	return UUID(id), nil
}

// String returns 32 upper-case hexadecimal digits.
func (id UUID) String() string { return strings.ToUpper(hex.EncodeToString(id[:])) }

// MarshalText is String, for encoding/json and its like.
func (id UUID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseUUID.
func (id *UUID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseUUID(string(text))
	return err
}
