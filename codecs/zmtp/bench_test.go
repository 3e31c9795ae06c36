package zmtp_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// wire is a Router and a Dealer that dials it, for benchmarks.
func wire(b *testing.B, security [2]zsock.Security) (in, out zsock.Sockets, r zsock.Listener, l zsock.Link) {
	b.Helper()
	var sets [2]zsock.Sockets
	for i := range sets {
		s, err := zmtp.Transport{}.Open(zsock.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		sets[i] = s
	}
	r, err := sets[0].Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", Security: security[0]})
	if err != nil {
		b.Fatal(err)
	}
	l, err = sets[1].Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint(), Identity: []byte("alice"), Security: security[1]})
	if err != nil {
		b.Fatal(err)
	}
	return sets[0], sets[1], r, l
}

// messages takes events until so many messages have come.
func messages(s zsock.Sockets, n int, batch []zsock.Event) []zsock.Event {
	for n > 0 {
		<-s.Inbox().Ready()
		batch = s.Inbox().Take(batch)
		for i := range batch {
			if batch[i].Type == zsock.Message {
				n--
			}
		}
	}
	return batch
}

func BenchmarkRoundTrip(b *testing.B) {
	in, out, r, l := wire(b, [2]zsock.Security{})
	message := [][]byte{make([]byte, 100)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var batch []zsock.Event
		for range b.N {
			batch = messages(in, 1, batch)
			r.Send([]byte("alice"), message)
		}
	}()
	b.ReportAllocs()
	b.ResetTimer()
	var batch []zsock.Event
	for range b.N {
		if err := l.Send(message); err != nil {
			b.Fatal(err)
		}
		batch = messages(out, 1, batch)
	}
	b.StopTimer()
	<-done
}

func BenchmarkRate100(b *testing.B)  { rate(b, 100, [2]zsock.Security{}) }
func BenchmarkRate256K(b *testing.B) { rate(b, 256<<10, [2]zsock.Security{}) }

// BenchmarkOwned256K sends from a Router what is given away.
func BenchmarkOwned256K(b *testing.B) {
	in, out, r, l := wire(b, [2]zsock.Security{})
	if err := l.Send([][]byte{{1}}); err != nil {
		b.Fatal(err)
	}
	messages(in, 1, nil)
	const octets = 256 << 10
	b.SetBytes(octets)
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var batch []zsock.Event
		for n := b.N; n > 0; {
			<-out.Inbox().Ready()
			batch = out.Inbox().Take(batch)
			for _, e := range batch {
				if e.Type == zsock.Message {
					zsock.Recycle(e.Frames)
					n--
				}
			}
		}
	}()
	var batch []zsock.Event
	for i := 0; i < b.N; {
		switch err := zsock.SendOwned(r, []byte("alice"), [][]byte{zsock.NewBuffer(octets)[:octets]}); {
		case err == nil:
			i++
		case errors.Is(err, zsock.ErrFull):
			<-in.Inbox().Ready()
			batch = in.Inbox().Take(batch)
		default:
			b.Fatal(err)
		}
	}
	<-done
}

func BenchmarkRateCurve100(b *testing.B) {
	server, serverSecret, _ := zsock.NewKeys()
	client, clientSecret, _ := zsock.NewKeys()
	rate(b, 100, [2]zsock.Security{
		{Mechanism: zsock.Curve, Public: server, Secret: serverSecret},
		{Mechanism: zsock.Curve, Public: client, Secret: clientSecret, Server: server},
	})
}

func rate(b *testing.B, octets int, security [2]zsock.Security) {
	in, out, _, l := wire(b, security)
	message := [][]byte{make([]byte, octets)}
	b.SetBytes(int64(octets))
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan struct{})
	go func() {
		defer close(done)
		messages(in, b.N, nil)
	}()
	var batch []zsock.Event
	for i := 0; i < b.N; {
		switch err := l.Send(message); {
		case err == nil:
			i++
		case errors.Is(err, zsock.ErrFull):
			<-out.Inbox().Ready()
			batch = out.Inbox().Take(batch)
		default:
			b.Fatal(err)
		}
	}
	<-done
}
