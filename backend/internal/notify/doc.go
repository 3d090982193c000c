// Package notify brings messages to people: by e-mail, ntfy, Telegram, Discord, Slack, Pushover, Gotify, Matrix, a webhook
// and web push. What a message says and who gets it is decided elsewhere.
//
// A [Kind] declares a way with typed options; Bind makes a [Sender] of them. A [Queue] delivers: it keeps what has to be
// sent over a restart, tries again with growing pauses, and gives up with a word to the journal. Nothing in here makes its
// caller wait for the network.
//
// The chat services are spoken to through shoutrrr. It knows no contexts, so its calls run on lanes (see package
// controller) and are given up when they take too long; and it writes tokens into its errors, so these are struck out
// before anybody sees them.
//
// # Errors
//
// A *Failure says what went wrong in words for people, whether trying again is any use, and when.
package notify
