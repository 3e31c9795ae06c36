package release

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// clock times what a release does.
type clock struct {
	e     *repo.Env
	names []string
	took  []time.Duration
}

// time does one thing and says how long it took, or what went wrong; its error only names it.
func (c *clock) time(name string, do func() error) error {
	if err := c.e.Context.Err(); err != nil {
		return err // interrupted
	}
	start := time.Now()
	err := do()
	took := time.Since(start).Round(100 * time.Millisecond)
	c.names, c.took = append(c.names, name), append(c.took, took)
	if err != nil {
		c.e.Say("release: %s FAILED after %v:\n%v", name, took, err)
		return errors.New(name)
	}
	c.e.Say("release: %s took %v", name, took)
	return nil
}

// show prints all of it.
func (c *clock) show() {
	t := tabwriter.NewWriter(c.e.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	var sum time.Duration
	for i, name := range c.names {
		sum += c.took[i]
		fmt.Fprintf(t, "%v\t  %s\n", c.took[i], name)
	}
	fmt.Fprintf(t, "%v\t  in all\n", sum)
	t.Flush()
}
