package auth

import "container/list"

// lru is a map that forgets what was used longest ago when it holds max entries. It is not safe for concurrent use.
type lru[K comparable, V any] struct {
	max   int
	order *list.List // of *lruEntry[K, V]; the front was used last
	at    map[K]*list.Element
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](size int) *lru[K, V] {
	return &lru[K, V]{max: size, order: list.New(), at: make(map[K]*list.Element)}
}

// get returns the value of key and counts as a use.
func (l *lru[K, V]) get(key K) (v V, ok bool) {
	e, ok := l.at[key]
	if !ok {
		return v, false
	}
	l.order.MoveToFront(e)
	return entryOf[K, V](e).value, true
}

func (l *lru[K, V]) put(key K, v V) {
	if e, ok := l.at[key]; ok {
		entryOf[K, V](e).value = v
		l.order.MoveToFront(e)
		return
	}
	l.at[key] = l.order.PushFront(&lruEntry[K, V]{key: key, value: v})
	if l.order.Len() > l.max {
		l.remove(entryOf[K, V](l.order.Back()).key)
	}
}

func (l *lru[K, V]) remove(key K) {
	if e, ok := l.at[key]; ok {
		l.order.Remove(e)
		delete(l.at, key)
	}
}

func (l *lru[K, V]) clear() {
	l.order.Init()
	clear(l.at)
}

func entryOf[K comparable, V any](e *list.Element) *lruEntry[K, V] {
	return e.Value.(*lruEntry[K, V]) //nolint:forcetypeassert // only put fills the list
}
