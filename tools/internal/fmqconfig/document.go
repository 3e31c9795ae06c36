package fmqconfig

import (
	"time"

	"github.com/zeromq/gozyre/libfmq"
)

// document is all that a configuration can say.
type document struct {
	Echo      []string    `zpl:"echo"`
	Server    server      `zpl:"server"`
	Publish   []publish   `zpl:"publish"`
	Security  security    `zpl:"security"`
	Bind      bind        `zpl:"bind"`
	Client    client      `zpl:"client"`
	Connect   []connect   `zpl:"connect"`
	Subscribe []subscribe `zpl:"subscribe"`
}

type server struct {
	Echo      []string      `zpl:"echo"`
	Monitor   time.Duration `zpl:"monitor"`
	Heartbeat time.Duration `zpl:"heartbeat"`
	Expired   time.Duration `zpl:"expired"`
	Clients   int           `zpl:"clients"`
	Cache     string        `zpl:"cache"`
}

type publish struct {
	Echo     []string `zpl:"echo"`
	Location string   `zpl:"location"`
	Virtual  string   `zpl:"virtual"`
	NoLinks  bool     `zpl:"nolinks"`
	Groups   []string `zpl:"group"`
}

type security struct {
	Echo      []string `zpl:"echo"`
	Anonymous bool     `zpl:"anonymous"`
	Plain     plain    `zpl:"plain"`
}

type plain struct {
	On       bool          `zpl:",value"`
	Accounts []fmq.Account `zpl:"account"`
}

type bind struct {
	Echo     []string `zpl:"echo"`
	Endpoint string   `zpl:"endpoint"`
}

type client struct {
	Echo      []string      `zpl:"echo"`
	Inbox     string        `zpl:"inbox"`
	Resync    bool          `zpl:"resync"`
	Mirror    bool          `zpl:"mirror"`
	Login     string        `zpl:"login"`
	Password  string        `zpl:"password"`
	Window    int64         `zpl:"window,size"`
	Heartbeat time.Duration `zpl:"heartbeat"`
	Expired   time.Duration `zpl:"expired"`
	Queue     int           `zpl:"queue"`
}

type connect struct {
	Echo     []string `zpl:"echo"`
	Endpoint string   `zpl:"endpoint"`
}

type subscribe struct {
	Echo   []string `zpl:"echo"`
	Path   string   `zpl:"path"`
	Resync bool     `zpl:"resync"`
	Mirror bool     `zpl:"mirror"`
}

// secret are the properties whose values nobody gets to see.
var secret = map[string]bool{"/security/plain/account/password": true, "/client/password": true}
