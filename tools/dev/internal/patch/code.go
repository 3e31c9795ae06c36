package patch

import (
	"go/scanner"
	"go/token"
	"path"
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
		case tok == token.RBRACE || tok == token.RPAREN || tok == token.RBRACK:
			if n := len(all) - 1; n >= 0 && (all[n] == ";" || all[n] == ",") {
				all = all[:n] // a list that was broken into lines, or is on one line now
			}
			all = append(all, tok.String())
		case tok.IsLiteral() || tok == token.COMMENT:
			all = append(all, lit)
		default:
			all = append(all, tok.String())
		}
	}
}

// declarations are those of a Go file, each with where it holds: the package, and the
// systems that the file is for. So one that has moved is the same, and its place does not count.
func declarations(file string, text []byte) []string {
	_, system, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".go"), "_")
	home := path.Dir(file) + " " + system
	var all, one []string
	depth, clause := 0, false
	for _, t := range append(tokens(text), ";") {
		switch t {
		case "{", "(", "[":
			depth++
		case "}", ")", "]":
			depth--
		}
		if one = append(one, t); t != ";" || depth > 0 {
			continue
		}
		switch {
		case !clause: // with the orders above it
			home, clause = home+" "+strings.Join(one, " "), true
		case one[0] == "import":
			for _, spec := range strings.Split(strings.Trim(strings.Join(one[1:], " "), "();  "), ";") {
				all = append(all, home+" import "+strings.TrimSpace(spec))
			}
		case len(one) > 1:
			all = append(all, home+" "+strings.Join(one, " "))
		}
		one = nil
	}
	return all
}

var (
	// usesC: the comment above `import "C"` is C code.
	usesC         = regexp.MustCompile(`(?m)^import "C"`)
	generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`) // go.dev/s/generatedcode
)

func generated(text []byte) bool { return generatedMark.Match(text) }
