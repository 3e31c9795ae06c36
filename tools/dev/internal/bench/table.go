package bench

import (
	"bytes"
	"fmt"
	"strings"
)

// markdown is the table as README has it.
func (r Report) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Measured on %s: %s; medians of %d runs.\n\n", r.Time.Format("2006-01-02"), r.Machine, r.Runs)
	fmt.Fprintln(&b, "| figure | measured | target | | best peer |")
	fmt.Fprintln(&b, "|---|---|---|---|---|")
	for _, f := range r.Figures {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.About, f.Shown, f.Target, f.verdict(), f.Best)
	}
	for _, f := range r.Figures {
		if f.Error != "" {
			fmt.Fprintf(&b, "\n%s failed: %s\n", f.Name, strings.ReplaceAll(f.Error, "\n", "\n    "))
		}
	}
	return b.Bytes()
}

func (f Figure) verdict() string {
	switch {
	case f.Met == nil:
		return ""
	case *f.Met:
		return "met"
	}
	return "**not met**"
}
