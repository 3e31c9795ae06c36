// Package collector receives what the nodes of a network report of themselves: the records of ZRELOG (rfcs/zrelog).
//
// [Listen] binds a socket. Whoever offers it as the header X-ZRELOG of a node gets the records of every node that meets that
// node and is willing to be observed:
//
//	c, err := collector.Listen(collector.Config{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer c.Close()
//	node, err := zyre.Start(ctx, zyre.Config{Headers: map[string]string{collector.Header: c.Endpoint()}})
//	...
//	for {
//		records, err := c.Receive(ctx)
//		if err != nil {
//			break
//		}
//		for _, r := range records {
//			fmt.Println(r.Time, r.Node, zrelog.EventName(r.Event), strconv.Quote(r.Text))
//		}
//	}
//
// Records come in batches, and nothing is lost here: who does not receive makes the nodes' queues fill, and they drop what does
// not fit and say how many.
//
// Everything in a record is a stranger's: anybody who reaches the port can send any. Its text may hold control characters, which must not
// reach a terminal, and need not be UTF-8.
//
// Draft: this package may change.
package collector
