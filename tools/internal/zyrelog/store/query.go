package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Query says which records are wanted. Zero fields want all.
type Query struct {
	After        int64     // with higher numbers than this
	Since, Until time.Time // received not before, and before
	Level        uint8     // at least as serious: 1 is errors only
	Events       []uint8
	Nodes, Peers []uint16 // hashes; nil: all, but empty: none
}

// dialect is what databases differ in.
type dialect struct {
	table       string
	placeholder func(n int) string
	instant     func(time.Time) any // what times are compared with
}

// read returns the statement for the first records that are wanted, in the
// order of their numbers.
func (d *dialect) read(q Query, most int) (string, []any) {
	where, args := d.where(q)
	return fmt.Sprintf("select id, received, sent, level, event, node, peer, text, raw from %s%s order by id limit %d", d.table, where, most), args
}

// start returns the statement for the number before the first that is wanted;
// of the last that are wanted, if last is not 0. The + 0 keeps databases from looking at all
// numbers in turn, where there is an index of times.
func (d *dialect) start(q Query, last int) (string, []any) {
	where, args := d.where(q)
	of := d.table + where
	if last > 0 {
		of = fmt.Sprintf("(select id from %s order by id desc limit %d) as newest", of, last)
	}
	return fmt.Sprintf("select coalesce((select min(id + 0) from %s) - 1, (select max(id) from %s), 0)", of, d.table), args
}

func (d *dialect) where(q Query) (string, []any) {
	var where []string
	var args []any
	compare := func(column, operator string, value any) {
		args = append(args, value)
		where = append(where, column+" "+operator+" "+d.placeholder(len(args)))
	}
	if q.After > 0 {
		compare("id", ">", q.After)
	}
	if !q.Since.IsZero() {
		compare("received", ">=", d.instant(q.Since))
	}
	if !q.Until.IsZero() {
		compare("received", "<", d.instant(q.Until))
	}
	if q.Level > 0 {
		compare("level", "<=", int64(q.Level))
	}
	// Small numbers: nothing that has to be quoted.
	where = append(where, among("event", q.Events)...)
	where = append(where, among("node", q.Nodes)...)
	where = append(where, among("peer", q.Peers)...)
	if len(where) == 0 {
		return "", nil
	}
	return " where " + strings.Join(where, " and "), args
}

func among[T uint8 | uint16](column string, values []T) []string {
	if values == nil {
		return nil
	}
	if len(values) == 0 {
		return []string{"1 = 0"}
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = strconv.Itoa(int(v))
	}
	return []string{column + " in (" + strings.Join(list, ", ") + ")"}
}
