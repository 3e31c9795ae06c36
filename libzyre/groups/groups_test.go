package groups_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/zeromq/gozyre/libzyre/groups"
)

func Example() {
	alice, bob := groups.ID{1}, groups.ID{2}
	var table groups.Table
	table.Join(bob, "CHAT")
	table.Join(alice, "CHAT")
	table.Join(alice, "OPS")
	for member := range table.Members("CHAT") {
		fmt.Println(member[0], table.Of(member))
	}
	table.Remove(alice)
	fmt.Println(table.Names())
	// Output:
	// 1 [CHAT OPS]
	// 2 [CHAT]
	// [CHAT]
}

// The table agrees with the simplest one there is: a set of pairs.
func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct {
			member groups.ID
			group  string
		}
		var table groups.Table
		truth := make(map[pair]bool)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p := pair{groups.ID{byte(rapid.IntRange(1, 4).Draw(t, "member"))}, rapid.SampledFrom([]string{"a", "A", "b", "ü"}).Draw(t, "group")}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1, 2:
				if table.Join(p.member, p.group) == truth[p] {
					t.Fatalf("join %v", p)
				}
				truth[p] = true
			case 3:
				if table.Leave(p.member, p.group) != truth[p] {
					t.Fatalf("leave %v", p)
				}
				delete(truth, p)
			case 4:
				table.Remove(p.member)
				for other := range truth {
					if other.member == p.member {
						delete(truth, other)
					}
				}
			}
			count := 0
			for _, group := range table.Names() {
				members := slices.Collect(table.Members(group))
				if len(members) == 0 {
					t.Fatalf("group %q is empty", group)
				}
				for _, member := range members {
					count++
					if !truth[pair{member, group}] || !table.In(member, group) || !slices.Contains(table.Of(member), group) {
						t.Fatalf("%v is not in %q", member, group)
					}
				}
			}
			if count != len(truth) || table.Count(p.member) != len(table.Of(p.member)) {
				t.Fatalf("%d memberships, not %d", count, len(truth))
			}
		}
	})
}

func TestMembersDoesNotAllocate(t *testing.T) {
	var table groups.Table
	table.Join(groups.ID{1}, "CHAT")
	name := []byte("CHAT")
	if n := testing.AllocsPerRun(100, func() {
		for range table.Members(table.Intern(name)) {
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		before, after groups.Status
		follows       bool
	}{
		{0, 1, true}, {254, 255, true}, {255, 0, true}, {254, 0, true},
		{0, 0, false}, {0, 2, false}, {1, 0, false}, {253, 0, false}, {255, 1, false},
	} {
		if c.after.Follows(c.before) != c.follows {
			t.Errorf("%d after %d", c.after, c.before)
		}
	}
	if groups.Status(255).Next() != 0 {
		t.Error("255 rolls over to 0")
	}
}
