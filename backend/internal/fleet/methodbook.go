package fleet

import (
	"context"
	"sync"
	"time"

	"hypha/internal/method"
)

// methodBook keeps methods ready: a loop asks for its set-point each second, and must not ask the database.
type methodBook struct {
	mu    sync.Mutex
	ready map[methodKey]*method.Method
}

type methodKey struct {
	id    int64
	start int64 // ms; methods with a beginning differ by it
}

// maxReady bounds the book: functions that are started again and again leave old beginnings behind.
const maxReady = 1000

func (b *methodBook) get(k methodKey) *method.Method {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready[k]
}

func (b *methodBook) put(k methodKey, m *method.Method) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ready == nil || len(b.ready) >= maxReady {
		b.ready = map[methodKey]*method.Method{}
	}
	b.ready[k] = m
}

// forget is told that a method has changed: others may be made of it.
func (b *methodBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = nil
}

// setpointOf is the value of a stored method at a time.
func (f *Fleet) setpointOf(ctx context.Context, id int64, started, now time.Time) (method.Value, error) {
	k := methodKey{id, started.UnixMilli()}
	m := f.methods.get(k)
	if m == nil {
		row, err := f.cfg.Store.Methods.Get(ctx, id)
		if err != nil {
			return method.Value{}, err
		}
		def, err := decodeMethod(row.Definition)
		if err != nil {
			return method.Value{}, err
		}
		if m, err = f.compileMethod(ctx, def, started, id); err != nil {
			return method.Value{}, err
		}
		f.methods.put(k, m)
	}
	return m.At(now), nil
}
