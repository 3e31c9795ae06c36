// Package wire reads and writes the field encodings of zproto models. It is the runtime of generated codecs.
package wire
