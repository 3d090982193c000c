package notify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailbox is an SMTP server that takes one message after another. refuse answers RCPT instead of 250.
type mailbox struct {
	addr   *net.TCPAddr
	refuse string

	mu   sync.Mutex
	mail []string
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no TCP address")
	}
	m := &mailbox{addr: addr}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	return m
}

func (m *mailbox) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = fmt.Fprintf(c, "%s\r\n", s) }
	say("220 here")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
		case "EHLO", "HELO":
			say("250 here")
		case "RCPT":
			if m.refuse != "" {
				say(m.refuse)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			m.mu.Lock()
			m.mail = append(m.mail, text.String())
			m.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (m *mailbox) options(more string) string {
	return fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"security":"none","from":"Hypha <hypha@example.org>","to":["maya@example.org"]%s}`, m.addr.Port, more)
}

func TestAnEMailArrives(t *testing.T) {
	m := newMailbox(t)
	msg := message()
	msg.Title = "Zu warm: 31 °C\r\nBcc: everybody@example.org"
	if err := senderOf(t, Deps{}, "email", m.options("")).Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	if len(m.mail) != 1 {
		t.Fatalf("%d mails", len(m.mail))
	}
	head, body, _ := strings.Cut(m.mail[0], "\r\n\r\n")
	for _, want := range []string{"To: <maya@example.org>", "Auto-Submitted: auto-generated", "Subject: =?UTF-8?", "Message-ID: "} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in\n%s", want, head)
		}
	}
	if strings.Contains(head, "\r\nBcc") {
		t.Errorf("a title can add headers:\n%s", head)
	}
	if !strings.Contains(body, "hypha.local/alerts") {
		t.Errorf("body %q", body)
	}
}

func TestAnEMailIsRefused(t *testing.T) {
	for answer, hopeless := range map[string]bool{"550 no such user": true, "451 greylisted, try later": false} {
		m := newMailbox(t)
		m.refuse = answer
		err := senderOf(t, Deps{}, "email", m.options("")).Send(t.Context(), message())
		var f *Failure
		if !errors.As(err, &f) || f.Hopeless != hopeless {
			t.Errorf("%s: %+v, want hopeless %v", answer, err, hopeless)
		}
	}
}

func TestAServerWithoutEncryptionGetsNoPassword(t *testing.T) {
	m := newMailbox(t)
	options := strings.Replace(m.options(`,"username":"u","password":"s3cret"`), `"security":"none"`, `"security":"starttls"`, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err := senderOf(t, Deps{}, "email", options).Send(ctx, message())
	if err == nil || strings.Contains(err.Error(), "s3cret") || len(m.mail) > 0 {
		t.Errorf("%v, %d mails", err, len(m.mail))
	}
}

func TestAMailServerThatHangsIsGivenUp(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // it never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	m := &mailbox{addr: l.Addr().(*net.TCPAddr)}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	var f *Failure
	if err := senderOf(t, Deps{}, "email", m.options("")).Send(ctx, message()); !errors.As(err, &f) || f.Hopeless || time.Since(began) > 3*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}
