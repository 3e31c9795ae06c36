package sim

// arm notes when the node's Tick is due. What is noted too early is noted anew then.
func (p *process) arm() {
	next := p.node.Next()
	if next.IsZero() || p.ended {
		return
	}
	at := max(p.w.now, p.host.due(next))
	if p.due == 0 || at < p.due {
		p.due = at
		p.w.note(at, entry{kind: onTimer, p: p, x: at})
	}
}

// timer is onTimer.
func (p *process) timer(noted int64) {
	if p.due != noted || p.ended {
		return // an earlier one was noted since
	}
	p.due = 0
	if p.stopped() {
		return // thaw looks
	}
	if next := p.node.Next(); !next.IsZero() && p.host.due(next) <= p.w.now {
		p.node.Tick(p.now())
		p.step()
		return
	}
	p.arm()
}

// thaw lets the process go on that did not run: with what is due, in any order.
func (p *process) thaw() {
	if p.stopped() || p.ended {
		return
	}
	w := p.w
	late := p.late
	p.late = nil
	for _, e := range late {
		w.note(w.now, e)
	}
	p.beats++
	order := draw(w.seed, ofWaking, p.key, p.beats)
	for i := range uint64(3) {
		switch (order + i) % 3 {
		case 0:
			p.due = 0
			if next := p.node.Next(); !next.IsZero() && p.host.due(next) <= w.now {
				p.node.Tick(p.now())
				p.step()
			}
		case 1:
			p.advance()
			p.ready()
			w.drain()
		case 2:
			casts := p.casts
			p.casts = nil
			for i := range casts {
				p.hear(&casts[i])
			}
		}
	}
	p.due = 0
	p.step()
}
