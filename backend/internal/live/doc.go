// Package live is the WebSocket feed (subprotocol hypha.live.v1): what happens, as it happens, to any number of
// clients.
//
// One goroutine gathers what the event hub tells into frames, at least a frame's interval apart, and encodes each once;
// all clients that want the same are given the same bytes. A client has no queue: it remembers the number of the last
// frame it has been given, and a client that has fallen behind gets one frame with the newest value of each channel of
// all that it missed. So a slow client costs nothing but its own freshness, and memory does not depend on how slow the
// clients are.
package live
