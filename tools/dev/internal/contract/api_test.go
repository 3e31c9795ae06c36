package contract

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	text := API{
		{Stable, ".", "A", "func A()"},
		{Removed, ".", "B", "var B\tint"}, // a declaration may hold anything
		{Draft, "sub", "A", "type A struct"},
	}.Format()
	api, err := Parse(text)
	if err != nil || string(api.Format()) != string(text) {
		t.Errorf("%v: of\n%sis\n%s", err, text, api.Format())
	}
	if _, err := Parse([]byte("# a comment\r\n\r\nstable\t.\tA\tfunc A()\r\n")); err != nil {
		t.Errorf("as Windows writes it: %v", err)
	}
	for _, wrong := range []string{"stable . A func A()", "good\t.\tA\tfunc A()", "stable\t.\tA"} {
		if _, err := Parse([]byte("# x\n" + wrong + "\n")); err == nil || !strings.HasPrefix(err.Error(), "api.txt:2: ") {
			t.Errorf("%q gives %v", wrong, err)
		}
	}
}

// Each line is an old state of a name, a new one, and what that means. Empty: there is none.
// A * is another declaration.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		old, now string
		want     Kind
	}{
		{"", "", None},
		{"", "draft", Added},
		{"", "stable", Added},
		{"", "removed", None},

		{"draft", "", Drafted},
		{"draft", "draft", None},
		{"draft", "draft*", Drafted},
		{"draft", "stable", Added},
		{"draft", "stable*", Drafted},
		{"draft", "deprecated", Added},

		{"stable", "stable", None},
		{"stable", "", Broken},
		{"stable", "stable*", Broken},
		{"stable", "draft", Broken},
		{"stable", "deprecated", Retired},
		{"stable", "deprecated*", Broken},
		{"stable", "removed", Broken}, // without being deprecated first

		{"deprecated", "deprecated", None},
		{"deprecated", "", Broken},
		{"deprecated", "removed", Gone},
		{"deprecated", "deprecated*", Broken},
		{"deprecated", "stable", Broken},
		{"deprecated", "draft", Broken},

		{"removed", "removed", None},
		{"removed", "", Broken},
		{"removed", "draft", Broken},
		{"removed", "stable", Broken},
		{"removed", "deprecated", Broken},
	} {
		api := func(state string) API {
			plain, other := strings.CutSuffix(state, "*")
			switch {
			case state == "":
				return nil
			case other:
				return API{{State(plain), ".", "X", "func X(int)"}}
			}
			return API{{State(plain), ".", "X", "func X()"}}
		}
		all := Compare(api(c.old), api(c.now))
		if got := Worst(all); got != c.want || len(all) > 1 {
			t.Errorf("%q to %q is %v, not %v: %v", c.old, c.now, got, c.want, all)
		}
	}
}

// Of several differences the gravest counts, and names of other packages are others.
func TestWorst(t *testing.T) {
	old := API{{Stable, ".", "A", "func A()"}, {Draft, ".", "B", "func B()"}, {Stable, "sub", "A", "func A()"}}
	now := API{{Stable, ".", "A", "func A()"}, {Draft, "sub", "A", "func A()"}, {Stable, ".", "C", "func C()"}}
	all := Compare(old, now)
	if len(all) != 3 || Worst(all) != Broken {
		t.Errorf("%v: %v", Worst(all), all)
	}
	if Worst(all[:1]) != Drafted || Worst(nil) != None {
		t.Errorf("the first is %v, nothing %v", Worst(all[:1]), Worst(nil))
	}
}
