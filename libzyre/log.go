package zyre

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/report"
)

// LogLevel says how serious something is that is reported to collectors, and what a node reports: everything up to its level. The
// zero value stands for LogInfo in a Config.
type LogLevel uint8

// The levels of ZRELOG (rfcs/zrelog, 4).
const (
	// LogError: something failed.
	LogError LogLevel = zrelog.LevelError
	// LogWarning: something is not as it should be, and goes on.
	LogWarning LogLevel = zrelog.LevelWarning
	// LogInfo: something happened.
	LogInfo LogLevel = zrelog.LevelInfo
	// LogOff: nothing is reported, and no collector is connected to.
	LogOff LogLevel = 255
)

var logLevels = map[LogLevel]string{LogError: "error", LogWarning: "warning", LogInfo: "info", LogOff: "off"}

// String gives "error", "warning", "info" or "off".
func (l LogLevel) String() string {
	if name, ok := logLevels[l]; ok {
		return name
	}
	return fmt.Sprintf("LogLevel(%d)", uint8(l))
}

// MarshalText is String; of the zero value it is empty.
func (l LogLevel) MarshalText() ([]byte, error) {
	if l == 0 {
		return nil, nil
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what MarshalText gives, in either case. The error is ErrInvalid.
func (l *LogLevel) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = 0
		return nil
	}
	for level, name := range logLevels {
		if strings.EqualFold(name, string(text)) {
			*l = level
			return nil
		}
	}
	return fmt.Errorf("%w: %.100q is no level: error, warning, info and off are", ErrInvalid, text)
}

// reported is the level of package report: 0 for LogOff, and for what is no level.
func (l LogLevel) reported() uint8 {
	if l > LogInfo {
		return 0
	}
	return uint8(l)
}

// SetLogLevel changes Config.LogLevel. LogOff, and whatever is no level, ends the connections to all collectors; another
// level makes those to the collectors that are present. It does nothing once the node has ended.
func (n *Node) SetLogLevel(level LogLevel) {
	n.ask(func(n *Node, at time.Time, r *request) {
		n.reports.SetLevel(at, level.reported(), n.node.Core().Peers)
		r.call.Done(nil)
	}, UUID{}, "", nil)
}

// LogText reports a text of the application's to every collector that is present, as a record of event 0; without any, or where
// the node's level is below, nothing happens. It does not wait for collectors: what they do not take in time is dropped, and counted in
// Stats.RecordsDropped. A text may have line ends and other control characters in it: whoever shows it has to mind them. More than 255
// octets go in several records.
//
// Errors: ErrInvalid (over 4,096 octets; a level that is not LogError, LogWarning or LogInfo), ErrClosed. ZRELOG, 4.
func (n *Node) LogText(level LogLevel, text string) error {
	if level < LogError || level > LogInfo {
		return fmt.Errorf("%w: nothing can be said at the level %v: error, warning and info are for that", ErrInvalid, level)
	}
	if len(text) > zrelog.MaxText {
		return fmt.Errorf("%w: a text of %d octets: at most %d can be reported", ErrInvalid, len(text), zrelog.MaxText)
	}
	if !n.reports.Wanted() {
		select {
		case <-n.stopped:
			return ErrClosed
		default:
			return nil
		}
	}
	return n.ask(texts[level], UUID{}, text, nil)
}

// texts report a request's text, at each level.
var texts = [...]func(*Node, time.Time, *request){LogError: textAt(LogError), LogWarning: textAt(LogWarning), LogInfo: textAt(LogInfo)}

func textAt(level LogLevel) func(*Node, time.Time, *request) {
	return func(n *Node, at time.Time, r *request) {
		n.reports.Text(at, uint8(level), r.group)
		r.call.Done(nil)
	}
}

// newReporter makes what tells collectors; it is asked in the loop.
func (n *Node) newReporter() *report.Reporter {
	return report.New(report.Config{
		ID:        core.ID(n.cfg.UUID),
		Transport: n.cfg.Transport,
		Level:     n.cfg.LogLevel.reported(),
		Log:       n.cfg.Log,
		Addr:      func(id core.ID) (string, bool) { return n.node.Core().Addr(id) },
		Counters: func() report.Counters {
			of := n.statsOf()
			return report.Counters{
				Peers: of.Peers, In: of.Received, Out: of.Sent, Queue: of.Events + of.Inbox + of.Waiting, OctetsIn: of.OctetsReceived, OctetsOut: of.OctetsSent,
			}
		},
	})
}

// change does what changes this node's groups, and reports it if it did.
func (n *Node) change(at time.Time, event uint8, group string, do func()) {
	before := n.node.Core().In(group)
	if do(); n.node.Core().In(group) != before {
		n.reports.Own(at, event, group)
	}
}

// closeReports begins to end the connections to collectors; the channel is closed when that is done.
func (n *Node) closeReports() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		n.reports.Close()
		close(done)
	}()
	return done
}
