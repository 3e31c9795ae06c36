// Package fileio is what the pages fileio1, fileio2 and fileio3 have in common, so that each shows its own way to send a file and
// nothing else: a test file, and a server and a client in one process that talk over TCP.
//
// Draft: this package may change.
package fileio

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Chunk is how many octets of the file a message carries.
const Chunk = 250_000

// Model is a way to send a file.
type Model struct {
	// HighWater is how many messages may wait at the server for one client.
	HighWater int
	// Serve is the server. It returns when Events ends, or with an error.
	Serve func(*Server) error
	// Fetch is the client. It returns when it has the whole file.
	Fetch func(*Client) error
}

// Main is a program that lets the model send the test file. It prints what the client received, on stderr how long that took, and
// fails if it is not what the file has.
func (m Model) Main() {
	size := flag.Int64("size", 1<<30, "send a file of that many `octets`")
	keep := flag.Bool("keep", false, "keep the test file for the next time")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage of %s:\n", os.Args[0])
		flag.PrintDefaults()
		fmt.Fprintf(flag.CommandLine.Output(), "The test file is %s.\n"+
			"It is made if it is not there in that size, and deleted at the end unless -keep is given.\n", filepath.Join(os.TempDir(), testName("SIZE")))
	}
	flag.Parse()
	if flag.NArg() > 0 || *size < 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := m.run(ctx, *size, *keep); err != nil {
		stop()
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}

func (m Model) run(ctx context.Context, size int64, keep bool) error {
	file, err := testFile(ctx, size)
	if err != nil {
		return err
	}
	if !keep {
		defer os.Remove(file.Name())
	}
	defer file.Close()
	begin := time.Now()
	got, err := m.Send(ctx, file)
	if err != nil {
		return err
	}
	fmt.Printf("%d chunks received, %d bytes\n", got.Count, got.Octets)
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), time.Since(begin).Round(time.Millisecond))
	return got.compare(file)
}

// Send lets a server give the file to a client.
func (m Model) Send(ctx context.Context, file *os.File) (got Received, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	there, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		return got, err
	}
	defer there.Close()
	router, err := there.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", HighWater: m.HighWater})
	if err != nil {
		return got, err
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := m.Serve(&Server{Listener: router, file: file, end: end{ctx: ctx, inbox: there.Inbox()}}); err != nil {
			cancel(fmt.Errorf("the server: %w", err))
		}
	}()
	defer func() {
		cancel(nil)
		<-served
	}()

	here, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		return got, err
	}
	defer here.Close()
	dealer, err := here.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: router.Endpoint(), HighWater: m.HighWater})
	if err != nil {
		return got, err
	}
	c := &Client{link: dealer, end: end{ctx: ctx, inbox: here.Inbox()}}
	err = m.Fetch(c)
	if cause := context.Cause(ctx); cause != nil {
		err = cause // what the server died of, or an interrupt
	}
	return c.Received, err
}
