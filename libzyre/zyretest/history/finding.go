package history

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// maxFindings is how many are kept; the others are only counted.
const maxFindings = 1000

// Finding is one thing that must not be.
type Finding struct {
	Rule string    `json:"rule"`          // one of the constants
	At   time.Time `json:"at"`            // when it was found
	Node zyre.UUID `json:"node"`          // who told, or did not tell
	Peer zyre.UUID `json:"peer,omitzero"` // whom it is about, if anybody
	Text string    `json:"text"`          // what was expected, what was told, what went before
}

// String is one line, for logs.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %s", f.At.UTC().Format("15:04:05.000000"), f.Rule, f.Text)
}

// Figures counts what was seen.
type Figures struct {
	Starts    uint64            `json:"starts"`    // nodes that were started
	Stops     uint64            `json:"stops"`     // nodes that were stopped, in whatever way
	Events    uint64            `json:"events"`    // of all types, told
	Enters    uint64            `json:"enters"`    // told
	Exits     map[string]uint64 `json:"exits"`     // by cause: goodbye, expired, unreachable, …
	Evasives  uint64            `json:"evasives"`  // told
	Silents   uint64            `json:"silents"`   // told
	Joins     uint64            `json:"joins"`     // told
	Leaves    uint64            `json:"leaves"`    // told
	Whispers  uint64            `json:"whispers"`  // sent
	Shouts    uint64            `json:"shouts"`    // sent
	Whispered uint64            `json:"whispered"` // told
	Shouted   uint64            `json:"shouted"`   // told, by each member
	Failed    uint64            `json:"failed"`    // calls
	Excused   uint64            `json:"excused"`   // messages that may be lost; some of them came
	Foreign   uint64            `json:"foreign"`   // events of strangers, and messages that are not of the checker's making
	Delay     time.Duration     `json:"delay"`     // the longest from the call to the event, in nanoseconds
	Findings  uint64            `json:"findings"`  // also those that are not kept
	Rules     map[string]uint64 `json:"rules"`     // the same, by rule
}

// Figures returns the counters.
func (c *Checker) Figures() Figures {
	figures := c.figures
	figures.Exits, figures.Rules = maps.Clone(c.figures.Exits), maps.Clone(c.figures.Rules)
	return figures
}

// Findings returns what was found so far, oldest first; the first 1,000 are
// kept.
func (c *Checker) Findings() []Finding { return slices.Clone(c.findings) }

// report makes a finding of what r told, or did not tell, of s; s may be nil.
func (c *Checker) report(rule string, r, s *node, format string, args ...any) {
	f := Finding{Rule: rule}
	if len(c.findings) < maxFindings {
		f = c.finding(rule, r, s, format, args...)
	}
	c.add(f)
}

func (c *Checker) add(f Finding) {
	c.figures.Findings++
	c.figures.Rules[f.Rule]++
	if len(c.findings) < maxFindings {
		c.findings = append(c.findings, f)
	}
}

func (c *Checker) finding(rule string, r, s *node, format string, args ...any) Finding {
	f := Finding{Rule: rule, At: c.time(c.now).UTC(), Node: r.id, Text: r.label()}
	if s != nil {
		f.Peer = s.id
		f.Text += " of " + s.label()
	}
	f.Text += ": " + fmt.Sprintf(format, args...)
	if s != nil && s != r {
		f.Text += fmt.Sprintf(". %s %s, %s %s", r.label(), c.state(r), s.label(), c.state(s))
		if at, what := c.calm(r, s); at == forever {
			f.Text += "; disturbed now: " + what
		} else if at > 0 {
			f.Text += fmt.Sprintf("; disturbed until %s s ago: %s", seconds(c.now-at), what)
		}
		f.Text += ". " + c.recent(r, s) + "; " + c.recent(s, r)
	}
	return f
}

// causes names the causes of an EXIT.
var causes = []struct {
	name string
	err  error
}{
	{"none", nil},
	{"other", nil},
	{"goodbye", zyre.ErrGoodbye},
	{"closed", zyre.ErrClosed},
	{"expired", zyre.ErrExpired},
	{"unreachable", zyre.ErrUnreachable},
	{"lost", zyre.ErrLost},
	{"restarted", zyre.ErrRestarted},
	{"replaced", zyre.ErrReplaced},
	{"moved", zyre.ErrMoved},
	{"blocked", zyre.ErrBlocked},
	{"misbehaved", zyre.ErrMisbehaved},
}

func causeIndex(err error) int {
	if err == nil {
		return 0
	}
	for i := range causes {
		if causes[i].err != nil && errors.Is(err, causes[i].err) {
			return i
		}
	}
	return 1
}
