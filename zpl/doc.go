// Package zpl reads and writes ZPL, the ZeroMQ Property Language: configuration
// that people type. The specification is gozyre/ZPL, in the folder rfcs/zpl of
// this project.
//
//	# Who we are
//	server
//	    monitor = 1         # look for changed files each second
//	    heartbeat = 5s
//
//	publish
//	    location = /srv/photos
//	    virtual = "/photos#1"
//
// A line is a property: a name, and perhaps a value. It belongs to the one
// above it that is indented by four spaces less. Names may repeat, and order counts.
// Values are text: what 1 means, the reader decides.
//
// # Into Go values
//
// [Unmarshal] (and [Node.Decode], for a part of a text) fills a struct by its
// tags, [Marshal] writes one:
//
//	type Config struct {
//		Name       string            `zpl:"name"`
//		Interfaces []string          `zpl:"interfaces"` // interfaces = eth0, and so on, a line each
//		Headers    map[string]string `zpl:"headers"`    // a section with any names
//		Expired    time.Duration     `zpl:"expired"`    // 30, 30s, 1m30s: a number alone is seconds
//		Cache      int64             `zpl:"cache,size"` // 4096, 256KiB, 4MB: KiB is 1024 octets, kB is 1000
//		Plain      struct {                             // a section that has a value too: plain = 1
//			On       bool      `zpl:",value"`
//			Accounts []Account `zpl:"account"`
//		} `zpl:"plain"`
//		Log *slog.Logger `zpl:"-"` // not for texts
//	}
//
// Without a tag the name is the field's, in lower case. An embedded struct
// without one counts as if its fields stood in its place. What goes where:
//
//   - string and []byte: the value as it is
//   - bool: 1 and 0, true and false, yes and no, on and off
//   - integers and floats: decimal, and within the range of the type; with the
//     option size also with a unit
//   - [time.Duration]: with units, or seconds
//   - what has UnmarshalText and MarshalText: those
//   - structs and maps with string keys: a section
//   - slices: one element for each property of the name; what was in the slice goes
//   - pointers: what they point to, made if nil
//   - [Node] and *Node: the property as it is
//
// A field that no property names keeps its value, so that defaults can be there
// before. A name that no field has is an error, and so is a second property where
// no list is. [Marshal] leaves out what is zero.
//
// # Trees
//
// [Parse] and [Load] make a tree of [Node]. Sections that are instructions, in
// their order, are taken from it one by one:
//
//	for _, call := range root.Children {
//		switch call.Name {
//		case "publish":
//			var p Publish
//			err = call.Decode(&p)
//
// [Node.Get], [Node.Values] and [Node.Set] take paths such as
// "/publish[2]/location". [Node.Text] writes a tree again; what was not changed
// comes out as it was, with comments, empty lines and line ends. [Format] makes
// a text look as it should.
//
// # Errors
//
// A mistake in a text is a *[SyntaxError] with its place and with advice;
// [SyntaxError.Explain] shows the line as well. Values are shown only if they
// are the mistake themselves, for they may be passwords. [ErrUnwritable]
// and [ErrType] mark the mistakes of programs.
//
// # Bounds
//
// Texts may come from anybody. They have at most [MaxSize] octets, [MaxNodes]
// properties and [MaxDepth] levels, and [Node.Text] and [Marshal] keep to
// that, too. Time and memory grow with the length of a text alone. Nodes may be used
// by several goroutines as long as none changes them.
package zpl
