package binaries

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Table prints what was made.
func Table(w io.Writer, made []Artefact) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range made {
		limit := ""
		if a.Tool != "" {
			limit = fmt.Sprintf("of %.0f", float64(Limit(a.Tool))/1e6)
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f MB\t%s\n", a.Kind, a.Name, float64(a.Octets)/1e6, limit)
	}
	t.Flush()
}
