package bench

import (
	"bytes"
	"fmt"
	"strings"
)

// heads are the tables' first lines, and where a table belongs.
var heads = []struct{ table, about, head string }{
	{nodes, "Nodes (libzyre/README.md)", "| figure | zmtp | libzmq | target | | best peer |\n|---|---|---|---|---|---|\n"},
	{links, "Transports (codecs/zmtp/README.md)", "| figure | zmtp | libzmq | zmtp is better by | target | " +
		"| measured before: prototype, libzmq, go-zeromq/zmq4 |\n|---|---|---|---|---|---|---|\n"},
	{presence, "Presence (libzyre/README.md)", "| figure | zyre | memberlist | zyre is better by | target | | others, measured before |\n|---|---|---|---|---|---|---|\n"},
	{shares, "Shared files (libzyre/README.md)", "| figure | zyre | target | | others, measured before |\n|---|---|---|---|---|\n"},
	{logs, "Records (tools/README.md)", "| figure | zyre | target | | others, measured before |\n|---|---|---|---|---|\n"},
	{codecs, "Codecs (codecs/README.md)", "| work | gozyre | protobuf | vtprotobuf | msgp | best other / gozyre | target | |\n|---|---|---|---|---|---|---|---|\n"},
	{files, "Files (libfmq/README.md)", "| figure | ours | rsync | cp | ours / rsync | target | | others, measured before |\n|---|---|---|---|---|---|---|---|\n"},
}

// markdown are the tables as the READMEs have them.
func (r Report) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Measured on %s: %s; medians of %d runs.\n", r.Time.Format("2006-01-02"), r.Machine, r.Runs)
	for _, h := range heads {
		var lines strings.Builder
		about := h.about
		for _, f := range r.Figures {
			if f.Table == h.table {
				if f.Runs > 0 && f.Runs != r.Runs {
					about = fmt.Sprintf("%s, medians of %d runs", h.about, f.Runs)
				}
				for _, row := range f.Rows {
					lines.WriteString(row.line(f.Table))
				}
			}
		}
		if (h.table == files || h.table == shares) && r.Quick {
			about += ", --quick: less of everything than the targets are for"
		}
		if lines.Len() > 0 {
			fmt.Fprintf(&b, "\n%s:\n\n%s%s", about, h.head, lines.String())
		}
	}
	for _, f := range r.Figures {
		for _, t := range append(columns, serializers...) {
			if said := f.Errors[t]; said != "" {
				fmt.Fprintf(&b, "\n%s failed with %s: %s\n", f.Name, t, strings.ReplaceAll(said, "\n", "\n    "))
			}
		}
	}
	return b.Bytes()
}

func (r Row) line(table string) string {
	if table == codecs {
		cells := []string{r.About}
		for _, s := range serializers {
			cells = append(cells, r.Shown[s])
		}
		cells = append(cells, times(r.Ratio), r.Target, r.verdict())
		return "| " + strings.Join(cells, " | ") + " |\n"
	}
	if table == files {
		ratio := ""
		if r.Ratio > 0 {
			ratio = timesMost(1 / r.Ratio)
		}
		return "| " + strings.Join([]string{r.About, r.Shown[filemq], r.Shown[rsync], r.Shown[cp], ratio, r.Target, r.verdict(), r.Others}, " | ") + " |\n"
	}
	if table == presence {
		return "| " + strings.Join([]string{r.About, r.Shown[zmtp], r.Shown[memberlist], times(r.Ratio), r.Target, r.verdict(), r.Others}, " | ") + " |\n"
	}
	if table == shares || table == logs {
		return "| " + strings.Join([]string{r.About, r.Shown[zmtp], r.Target, r.verdict(), r.Others}, " | ") + " |\n"
	}
	cells := []string{r.About, r.Shown[zmtp] + r.Shown[none], r.Shown[libzmq]}
	if table == links {
		cells = append(cells, times(r.Ratio))
	}
	cells = append(cells, r.Target, r.verdict(), r.Others)
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func (r Row) verdict() string {
	switch {
	case r.Met == nil:
		return ""
	case *r.Met:
		return "met"
	}
	return "**not met**"
}
