package zpl_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/zpl"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"\n\n", ""},
		{"a", "a\n"},
		{"a=1\r\n\r\n\r\nb\t=\t'2'\r", "a = 1\n\nb = '2'\n"},
		{"\n\n# c  \na =#c", "# c\na  #c\n"},
		{"a = 1#x\nlong = 2   # y\nz\nb = 1 # z", "a = 1     #x\nlong = 2  # y\nz\nb = 1  # z\n"},
		{"a = ä # 1\nbb = b # 2", "a = ä   # 1\nbb = b  # 2\n"},
		{"a\n  # of b\n\t\t# of b\n    b\n      # foot of a\n\n\n  # of c\nc\n# end", "a\n    # of b\n    # of b\n    b\n    # foot of a\n\n# of c\nc\n# end\n"},
		{"a\n    b\n        # of b\nc", "a\n    b\n        # of b\nc\n"},
		{"a = " + strings.Repeat("x", 60) + " # long\nb # short", "a = " + strings.Repeat("x", 60) + "  # long\nb  # short\n"},
	} {
		got, err := zpl.Format([]byte(c.text))
		if err != nil || string(got) != c.want {
			t.Errorf("%q: %q, want %q, %v", c.text, got, c.want, err)
		}
	}
	if _, err := zpl.Format([]byte("ää = 1")); err == nil {
		t.Error("a wrong text was formatted")
	}
	// One long line must not blow up all others.
	big := "a = " + strings.Repeat("x", zpl.MaxSize/2) + " # c\n" + strings.Repeat("b # c\n", 50_000)
	if got, err := zpl.Format([]byte(big)); err != nil || len(got) > zpl.MaxSize {
		t.Errorf("%d octets, %v", len(got), err)
	}
	// Nor may a text grow beyond what can be read again.
	if _, err := zpl.Format(bytes.Repeat([]byte(strings.Repeat("b", 60)+"#\nb#\n"), 16_000)); !errors.Is(err, zpl.ErrUnwritable) {
		t.Error(err)
	}
}
