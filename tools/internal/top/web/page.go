package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
)

// scripts are the page's, in the order in which they come: they make one script.
var scripts = []string{"model.js", "graph.js", "table.js", "details.js", "main.js"}

//go:embed page
var files embed.FS

// page is what a browser gets: one file that asks for nothing else but events.
type page struct {
	html, gzipped []byte
	policy        string // its Content-Security-Policy
}

var thePage = sync.OnceValue(func() *page {
	style, script := read("style.css"), strings.Builder{}
	script.WriteString("'use strict';\n(() => {\n")
	for _, name := range scripts {
		script.WriteString(read(name))
	}
	script.WriteString("})();\n")
	html := strings.NewReplacer("/*style*/", style, "/*script*/", script.String()).Replace(read("index.html"))
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	_, _ = z.Write([]byte(html))
	_ = z.Close()
	return &page{
		html: []byte(html), gzipped: small.Bytes(),
		policy: fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			digest(script.String()), digest(style)),
	}
})

func read(name string) string {
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
