package fmqconfig

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/zpl"
)

// Config is what a configuration comes to.
type Config struct {
	Server        fmq.ServerConfig // without Transport and Log
	Client        fmq.ClientConfig // without Transport and Log
	Subscriptions []Subscription
	Steps         []Step // in the order in which sections stand

	m         *merged
	plain     bool // accounts may log in
	anonymous bool // everybody may come in
}

// Subscription is a path to receive.
type Subscription struct {
	Path string
	fmq.Subscription
}

// Step is what a section asks for: "echo" with a text, or "publish", "connect"
// and "subscribe" with what they concern.
type Step struct {
	Call, Text string
	As         string // the virtual path of publish
}

// Serves reports whether there is something to offer.
func (c *Config) Serves() bool { return len(c.Server.Publish) > 0 }

// Fetches reports whether there is something to receive.
func (c *Config) Fetches() bool { return len(c.Client.Servers) > 0 || len(c.Subscriptions) > 0 }

// Merge lays sources over the defaults, each over those before it, and checks
// what they say together. An error that is the command line's fault is a
// cli.ErrUsage.
func Merge(sources ...*Source) (*Config, error) {
	for _, s := range sources {
		if s.flags == nil {
			continue
		}
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	c := &Config{m: merge(sources)}
	if err := c.check(); err != nil {
		return nil, explain(err)
	}
	return c, c.fill()
}

// wrong is a mistake about a property, whoever said it.
func (m *merged) wrong(n *zpl.Node, msg, advice string) error {
	return m.from[n].mistake(n, msg, advice)
}

// check looks at what no single source can know.
func (c *Config) check() error {
	for _, section := range []string{"server", "client"} {
		heartbeat, expired := c.m.get(section, "heartbeat"), c.m.get(section, "expired")
		if expired != nil && seconds(expired.Value) < 3*seconds(heartbeat.Value) {
			return c.m.wrong(expired, fmt.Sprintf("expired is shorter than three heartbeats of %s", seconds(heartbeat.Value)), "five are a good measure")
		}
	}
	for _, look := range []func() error{c.checkAccess, c.checkServer, c.checkClient} {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

// checkAccess decides who may come in. That somebody is listed who may not log
// in opens no door to all.
func (c *Config) checkAccess() error {
	accounts := c.m.sections["plain"].Children
	anonymous := c.m.get("security", "anonymous")
	c.plain, c.anonymous = len(accounts) > 0, len(accounts) == 0
	if c.m.plain != nil {
		c.plain = on(c.m.plain.Value)
	}
	if anonymous != nil {
		c.anonymous = on(anonymous.Value)
	}
	switch said := c.m.plain; {
	case len(c.m.listed["publish"]) == 0: // then nobody comes
	case c.plain && len(accounts) == 0:
		return c.m.wrong(said, "plain has no account", "write accounts below it, each with login and password, or plain = 0")
	case !c.plain && !c.anonymous:
		if anonymous != nil {
			said = anonymous
		}
		return c.m.wrong(said, "nobody could come in", "write accounts below plain, or anonymous = 1")
	}
	return nil
}

// checkServer looks for groups in which nobody is.
func (c *Config) checkServer() error {
	var groups []string
	for _, account := range c.m.sections["plain"].Children {
		if group, ok := account.Lookup("group"); ok && c.plain {
			groups = append(groups, group)
		}
	}
	for _, p := range c.m.listed["publish"] {
		for n := range p.All("group") {
			if slices.Contains(groups, n.Value) {
				continue
			}
			advice := "no account has a group"
			if len(groups) > 0 {
				advice = "there are " + brief(groups)
			}
			return c.m.from[n].refuse("/publish/group", n, fmt.Errorf("no account is in that group: %s", advice))
		}
	}
	return nil
}

// checkClient looks for what is missing.
func (c *Config) checkClient() error {
	servers, paths := c.m.listed["connect"], c.m.listed["subscribe"]
	switch password := c.m.get("client", "password"); {
	case password != nil && c.m.get("client", "login") == nil:
		return c.m.wrong(password, "a password without a login", "write login beside it")
	case len(servers) == 0 && len(paths) == 0:
	case len(servers) == 0:
		return c.m.wrong(paths[0], "there is no server to subscribe at", "add a section connect, with an endpoint")
	case len(paths) == 0:
		return c.m.wrong(servers[0], "nothing is subscribed to there", "add a section subscribe with a path; / is everything")
	case c.m.get("client", "inbox") == nil:
		return c.m.wrong(servers[0], "there is no inbox for what arrives", "add a section client with inbox, the name of a directory")
	}
	return nil
}

// brief lists names for a message.
func brief(names []string) string {
	const most = 8
	var b strings.Builder
	for i, name := range names[:min(most, len(names))] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(name))
	}
	if len(names) > most {
		b.WriteString(", …")
	}
	return b.String()
}

// DefaultCache is the folder of this user in which a server keeps digests, if nothing else is said; empty where the system has none.
func DefaultCache() string {
	caches, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(caches, "gozyre", "filemq")
}

// fill makes the configurations of the library.
func (c *Config) fill() error {
	d, err := c.m.document()
	if err != nil {
		return err
	}
	endpoint, err := Endpoint(d.Bind.Endpoint, true)
	if err != nil {
		return err
	}
	c.Server = fmq.ServerConfig{Endpoint: endpoint, Anonymous: c.anonymous, Monitor: d.Server.Monitor, Heartbeat: d.Server.Heartbeat,
		Expired: d.Server.Expired, Cache: cmp.Or(d.Server.Cache, DefaultCache()), MaxClients: d.Server.Clients}
	if c.plain {
		c.Server.Accounts = d.Security.Plain.Accounts
	}
	for _, p := range d.Publish {
		c.Server.Publish = append(c.Server.Publish, fmq.Publish{Dir: p.Location, As: clean(p.Virtual), NoLinks: p.NoLinks, Groups: p.Groups})
	}
	c.Client = fmq.ClientConfig{Inbox: d.Client.Inbox, Login: d.Client.Login, Password: d.Client.Password, Window: d.Client.Window,
		Heartbeat: d.Client.Heartbeat, Expired: d.Client.Expired, Queue: d.Client.Queue}
	for _, s := range d.Connect {
		endpoint, err := Endpoint(s.Endpoint, false)
		if err != nil {
			return err
		}
		c.Client.Servers = append(c.Client.Servers, endpoint)
	}
	for i, s := range d.Subscribe {
		n := c.m.listed["subscribe"][i]
		if n.Get("resync") == nil {
			s.Resync = d.Client.Resync
		}
		if n.Get("mirror") == nil {
			s.Mirror = d.Client.Mirror
		}
		c.Subscriptions = append(c.Subscriptions, Subscription{clean(s.Path), fmq.Subscription{Resync: s.Resync, Mirror: s.Mirror}})
	}
	c.steps()
	return nil
}

// steps lists what sections ask for. A section that another source has replaced
// asks for what that one says.
func (c *Config) steps() {
	done := map[string]bool{}
	for _, n := range c.m.order {
		if n.Name == "echo" {
			c.Steps = append(c.Steps, Step{Call: "echo", Text: n.Value})
		}
		for echo := range n.All("echo") {
			c.Steps = append(c.Steps, Step{Call: "echo", Text: echo.Value})
		}
		if lists[n.Name] == nil {
			continue
		}
		key := n.Name + " " + lists[n.Name](n)
		if done[key] {
			continue
		}
		done[key] = true
		s := Step{Call: n.Name}
		switch i := c.m.places[key]; n.Name {
		case "publish":
			s.Text, s.As = c.Server.Publish[i].Dir, c.Server.Publish[i].As
		case "connect":
			s.Text = c.Client.Servers[i]
		case "subscribe":
			s.Text = c.Subscriptions[i].Path
		}
		c.Steps = append(c.Steps, s)
	}
}
