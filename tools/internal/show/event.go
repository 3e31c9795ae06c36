package show

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/zeromq/gozyre/libzyre"
)

// event is an Event as scripts read it. Keys that say nothing are absent.
type event struct {
	Type    string            `json:"type"`
	Peer    string            `json:"peer,omitzero"`
	Name    string            `json:"name,omitzero"`
	Addr    string            `json:"addr,omitzero"`
	Headers map[string]string `json:"headers,omitempty"`
	Group   string            `json:"group,omitzero"`
	Path    string            `json:"path,omitzero"`
	File    string            `json:"file,omitzero"`
	Size    *int64            `json:"size,omitzero"`
	Done    *int64            `json:"done,omitzero"`
	Digest  string            `json:"digest,omitzero"`
	Msg     []string          `json:"msg,omitzero"` // present, if empty, for messages
	Base64  bool              `json:"base64,omitzero"`
	Cause   string            `json:"cause,omitzero"`
	Time    string            `json:"time"`
}

// Time returns t as every JSON output of these tools has it: RFC 3339 with
// nine digits of fraction, UTC.
func Time(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
}

// JSON returns e as one line of JSON, line end included. The frames of a
// message are strings; if any of them is not UTF-8 all of them are in base64
// (RFC 4648, section 4) and "base64" is true. So are path and file of a file. In
// the other texts octets that are not UTF-8 become U+FFFD.
func JSON(e zyre.Event) []byte {
	out := event{
		Type:    e.Type.String(),
		Name:    e.Name,
		Addr:    e.Addr,
		Headers: e.Headers,
		Group:   e.Group,
		Time:    Time(e.Time),
	}
	if e.Peer != (zyre.UUID{}) {
		out.Peer = e.Peer.String()
	}
	if e.Cause != nil {
		out.Cause = e.Cause.Error()
	}
	if e.Type == zyre.Whisper || e.Type == zyre.Shout {
		out.Msg = make([]string, len(e.Msg))
		for _, frame := range e.Msg {
			out.Base64 = out.Base64 || !utf8.Valid(frame)
		}
		for i, frame := range e.Msg {
			if out.Base64 {
				out.Msg[i] = base64.StdEncoding.EncodeToString(frame)
			} else {
				out.Msg[i] = string(frame)
			}
		}
	}
	switch e.Type {
	case zyre.Progress:
		out.Size, out.Done = &e.Size, &e.Done
	case zyre.Deliver, zyre.Sent:
		out.Size, out.Digest = &e.Size, hex.EncodeToString(e.Digest)
	}
	out.Path, out.File = e.Path, e.File
	if !utf8.ValidString(e.Path) || !utf8.ValidString(e.File) {
		out.Base64 = true
		out.Path = base64.StdEncoding.EncodeToString([]byte(e.Path))
		out.File = base64.StdEncoding.EncodeToString([]byte(e.File))
	}
	return Line(out)
}

// Line returns v as one line of JSON, line end included, that is safe on a
// terminal: what would not be visible is escaped. It panics when v is nothing
// that JSON can hold.
func Line(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("show: %v", err))
	}
	line := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	// Outside of strings JSON of this kind is all visible, so whatever is not
	// stands in a string and may be escaped there.
	if clean(string(line)) {
		return append(line, '\n')
	}
	safe := make([]byte, 0, len(line)+16)
	for _, r := range string(line) {
		switch {
		case visible(r):
			safe = utf8.AppendRune(safe, r)
		case r < 0x10000:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		default:
			r -= 0x10000
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return append(safe, '\n')
}
