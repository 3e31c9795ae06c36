package top

import (
	"context"
	"fmt"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// redraw is how often the table is drawn.
const redraw = 500 * time.Millisecond

// showing shows the table on the terminal until ctx is done. leave is called when
// the user wants an end.
func showing(ctx context.Context, h *hub, address string, std cli.Streams, failed chan<- error, leave func()) <-chan struct{} {
	options := []tea.ProgramOption{tea.WithOutput(std.Out), tea.WithoutSignalHandler()}
	if in, ok := std.In.(*os.File); ok && isTerminal(in) {
		options = append(options, tea.WithInput(in))
	} else {
		options = append(options, tea.WithInput(nil))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		program := tea.NewProgram(newTable(h.View, address, leave), options...)
		stop := context.AfterFunc(ctx, program.Quit) // given the context, it would not wait for its reader of keys
		defer stop()
		if _, err := program.Run(); err != nil && ctx.Err() == nil {
			failed <- fmt.Errorf("the table cannot be shown: %w", err)
		}
	}()
	return done
}

type lookMsg struct{}

// Init is bubbletea's: it begins.
func (t *table) Init() tea.Cmd { return func() tea.Msg { return lookMsg{} } }

// Update is bubbletea's: something happened.
func (t *table) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case lookMsg:
		if v, ok := t.look(); ok {
			t.take(v)
		}
		return t, tea.Tick(redraw, func(time.Time) tea.Msg { return lookMsg{} })
	case tea.WindowSizeMsg:
		t.width, t.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		t.key(msg.String())
	}
	return t, nil
}

// View is bubbletea's: the picture.
func (t *table) View() tea.View {
	v := tea.NewView(t.draw())
	v.AltScreen = true
	v.WindowTitle = "zyre top"
	return v
}
