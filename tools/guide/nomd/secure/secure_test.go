package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/machine/machinetest"
	"github.com/zeromq/gozyre/codecs/securenom"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libfmq/sasl"
	"github.com/zeromq/gozyre/tools/guide/nomd/internal/programtest"
)

// whole names a message by all of its frames, "ORLY|PLAIN ANONYMOUS|".
func whole(frames [][]byte) (string, error) {
	var m securenom.Message
	if err := m.Parse(frames); err != nil {
		return "", err
	}
	var texts []string
	for _, f := range frames {
		texts = append(texts, string(f))
	}
	return strings.Join(texts, "|"), nil
}

// conversation is one of steps "sent|frames → received|frames".
func conversation(steps ...string) machinetest.Conversation {
	c := machinetest.Conversation{Name: whole, Unasked: []string{"HUGZ"}}
	for _, s := range steps {
		send, recv, _ := strings.Cut(s, " → ")
		step := machinetest.Step{Recv: recv}
		for text := range strings.SplitSeq(send, "|") {
			step.Send = append(step.Send, []byte(text))
		}
		c.Steps = append(c.Steps, step)
	}
	return c
}

func TestProgram(t *testing.T) {
	endpoint := programtest.Start(t, "-login", "joe:secret", "-login", "ann:a:b")
	for name, c := range map[string]machinetest.Conversation{
		"the model's":             selftestConversation(t),
		"anonymous":               conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|ANONYMOUS|me@example → OHAI-OK", "ICANHAZ → CHEEZBURGER"),
		"plain":                   conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|\x00joe\x00secret → OHAI-OK", "ICANHAZ → CHEEZBURGER"),
		"a colon in the password": conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|\x00ann\x00a:b → OHAI-OK"),
		"wrong, and right": conversation(
			"OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|\x00joe\x00wrong → WTF", "ICANHAZ", "YARLY|PLAIN|\x00joe\x00secret",
			"OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|\x00bob\x00secret → WTF",
			"OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|\x00joe\x00secret → OHAI-OK", "ICANHAZ → CHEEZBURGER",
		),
		"malformed":         conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|PLAIN|joe → WTF", "ICANHAZ", "OHAI → ORLY|PLAIN ANONYMOUS|"),
		"unknown mechanism": conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|GSSAPI|x → WTF", "OHAI → ORLY|PLAIN ANONYMOUS|"),
		"out of turn":       conversation("YARLY|ANONYMOUS|", "ICANHAZ", "HUGZ", "OHAI|Joe", "YARLY", "OHAI → ORLY|PLAIN ANONYMOUS|"),
		"once more":         conversation("OHAI → ORLY|PLAIN ANONYMOUS|", "YARLY|ANONYMOUS| → OHAI-OK", "OHAI → ORLY|PLAIN ANONYMOUS|", "ICANHAZ", "YARLY|PLAIN|\x00joe\x00no → WTF", "ICANHAZ", "OHAI → ORLY|PLAIN ANONYMOUS|"),
	} {
		t.Run(name, func(t *testing.T) { machinetest.Talk(t, zmtp.Transport{}, endpoint, c) })
	}
}

func TestProgramForLoginsOnly(t *testing.T) {
	machinetest.Talk(t, zmtp.Transport{}, programtest.Start(t, "-login", "joe:secret", "-anonymous=false"), conversation(
		"OHAI → ORLY|PLAIN|", "YARLY|ANONYMOUS| → WTF", "OHAI → ORLY|PLAIN|", "YARLY|PLAIN|\x00joe\x00secret → OHAI-OK",
	))
}

func TestNobodyCouldBeLetIn(t *testing.T) {
	if _, err := mechanisms(false, nil); err == nil {
		t.Error("a server starts that lets nobody in")
	}
}

// counting is a mechanism of somebody else's, with two challenges: it wants the number after the one it says.
type counting struct{}

func (counting) Name() string               { return "X-COUNT" }
func (counting) Start() sasl.ServerExchange { return new(count) }

type count int

func (n *count) Respond(response []byte) ([]byte, *sasl.Identity, error) {
	if *n > 0 && string(response) != strconv.Itoa(int(*n)+1) {
		return nil, nil, sasl.ErrRefused
	}
	if *n += 10; *n > 20 {
		return nil, &sasl.Identity{}, nil
	}
	return strconv.AppendInt(nil, int64(*n), 10), nil, nil
}

func TestSeveralChallenges(t *testing.T) {
	server, err := sasl.NewServer(counting{}, sasl.AnonymousServer{})
	if err != nil {
		t.Fatal(err)
	}
	engine := NewEngine(machine.Config{}, func() Actions { return &actions{server: server} })
	machinetest.Virtual(t, engine, conversation(
		"OHAI → ORLY|X-COUNT ANONYMOUS|", "YARLY|X-COUNT| → ORLY|X-COUNT ANONYMOUS|10", "YARLY|X-COUNT|11 → ORLY|X-COUNT ANONYMOUS|20", "YARLY|X-COUNT|22 → WTF",
		"OHAI → ORLY|X-COUNT ANONYMOUS|", "YARLY|X-COUNT| → ORLY|X-COUNT ANONYMOUS|10", "YARLY|ANONYMOUS| → WTF",
		"OHAI → ORLY|X-COUNT ANONYMOUS|", "YARLY|X-COUNT| → ORLY|X-COUNT ANONYMOUS|10", "YARLY|X-COUNT|11 → ORLY|X-COUNT ANONYMOUS|20", "YARLY|X-COUNT|21 → OHAI-OK",
		"ICANHAZ → CHEEZBURGER",
	))
}
