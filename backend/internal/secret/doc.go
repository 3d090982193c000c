// Package secret keeps the passwords and tokens inside option JSON unreadable on the disk and out of answers.
//
// A secret is a string at a path ("password", "channels[].token"; "headers" for all strings below it). On the disk it is
// {"$sealed": "base64"}: one byte of format (1), 4 bytes that name the key, 12 bytes nonce, then AES-256-GCM text and
// tag. The key lies in secret.key beside the data, readable by its owner only; a copy of the database without it gives no
// secret away, and a database without its key needs its secrets entered again.
//
// The way of options: KeepSecrets (fill in what a client has left out), decode and check, Box.SealOptions, store;
// then Box.OpenOptions for the driver, RedactOptions for answers.
package secret
