package jet
import ("testing";"github.com/quiesce/quiesce/bus/internal/backend")
func TestSmoke(t *testing.T) {
	b := openDir(t, t.TempDir())
	tp := topicOf(t, b, "a.b", nil)
	t.Log(publish(t, tp, must2(numbered(1, 3)), 3))
	s := subscribe(t, tp, backend.Options{From: backend.First})
	ev := collect(t, s, 3)
	wantSeqs(t, ev, 1)
	g := subscribe(t, tp, backend.Options{From: backend.First, Group: "g.x"})
	ev = collect(t, g, 3)
	t.Log(ev[0].Deliveries, g.Ack(1), g.Ack(1), g.Nak(2,0))
	t.Log(collect(t, g, 1)[0].Deliveries)
	st, err := tp.Stats(t.Context()); t.Logf("%+v %v", st, err)
	p, err := tp.Read(t.Context(), 1, 10, 1<<20); t.Log(len(parse(p)), err)
	names, err := b.Topics(t.Context()); t.Log(names, err)
	closeAll(t, g, s, tp, b)
}
func must2(b []byte, n int) []byte { return b }
