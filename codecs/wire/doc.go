// Package wire reads and writes the field encodings of zproto models. It is the runtime of the generated
// codecs, and the place where everything that comes from the network is checked for the first time.
//
// # Encodings
//
// Everything is big-endian. A message is a first frame, which holds signature, id and fields, and for some
// messages more frames after it.
//
//	number    1, 2, 4 or 8 octets, unsigned            Number1 … Number8   AppendNumber1 … AppendNumber8
//	octets    as many as the model says, uuid is 16    Octets              AppendOctets
//	string    1 octet length, at most 255 octets       String              AppendString
//	longstr   4 octets length, then the octets         LongStr             AppendLongStr
//	strings   4 octets count, then longstr each        Strings             AppendStrings
//	hash      4 octets count, then string and longstr  Hash                AppendHash
//	chunk     4 octets length, then the octets         Chunk               AppendChunk
//	frame     a whole frame after the first            Frame               (sent as it is)
//	msg       all frames that are left, zero or more   Msg                 (sent as they are)
//
// A model with wire="1" has other lists, those of the first versions of the protocols (first.go):
//
//	strings   1 octet count, then string each          Strings1            AppendStrings1
//	hash      1 octet count, then string "key=value"   Hash1               AppendHash1
//
// A model with layout="frames" has no first frame: each field is a frame (frames.go). A number is a frame of its
// size ([Reader.FrameNumber], [AppendFrameNumber]), a text a whole frame ([Reader.Frame], [AppendFrame]).
//
// Text is any octets. Where a model says text="true", NUL is refused: [CheckNUL] and [CheckKeys] before
// writing, [Reader.NoNUL] and [Reader.NoNULKeys] after reading.
//
// # Reading
//
// A [Reader] goes through one message. Each method takes the next field; the first fault makes all later ones
// give zero values, so that a codec checks once, with [Reader.End]. A length or a count is compared with the
// octets that are left before anything is allocated: a claim of 2^32 entries costs an error value. What
// the reader gives aliases the frames; only lists (Strings, Hash) need memory of their own, and that is
// reused.
//
// # Writing
//
// The Append functions write behind dst, in its own room if it has any, as append does. What does not fit is
// refused with [ErrTooLong], and dst comes back unchanged; nothing is ever cut.
//
// # Errors
//
// Each way to be wrong has an Err value of its own, for errors.Is. A codec wraps it in an [*Error], which
// tells message, field and octet.
//
// Nothing here blocks, keeps state between calls or starts goroutines. A Reader belongs to one goroutine.
package wire
