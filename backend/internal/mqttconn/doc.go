// Package mqttconn keeps one MQTT connection for each broker and account, shared by all inputs and outputs that use it.
//
// Use: [Pool.Open] gives a [Conn], which is one user's hold on the shared connection. It touches the network only in the
// background; [Conn.Wait] tells how the first attempt went. [Conn.Subscribe] and [Conn.Publish] work on it, [Conn.Close]
// lets go; when the last user has let go the connection is closed.
//
// A lost connection comes back by itself, with a growing, bounded pause between attempts, and with all its
// subscriptions. Users are told through the function they gave to Open. Nothing is queued for sending while the
// connection is down: an order to an actuator that arrives minutes late is worse than one that fails.
//
// Each [Subscription] has a bounded queue of its own, so that a slow reader delays neither the connection nor other
// readers. When the queue is full the newest message of a topic takes the place of an older one of the same topic, and
// the loss is counted. Messages on overlapping subscriptions may arrive more than once, as MQTT 3.1.1 allows.
//
// Errors say in plain words what the user can change, and wrap their cause. All types are safe for concurrent use.
package mqttconn
