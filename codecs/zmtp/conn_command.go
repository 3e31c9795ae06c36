package zmtp

import "github.com/zeromq/gozyre/codecs/zsock"

// command does what a command on an established connection asks for.
func (c *conn) command(body []byte) error {
	name, data, err := parseCommand(body)
	if err != nil {
		return err
	}
	switch name {
	case "PING":
		ttl, context, err := parsePing(data)
		if err != nil {
			return err
		}
		c.allow(ttl)
		c.tell(command("PONG", context))
	case "SUBSCRIBE", "CANCEL":
		if c.opts.kind == zsock.Pub {
			return c.topics.change(name == "SUBSCRIBE", data)
		}
	case "ERROR":
		return parseError(data)
	}
	return nil // PONG did its work by coming; what is unknown is ignored
}
