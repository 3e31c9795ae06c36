package wire_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
)

// FuzzReader runs a program of reads over any frames. Whatever comes: no panic, nothing longer than the
// frames, and an end that is an error of this package or none.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, []byte("\xaa\xa1\x01\x02\x00\x01\x04name\x00\x00\x00\x01\x00\x00\x00\x00"), []byte("rest"))
	f.Add([]byte{8, 9}, unhex(f, "00000002 00000002 6162 00000000 00000001 01 6b 00000002 7676"), []byte{})
	f.Add([]byte{11, 12, 13}, unhex(f, "02 02 6162 00 02 05 6b3d763d77 01 3d"), unhex(f, "0102"))
	f.Add([]byte{9}, unhex(f, "ffffffff0000000000000000"), []byte{})
	f.Add([]byte("\xd2\xe6\xd2\xd2\xe6(8080"), []byte("\xaa\xa1\x03\x03\x03\x03\x03\x03\x03\xdf"), []byte{}) // the signature is not only read first
	var list [][]byte
	var pairs []wire.Pair
	f.Fuzz(func(t *testing.T, program, first, second []byte) {
		frames := [][]byte{first, second}
		var r wire.Reader
		r.Reset(frames)
		octets := 0
		for _, op := range program[:min(len(program), 100)] {
			switch op % 14 {
			case 0:
				r.Signature(0xAAA1)
			case 1:
				r.Number1("n1")
			case 2:
				r.Number2("n2")
			case 3:
				r.Number4("n4")
			case 4:
				r.Number8("n8")
			case 5:
				r.Octets("octets", make([]byte, op))
			case 6:
				v := r.String("string")
				octets += len(v)
				r.NoNUL("string", v)
			case 7:
				octets += len(r.LongStr("longstr"))
			case 8:
				list = r.Strings("strings", list)
				for _, v := range list {
					octets += len(v)
				}
				if len(list) > len(first)/4 {
					t.Fatalf("%d texts in %d octets", len(list), len(first))
				}
				r.NoNUL("strings", list...)
			case 9:
				pairs = r.Hash("hash", pairs)
				for _, p := range pairs {
					octets += len(p.Key) + len(p.Value)
				}
				if len(pairs) > len(first)/5 {
					t.Fatalf("%d entries in %d octets", len(pairs), len(first))
				}
				r.NoNULKeys("hash", pairs)
			case 10:
				r.Frame("frame")
			case 11:
				list = r.Strings1("strings1", list)
				for _, v := range list {
					octets += len(v)
				}
				if len(list) > len(first) {
					t.Fatalf("%d texts in %d octets", len(list), len(first))
				}
			case 12:
				pairs = r.Hash1("hash1", pairs)
				for _, p := range pairs {
					octets += len(p.Key) + len(p.Value)
				}
				if len(pairs) > len(first)/2 {
					t.Fatalf("%d entries in %d octets", len(pairs), len(first))
				}
			case 13:
				r.FrameNumber("number", 2)
			}
		}
		if octets > len(first) {
			t.Fatalf("%d octets read from %d", octets, len(first))
		}
		failed := r.Err()
		var place *wire.Error
		if err := r.End(nil); err == nil {
			if failed != nil {
				t.Fatalf("%v is forgotten", failed)
			}
		} else if !errors.As(err, &place) || failed != nil && !errors.Is(err, failed) || place.Offset < 0 || place.Offset > len(first) {
			t.Fatalf("got %#v after %v", err, failed)
		}
	})
}
