package contract

import (
	"strings"
	"testing"
)

// All that others can import is promised, and nothing else.
func TestExtract(t *testing.T) {
	c := newCheckout(t)
	want := `# What this module promises; ` + "`go run ./tools/dev contract`" + ` writes it. STATE, PACKAGE, NAME, declaration.
stable . Config type Config struct
stable . Config.A field A string
stable . Config.B field B string
stable . Config.Depth field Depth int
stable . Config.Log field Log io.Writer
stable . Config.Port field Port uint16 ` + "`zpl:\"port\"`" + `
stable . Config.Sink func (*Config) Sink(int)
draft . Config.Trial field Trial func(string, ...int) (int, error)
stable . ErrClosed var ErrClosed error
stable . Greeting const Greeting = "hello\n"
stable . Half const Half float64 = 1/2
stable . Kind type Kind uint8
stable . Large const Large Kind = 2
stable . MaxNames const MaxNames = 16
stable . Node type Node struct
stable . Node.Close func (*Node) Close() error
stable . Of func Of[T ~[]E, E any](T, func(E) bool) E
deprecated . Old func Old()
stable . Open type Open interface{Name; io.Closer}
stable . Open.Name method Name(bool) string
stable . Patience const Patience time.Duration = 1m30s
stable . Ring type Ring = inner.Ring
stable . Ring.Size field Size int
stable . Ring.Turn func (Ring) Turn()
stable . Sealed type Sealed interface{ … }
stable . Sealed.Name method Name() string
stable . Small const Small Kind = 1
stable . Start func Start(string, Config) (*Node, error)
stable . System func System() string
stable . package package lib // import "github.com/zeromq/gozyre/lib"
draft trial Try func Try(*lib.Node) lib.Kind
draft trial package package trial // import "github.com/zeromq/gozyre/lib/trial"
stable veil Begin func Begin() *run
stable veil Both type Both interface{half}
stable veil Closed type Closed interface{ … }
stable veil Closed.Close method Close() error
stable veil Count func Count(number)
stable veil Least func Least[T ordered](T, T) T
stable veil Whatever func Whatever(interface{}, []byte)
stable veil half type half interface{Left}
stable veil half.Left method Left(int)
stable veil number type number = int
stable veil ordered type ordered interface{~int | ~string}
stable veil package package veil // import "github.com/zeromq/gozyre/lib/veil"
stable veil run type run struct
stable veil run.At field At int
stable veil run.End func (*run) End()
`
	if got := strings.ReplaceAll(c.get("lib/api.txt"), "\t", " "); got != want {
		t.Errorf("it is\n%s", got)
	}
	want = "stable spec one ONE 1\ndeprecated spec two TWO 2\n"
	if _, got, _ := strings.Cut(strings.ReplaceAll(c.get("rfcs/api.txt"), "\t", " "), "\n"); got != want {
		t.Errorf("of the specifications it is\n%s", got)
	}
	if err := Check(c.env); err != nil {
		t.Errorf("the check finds\n%v", err)
	}
}

// What breaks nobody changes nothing.
func TestSame(t *testing.T) {
	for name, edit := range map[string][2]string{
		"a parameter's name":       {"Start(name string, cfg Config)", "Start(n string, config Config)"},
		"an import's name":         {"nice", "t"},
		"a value's form":           {"1 << 4", "8 + 8"},
		"a receiver's name":        {"func (n *Node) Close", "func (node *Node) Close"},
		"an unexported field":      {"hidden int", "hidden string"},
		"a name in a func type":    {"f func(item E) bool", "f func(E) bool"},
		"a name in a field":        {"func(name string, values ...int) (n int, err error)", "func(string, ...int) (int, error)"},
		"methods nobody can have":  {"sealed()", "sealed(int)"},
		"a method nobody can call": {"rise()", "fall()"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCheckout(t)
			c.edit(edit[0], edit[1])
			if err := Check(c.env); err != nil {
				t.Error(err)
			}
		})
	}
}

// The two names of a type are one: the promise holds, and only its line is written again.
func TestSpelled(t *testing.T) {
	c := newCheckout(t)
	c.edit("x interface{}, octets []byte", "x any, octets []uint8")
	if err := c.write(); err != nil {
		t.Error(err)
	}
	if err := Check(c.env); err != nil {
		t.Error(err)
	}
}

// What a package imports may be what does not compile: then not all that uses it has changed.
func TestCompileImports(t *testing.T) {
	c := newCheckout(t)
	c.edit("func (Ring) Turn() {}", "func (Ring) Turn() nothing {}")
	if err := Check(c.env); err == nil || !strings.Contains(err.Error(), "undefined: nothing") || strings.Contains(err.Error(), "api.txt") {
		t.Errorf("the error is %v", err)
	}
}

// Code that does not compile has no contract: its names would all be missed.
func TestCompileFirst(t *testing.T) {
	c := newCheckout(t)
	c.edit("func Old() {}", "func Old() nothing {}")
	if err := c.write(); err == nil || !strings.Contains(err.Error(), "lib/deprecated.go:6") || !strings.Contains(err.Error(), "does not compile") {
		t.Errorf("the error is %v", err)
	}
}
