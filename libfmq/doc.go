// Package fmq gives files from one machine to others as they appear. A [Server] offers directories under virtual paths; a [Client]
// subscribes to paths, and what is there, and what appears later, arrives in its inbox. It speaks FILEMQ/2 (rfcs/filemq), with C
// filemq too.
//
// # Serving
//
//	server, err := fmq.Listen(ctx, fmq.ServerConfig{
//		Publish: []fmq.Publish{{Dir: "photos", As: "/photos"}},
//	})
//
// A file is sent when nobody has written to it for a second. Changed files are sent anew, deleted ones are told of. Directories are watched, and
// read anew each second for what no notification told. Symbolic links do not lead out of a directory; a file "x.ln" with one line, the path of a
// real file, offers that one as "x", so that nothing need be copied to be offered. (Not so where files arrive from others.) Empty folders do not
// travel.
//
// Everybody may fetch everything, unless there are [Account] values in the configuration. Then clients log in, and [Publish.Groups] says who sees
// what. Nothing is encrypted. A directory that is [Publish.Hidden] is only for those who subscribe to its own path: not for their protection, but so that
// nobody gets what he did not ask for. [ServerConfig.Receipt] tells which client has which file.
//
// # Receiving
//
//	client, err := fmq.Dial(ctx, fmq.ClientConfig{
//		Servers: []string{"tcp://192.168.1.2:5670"}, Inbox: "inbox",
//	})
//	client.Subscribe(ctx, "/photos", fmq.Subscription{Resync: true})
//	for e := range client.Events() {
//		if e.Type == fmq.Deliver {
//			fmt.Println(e.File)
//		}
//	}
//
// Each subscription says whether it is for changes only, for everything that is there too (Resync), or makes a copy (Mirror). The path is
// taken away: /photos/a/b.jpg becomes inbox/a/b.jpg. A file appears under its name when all of it is here and its digest was
// checked: nobody sees a half. What breaks off goes on where it stopped, in the next run too. A client keeps its subscriptions and connects anew
// for ever; the server may come later, go, and come back. [Client.Unsubscribe] ends a subscription.
//
// Names from outside never lead out of the inbox. What cannot be stored is told as [Refused]; a full disk as [Blocked], and the rest comes when there
// is room. A server sends no more than [ClientConfig.Window] octets ahead of the disk, and needs no more than about a megabyte for a client that
// is slow.
//
// # Calls and errors
//
// Methods may be called from any goroutine. Listen and [Server.Publish] wait for the disk: until a directory has been read. Dial, [Client.Connect] and
// [Client.Subscribe] wait for nothing on the network: whether a server is there, lets us in and has the path is told by events. Close waits for what is
// under way. An argument that makes no sense is [ErrInvalid]; what has ended says [ErrClosed]; causes in events are met with errors.Is.
//
// Read the events: once [ClientConfig.Queue] of them wait, files have to wait too, and only Progress is left out. Each queue has a number in
// [ServerStats] or [ClientStats].
//
// Package fmqtest has a pair of both for tests.
package fmq
