package trace

import (
	"encoding/json"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// Any octets come back as they were, and none that a terminal obeys is in the file.
func TestText(t *testing.T) {
	for text, want := range map[Text]string{
		"":                    `""`,
		"Ghent é 中":           `"Ghent é 中"`,
		`a "b" \`:             `"a \"b\" \\"`,
		"\x1b[2J\n\x00\u009b": `"\u001b[2J\u000a\u0000\u009b"`,
		"\u202e\u2028":        `"\u202e\u2028"`,
		"\U000e0041":          `"\udb40\udc41"`,
		"\xff":                `{"hex":"ff"}`,
	} {
		if got, err := text.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%q: %s, want %s", string(text), got, want)
		}
	}
	for _, bad := range []string{`{}`, `{"hex":1}`, `{"hex":"f"}`, `1`} {
		if err := json.Unmarshal([]byte(bad), new(Text)); err == nil {
			t.Errorf("%s is a text", bad)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := Text(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text"))
		octets, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(octets) {
			if unicode.IsControl(r) {
				t.Fatalf("%q is in %s", r, octets)
			}
		}
		var back Text
		if err := json.Unmarshal(octets, &back); err != nil || back != text {
			t.Fatalf("%q came back as %q: %v", string(text), string(back), err)
		}
	})
}
