package zyre_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

func publishTo(t *testing.T, n *zyre.Node, group, path, as string) {
	t.Helper()
	if err := n.PublishTo(group, path, as); err != nil {
		t.Fatal(err)
	}
}

// Only members of a group fetch what is published to it: from when they join until they leave.
func TestGroups(t *testing.T) {
	alice, bob := sharetest.Pair(t, config(t))
	const group = "a/b %ü.." // nothing in a group's name has a meaning in a path
	publishTo(t, alice, group, old(t, "for the group"), "news.txt")
	publishTo(t, alice, "a", old(t, "for another"), "b/news.txt")
	sharetest.Publish(t, alice, old(t, "for all"), "news.txt")
	all := zyretest.Next(t, bob, zyre.Deliver)
	delivered(t, all, alice, "news.txt", "for all")
	if all.Group != "" {
		t.Errorf("%+v", all)
	}

	if err := bob.Join(group); err != nil {
		t.Fatal(err)
	}
	e := zyretest.Next(t, bob, zyre.Deliver)
	delivered(t, e, alice, "news.txt", "for the group")
	delivered(t, all, alice, "news.txt", "for all") // and is there still
	if e.Group != group {
		t.Errorf("%+v", e)
	}
	if e := zyretest.Next(t, alice, zyre.Sent); e.Path != "news.txt" || e.Group != "" {
		t.Errorf("%+v", e)
	}
	if e := zyretest.Next(t, alice, zyre.Sent); e.Path != "news.txt" || e.Group != group {
		t.Errorf("%+v", e)
	}
	publishTo(t, alice, group, old(t, "more"), "more.txt")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "more.txt", "more")

	if err := bob.Leave(group); err != nil {
		t.Fatal(err)
	}
	zyretest.Next(t, alice, zyre.Leave)
	publishTo(t, alice, group, old(t, "too late"), "late.txt")
	sharetest.Publish(t, alice, old(t, "for all again"), "again.txt")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "again.txt", "for all again")

	if err := alice.Retract("news.txt"); err != nil { // from the group and from all
		t.Fatal(err)
	}
	if err := alice.Retract("news.txt"); !errors.Is(err, zyre.ErrInvalid) {
		t.Error(err)
	}
	if err := bob.Join(group); err != nil {
		t.Fatal(err)
	}
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "late.txt", "too late")
}
