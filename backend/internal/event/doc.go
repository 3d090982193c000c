// Package event is the hub that facts of the running program travel over:
// readings, output states, controller states, alerts. Those who state a fact
// do not know who listens, and no listener can hold them up.
//
// # Use
//
// A program has one [Hub] and, per sort of fact, one [Topic] with the Go type of
// that fact. Topics are values that are handed to those who need them; there is
// no lookup by name.
//
//	hub := event.NewHub()
//	states := event.NewTopic[controller.Status](hub, "controllers", 1024)
//
//	sub := states.Subscribe(event.Options[controller.Status]{
//		Name: "live", Buffer: 256,
//		Key: func(s controller.Status) string { return string(s.Ref) },
//	})
//	defer sub.Close()
//	var batch []event.Entry[controller.Status]
//	for {
//		select {
//		case <-sub.C():
//			batch = sub.Take(batch[:0])
//			send(batch)
//		case <-ctx.Done():
//			return nil
//		}
//	}
//
// # Order
//
// All topics of a hub share one counter. A publication gets the next number, and
// within a topic every subscriber meets the numbers in ascending order. When
// [Hub.Seq] says n, every publication up to and including n is already in the
// replay rings and in the queues of its subscribers; so a snapshot marked with the
// number read before it was taken can be continued with [Topic.Since] and lacks
// nothing.
//
// # Concurrency
//
// All methods of Hub, Topic and Subscription may be called from any goroutine. One
// short lock per hub orders the publications; nothing waits for a subscriber while
// holding it. Publish therefore costs some hundred nanoseconds, whatever its
// subscribers do.
//
// # Bounds
//
// Every queue has a bound. What happens at the bound is the subscriber's choice:
//
//   - Without Options.Key the oldest entry goes and is counted (see
//     [Subscription.Dropped]). Right for logs, wrong for state.
//   - With Options.Key the queue falls back to one entry per key, the newest: the
//     subscriber may miss steps, never the end of them. The bound is then Buffer
//     or the number of distinct keys, whichever is larger, so keys must come
//     from a bounded set (channels, controllers), never from a measured value.
//
// # Duties of a subscriber
//
//   - Close the subscription when done; a forgotten one costs every publication.
//   - Take everything at a time instead of one by one when conflating: an entry
//     that is replaced moves to the end of the queue, so a key that changes faster
//     than Next is called would be reached last.
//   - Treat values as read-only: all subscribers and the ring share them.
//   - Keep Key and Merge quick and free of calls into this package. They run in
//     the publisher's time, under the hub's lock.
//
// # Testing
//
// Nothing here starts a goroutine or reads a clock, so the package is at home in
// testing/synctest bubbles. To wait for a fact in a test use [Subscription.Next]
// with a context.
package event
