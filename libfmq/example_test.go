package fmq_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

// A directory is offered on loopback and fetched into another one.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	shared, inbox := tempDir(), tempDir()
	defer os.RemoveAll(shared)
	defer os.RemoveAll(inbox)
	os.WriteFile(filepath.Join(shared, "hello.txt"), []byte("Hello, World"), 0o644)

	server, err := fmq.Listen(ctx, fmq.ServerConfig{
		Endpoint: "tcp://127.0.0.1:*", Publish: []fmq.Publish{{Dir: shared, As: "/public"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	client, err := fmq.Dial(ctx, fmq.ClientConfig{Servers: []string{server.Endpoint()}, Inbox: inbox})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	client.Subscribe(ctx, "/public", fmq.Subscription{Resync: true})
	for e := range client.Events() {
		if e.Type == fmq.Deliver {
			text, _ := os.ReadFile(e.File)
			fmt.Printf("%s: %s\n", e.Name, text)
			return
		}
	}
	// Output: hello.txt: Hello, World
}

func tempDir() string {
	dir, err := os.MkdirTemp("", "fmq")
	if err != nil {
		log.Fatal(err)
	}
	return dir
}
