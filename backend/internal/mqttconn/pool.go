package mqttconn

// Pool hands out shared broker connections.
type Pool struct{}
