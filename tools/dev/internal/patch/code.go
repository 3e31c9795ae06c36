package patch

import (
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// tokens is what the compiler sees of a Go file: no comments, except those that are
// orders to it, and no formatting. A file with a package clause only has none.
//
// (A scanner rather than a parser: what is compared need not even be legal.)
func tokens(text []byte) []string {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", -1, len(text)), text, func(token.Position, string) {}, scanner.ScanComments)
	cgo := usesC.Match(text)
	var all []string
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			if len(all) == 3 && all[0] == "package" {
				return nil
			}
			return all
		case tok == token.COMMENT && !cgo && !strings.HasPrefix(lit, "//go:"):
		case tok == token.SEMICOLON:
			all = append(all, ";") // written or not
		case tok.IsLiteral() || tok == token.COMMENT:
			all = append(all, lit)
		default:
			all = append(all, tok.String())
		}
	}
}

var (
	// usesC: the comment above `import "C"` is C code.
	usesC         = regexp.MustCompile(`(?m)^import "C"`)
	generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`) // go.dev/s/generatedcode
)

func generated(text []byte) bool { return generatedMark.Match(text) }
