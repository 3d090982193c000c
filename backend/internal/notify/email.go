package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/wneessen/go-mail"

	"hypha/internal/controller"
)

type emailOptions struct {
	Host     string   `json:"host" required:"true" max_len:"255" title:"Server" placeholder:"smtp.example.org"`
	Port     int      `json:"port" min:"1" max:"65535" default:"587" title:"Port"`
	Security string   `json:"security" enum:"starttls,tls,none" enum_titles:"STARTTLS,TLS from the start (port 465),None" default:"starttls" title:"Encryption"`
	Username string   `json:"username" max_len:"200" title:"User name" help:"Empty: the server asks for none"`
	Password string   `json:"password" secret:"true" max_len:"1000" title:"Password"`
	From     string   `json:"from" required:"true" max_len:"300" title:"From" placeholder:"Hypha <hypha@example.org>"`
	To       []string `json:"to" required:"true" min_items:"1" max_items:"50" max_len:"300" title:"To"`
}

// Validate checks the addresses, and that no password goes over the wire in the clear.
func (o emailOptions) Validate() error {
	m := mail.NewMsg()
	if err := m.From(o.From); err != nil {
		return fault("from", "is no e-mail address; write it as name@example.org")
	}
	for i, to := range o.To {
		if err := m.AddTo(to); err != nil {
			return fault(fmt.Sprintf("to[%d]", i), "is no e-mail address; write it as name@example.org")
		}
	}
	if strings.ContainsAny(o.Host, "/: ") {
		return fault("host", "is a name or an address alone; the port has its own field")
	}
	if o.Security == "none" && o.Password != "" {
		return fault("security", "a password is only sent encrypted: choose STARTTLS or TLS, or leave the password out")
	}
	return nil
}

func emailKind() Kind {
	return define(spec[emailOptions]{
		id: "email", name: "E-mail", icon: "mail", tags: []string{"mail"},
		description: "Sends by your provider's SMTP server.",
		open:        func(o emailOptions, _ *controller.Lane) (Sender, error) { return &email{o}, nil },
	})
}

type email struct{ o emailOptions }

// client makes a client whose connections l holds.
func (e *email) client(l *wire) (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(e.o.Port), mail.WithDialContextFunc(l.dial)}
	switch e.o.Security {
	case "tls":
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if e.o.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(e.o.Username), mail.WithPassword(e.o.Password))
	}
	return mail.NewClient(e.o.Host, opts...)
}

// Send hands the message to the server.
func (e *email) Send(ctx context.Context, m Message) error {
	msg := mail.NewMsg()
	if err := msg.From(e.o.From); err != nil {
		return refused("from: %v", err)
	}
	if err := msg.To(e.o.To...); err != nil {
		return refused("to: %v", err)
	}
	msg.Subject(strings.Join(strings.Fields(m.Title), " ")) // a line break would be a header of its own
	msg.SetDateWithValue(m.At)
	msg.SetMessageID()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office notes, please
	if m.Level == Critical && !m.Good {
		msg.SetImportance(mail.ImportanceUrgent)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.body()+"\n")
	w := &wire{ctx: ctx, tls: e.o.Security == "tls", host: e.o.Host}
	defer w.hangUp()
	c, err := e.client(w)
	if err != nil {
		return refused("%v", err)
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		if ctx.Err() != nil {
			return &Failure{Reason: e.o.Host + " gave no answer in time"}
		}
		f := &Failure{Reason: strike(err.Error(), e.o.Password)}
		if sent, ok := errors.AsType[*mail.SendError](err); ok {
			f.Hopeless = !sent.IsTemp() && sent.ErrorCode() >= 500
		}
		return f
	}
	return nil
}

// wire is the connection of one mail. The library leaves one open when it fails between dialling and signing in, and waits
// for answers without the context; so the connection is ended here, at the end of either.
type wire struct {
	ctx  context.Context //nolint:containedctx // of the one call that this value lives for
	tls  bool
	host string
	ends []func()
}

func (w *wire) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	if w.tls {
		conn, err = (&tls.Dialer{Config: &tls.Config{ServerName: w.host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	hangUp := func() { _ = conn.Close() } // it may be closed already
	stop := context.AfterFunc(w.ctx, hangUp)
	w.ends = append(w.ends, func() { stop(); hangUp() })
	return conn, nil
}

func (w *wire) hangUp() {
	for _, end := range w.ends {
		end()
	}
}

// strike takes secrets out of a text.
func strike(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) > 2 { // fewer letters are in any text
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return text
}
