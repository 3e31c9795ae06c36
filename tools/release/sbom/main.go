// Sbom writes a bill of materials for an archive of ours, in CycloneDX's JSON:
// what was compiled into its executables, as they say themselves. The same
// archive gives the same octets: there is no serial number in it, and its time
// is the commit's.
//
//	sbom ARCHIVE GO.MOD DOCUMENT
//
// Executables call our own modules "(devel)", for they were built in a
// workspace; the versions that they are released with are in GO.MOD, that of tools.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"golang.org/x/mod/modfile"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "sbom: want ARCHIVE, the go.mod of tools, and the DOCUMENT to write")
		os.Exit(2)
	}
	document, err := run(os.Args[1], os.Args[2])
	if err == nil {
		err = os.WriteFile(os.Args[3], document, 0o644)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "sbom: %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func run(archive, gomod string) ([]byte, error) {
	versions, err := required(gomod)
	if err != nil {
		return nil, err
	}
	m := materials{versions: versions, modules: map[string]*debug.Module{}}
	if err := each(archive, m.add); err != nil {
		return nil, err
	}
	if len(m.tools) == 0 {
		return nil, errors.New("there is no executable of Go in it")
	}
	var document bytes.Buffer
	err = cdx.NewBOMEncoder(&document, cdx.BOMFileFormatJSON).SetPretty(true).Encode(m.bom(filepath.Base(archive)))
	return document.Bytes(), err
}

// required returns what a go.mod asks for.
func required(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	mod, err := modfile.ParseLax(path, data, nil)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for _, r := range mod.Require {
		versions[r.Mod.Path] = r.Mod.Version
	}
	return versions, nil
}

// each calls f with the content of every file of an archive.
func each(path string, f func(name string, content []byte) error) error {
	if strings.HasSuffix(path, ".zip") {
		z, err := zip.OpenReader(path)
		if err != nil {
			return err
		}
		defer z.Close()
		for _, file := range z.File {
			r, err := file.Open()
			if err != nil {
				return err
			}
			content, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			if err := f(file.Name, content); err != nil {
				return err
			}
		}
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for t := tar.NewReader(unzipped); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(t)
		if err != nil {
			return err
		}
		if err := f(h.Name, content); err != nil {
			return err
		}
	}
}

// materials are what executables were made of.
type materials struct {
	versions map[string]string // of our own modules
	tools    []string
	goes     string // Go's version
	time     string // of the commit
	commit   string
	modules  map[string]*debug.Module
}

// add takes a file in, if it is an executable of Go.
func (m *materials) add(name string, content []byte) error {
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return nil // a text
	}
	m.tools = append(m.tools, strings.TrimSuffix(filepath.Base(name), ".exe"))
	m.goes = info.GoVersion
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			m.time = s.Value
		case "vcs.revision":
			m.commit = s.Value
		}
	}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		if d.Version == "(devel)" {
			if d.Version = m.versions[d.Path]; d.Version == "" {
				return fmt.Errorf("%s was made with %s, of which go.mod of tools has no version", name, d.Path)
			}
		}
		m.modules[d.Path] = d
	}
	return nil
}

func (m *materials) bom(name string) *cdx.BOM {
	slices.Sort(m.tools)
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: m.time,
		Component: &cdx.Component{
			BOMRef:      name,
			Type:        cdx.ComponentTypeApplication,
			Name:        name,
			Description: strings.Join(m.tools, ", ") + ", commit " + m.commit,
			Licenses:    &cdx.Licenses{{License: &cdx.License{Name: "LGPL-3.0-only with a static-linking exception"}}},
		},
	}
	list := []cdx.Component{component("std", strings.TrimPrefix(m.goes, "go"), "golang/std")}
	for path, d := range m.modules {
		list = append(list, component(path, d.Version, "golang/"+path))
	}
	slices.SortFunc(list, func(a, b cdx.Component) int { return strings.Compare(a.Name, b.Name) })
	bom.Components = &list
	return bom
}

func component(name, version, kind string) cdx.Component {
	url := "pkg:" + kind + "@" + version
	return cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: url}
}
