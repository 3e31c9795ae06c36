package zretester

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

func TestSpool(t *testing.T) {
	in, out := io.Pipe()
	s := newSpool(in)
	// Nobody reads yet, and the writer need not wait.
	var want bytes.Buffer
	for i := range 1000 {
		text := bytes.Repeat([]byte{byte(i)}, i)
		want.Write(text)
		if _, err := out.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	_ = out.CloseWithError(errBroken)
	got, err := io.ReadAll(iotest.OneByteReader(s))
	if err != errBroken || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%v, %d octets of %d", err, len(got), want.Len())
	}
	if _, err := s.Read(make([]byte, 1)); err != errBroken {
		t.Error(err)
	}
}
