// Package mqttconn keeps one MQTT connection for each broker and account, shared by all inputs and outputs that use it.
package mqttconn
