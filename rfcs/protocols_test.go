package rfcs_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/fmq1"
	"github.com/zeromq/gozyre/codecs/mdp/client"
	"github.com/zeromq/gozyre/codecs/mdp/worker"
	"github.com/zeromq/gozyre/codecs/nom"
	"github.com/zeromq/gozyre/codecs/securenom"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zproto"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zre1"
	"github.com/zeromq/gozyre/codecs/zrelog"
)

// protocol is one of which there are a folder of vectors, a model and a generated codec.
type protocol struct {
	folder string // below vectors
	model  string // below codecs
	codec  func() any
}

var protocols = []protocol{
	{"zre", "zre/zre_msg.xml", func() any { return new(zre.Message) }},
	{"zre1", "zre1/zre1_msg.xml", func() any { return new(zre1.Message) }},
	{"filemq", "fmq/fmq_msg.xml", func() any { return new(fmq.Message) }},
	{"filemq1", "fmq1/fmq1_msg.xml", func() any { return new(fmq1.Message) }},
	{"zrelog", "zrelog/zrelog_msg.xml", func() any { return new(zrelog.Message) }},
	{"nom", "nom/nom_msg.xml", func() any { return new(nom.Message) }},
	{"securenom", "securenom/securenom_msg.xml", func() any { return new(securenom.Message) }},
	{"mdp-client", "mdp/client/mdp_client_msg.xml", func() any { return new(client.Message) }},
	{"mdp-worker", "mdp/worker/mdp_worker_msg.xml", func() any { return new(worker.Message) }},
}

func (p protocol) class(tb testing.TB) *zproto.Class {
	tb.Helper()
	c, err := zproto.Load("../codecs/" + p.model)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// faults are the names that vectors have for the errors of package wire.
var faults = map[string]error{
	"truncated":     wire.ErrTruncated,
	"trailing":      wire.ErrTrailing,
	"signature":     wire.ErrSignature,
	"version":       wire.ErrVersion,
	"constant":      wire.ErrConstant,
	"unknown-id":    wire.ErrUnknownID,
	"missing-frame": wire.ErrMissingFrame,
	"extra-frame":   wire.ErrExtraFrame,
	"too-long":      wire.ErrTooLong,
	"nul":           wire.ErrNUL,
	"pair":          wire.ErrPair,
}

// fault gives the name of an error, and the error's text where it has none.
func fault(err error) string {
	if err == nil {
		return ""
	}
	for name, known := range faults {
		if errors.Is(err, known) {
			return name
		}
	}
	return "without a name: " + err.Error()
}

// codec works the generated code of a protocol by what it is called, as a user of it writes it down.
type codec struct {
	message reflect.Value // a pointer to a Message
}

func newCodec(p protocol) *codec { return &codec{reflect.ValueOf(p.codec())} }

// id gives the constant of a message.
func (c *codec) id(name string) (reflect.Value, error) {
	id := reflect.New(c.message.Elem().FieldByName("ID").Type()).Elem()
	for n := range uint64(256) {
		id.SetUint(n)
		if id.Interface().(fmt.Stringer).String() == name {
			return id, nil
		}
	}
	return id, fmt.Errorf("the codec has no message %s", name)
}

// decode parses frames; as is the message where the wire does not say which one it is.
func (c *codec) decode(frames [][]byte, as string) error {
	if m, ok := c.message.Interface().(interface{ Parse([][]byte) error }); ok {
		return m.Parse(frames)
	}
	id, err := c.id(as)
	if err != nil {
		return err
	}
	got := c.message.MethodByName("ParseAs").Call([]reflect.Value{id, reflect.ValueOf(frames)})
	err, _ = got[0].Interface().(error)
	return err
}

// encode gives the frames of what the message holds.
func (c *codec) encode() ([][]byte, error) {
	switch m := c.message.Interface().(type) {
	case interface {
		AppendFrames([][]byte, []byte) ([][]byte, error)
	}:
		return m.AppendFrames(nil, nil)
	case interface{ Append([]byte) ([]byte, error) }:
		first, err := m.Append(nil)
		if err != nil {
			return nil, err
		}
		frames := [][]byte{first}
		if m, ok := m.(interface{ AppendRest([][]byte) [][]byte }); ok {
			frames = m.AppendRest(frames)
		}
		return frames, nil
	}
	return nil, fmt.Errorf("%T has no method that encodes", c.message.Interface())
}

// field finds the member of the struct that is called like a field of the model.
func (c *codec) field(name string) reflect.Value {
	plain := strings.NewReplacer("-", "", "_", "")
	return c.message.Elem().FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, plain.Replace(name)) })
}

// set makes the message hold what a vector says, and nothing else.
func (c *codec) set(v *vector) error {
	c.message.Elem().SetZero()
	id, err := c.id(v.message)
	if err != nil {
		return err
	}
	c.message.Elem().FieldByName("ID").Set(id)
	for _, f := range v.fields {
		to := c.field(f.name)
		if !to.IsValid() {
			return fmt.Errorf("the codec has no field %q", f.name)
		}
		if err := setField(to, f.values); err != nil {
			return fmt.Errorf("field %q: %w", f.name, err)
		}
	}
	return nil
}

// same tells whether the message holds what the vector says, and nothing else.
func (c *codec) same(v *vector) error {
	want := codec{reflect.New(c.message.Elem().Type())}
	if err := want.set(v); err != nil {
		return err
	}
	for i := range c.message.Elem().NumField() {
		got, want := c.message.Elem().Field(i).Interface(), want.message.Elem().Field(i).Interface()
		// Nil and empty lists are the same, so they are compared as text.
		if g, w := fmt.Sprintf("%x", got), fmt.Sprintf("%x", want); g != w {
			return fmt.Errorf("%s is %s, not %s", c.message.Elem().Type().Field(i).Name, g, w)
		}
	}
	return nil
}

func setField(to reflect.Value, values []value) error {
	octets := func(v value) []byte { return bytes.Clone(v.octets) }
	switch to.Interface().(type) {
	case [][]byte:
		for _, v := range values {
			to.Set(reflect.Append(to, reflect.ValueOf(octets(v))))
		}
		return nil
	case []wire.Pair:
		for _, v := range values {
			pair := wire.Pair{Key: bytes.Clone(v.key), Value: octets(v)}
			to.Set(reflect.Append(to, reflect.ValueOf(pair)))
		}
		return nil
	}
	if len(values) != 1 {
		return fmt.Errorf("%d values where one belongs", len(values))
	}
	switch {
	case to.CanUint():
		to.SetUint(values[0].number)
	case to.Kind() == reflect.Array:
		if len(values[0].octets) != to.Len() {
			return fmt.Errorf("%d octets where %d belong", len(values[0].octets), to.Len())
		}
		reflect.Copy(to, reflect.ValueOf(values[0].octets))
	default:
		to.SetBytes(octets(values[0]))
	}
	return nil
}
