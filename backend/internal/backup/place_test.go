package backup

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// keeps tries what a place must do.
func keeps(t *testing.T, place Place) {
	t.Helper()
	ctx := t.Context()
	to, err := place.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	}()
	none, err := to.List(ctx)
	if err != nil || len(none) != 0 {
		t.Fatalf("at first: %v, %v", none, err)
	}
	large := strings.Repeat("0123456789abcdef", 9<<16) // 9 MB: more than one part of S3
	texts := map[string]string{nameOf(at(1), true): "full", nameOf(at(2), false): large, nameOf(at(3), false): ""}
	for name, text := range texts {
		size, err := to.Put(ctx, name, writer(text))
		if err != nil || size != int64(len(text)) {
			t.Fatalf("put %s: %d, %v", name, size, err)
		}
	}
	for _, fault := range []error{errPower, io.EOF} {
		_, err = to.Put(ctx, nameOf(at(4), false), func(w io.Writer) error {
			_, err := io.WriteString(w, large)
			return errors.Join(err, fault)
		})
		if !errors.Is(err, fault) {
			t.Errorf("a put that failed: %v", err)
		}
	}
	if _, err := to.Put(ctx, nameOf(at(4), false), func(io.Writer) error { return io.EOF }); err == nil {
		t.Error("a put that failed at once was taken for a whole one")
	}
	stored, err := to.List(ctx)
	if err != nil || len(stored) != 3 {
		t.Fatalf("%v, %v", stored, err)
	}
	for _, s := range sorted(stored) {
		r, size, err := to.Open(ctx, s.Name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(io.NewSectionReader(r, 0, size))
		if want := texts[s.Name]; err != nil || string(b) != want || size != int64(len(want)) || s.Bytes != size {
			t.Errorf("%s has %d bytes, want %d: %v", s.Name, len(b), len(want), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if !stored[0].Full || stored[1].Full || !stored[0].At.Equal(at(1)) {
		t.Errorf("%+v", stored)
	}
	if err := to.Remove(ctx, stored[0].Name); err != nil {
		t.Error(err)
	}
	if left, err := to.List(ctx); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hypha-x-full.tar.zst", "photo.jpg", nameOf(at(1), true) + temporary} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keeps(t, Place{To: dir})
	if left := names(t, dir); len(left) != 4 {
		t.Errorf("%v", left) // two backups and two files of somebody else
	}
}

// sshServer is a server with SFTP for one user. Its files lie in dir.
type sshServer struct {
	address string
	public  ssh.PublicKey
	running sync.WaitGroup
}

func serveSFTP(t *testing.T, dir string, allow *ssh.ServerConfig) *sshServer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	allow.AddHostKey(key)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sshServer{address: l.Addr().String(), public: key.PublicKey()}
	t.Cleanup(func() { _ = l.Close(); s.running.Wait() })
	s.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.running.Go(func() { s.talk(conn, dir, allow) })
		}
	})
	return s
}

func (s *sshServer) talk(conn net.Conn, dir string, allow *ssh.ServerConfig) {
	defer func() { _ = conn.Close() }()
	c, channels, requests, err := ssh.NewServerConn(conn, allow)
	if err != nil {
		return // not let in
	}
	defer func() { _ = c.Close() }()
	s.running.Go(func() { ssh.DiscardRequests(requests) })
	for offered := range channels {
		ch, asks, err := offered.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() {
			for ask := range asks {
				_ = ask.Reply(ask.Type == "subsystem" && strings.HasSuffix(string(ask.Payload), "sftp"), nil)
			}
		})
		s.running.Go(func() {
			server, err := sftp.NewServer(ch, sftp.WithServerWorkingDirectory(dir))
			if err == nil {
				_ = server.Serve()
				_ = server.Close()
			}
			_ = ch.Close()
		})
	}
}

func TestAnSFTPServer(t *testing.T) {
	dir := t.TempDir()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	known, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "key")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveSFTP(t, dir, &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if c.User() != "maya" || string(password) != "secret" {
				return nil, errors.New("no")
			}
			return nil, nil
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if string(key.Marshal()) != string(known.Marshal()) {
				return nil, errors.New("no")
			}
			return nil, nil
		},
	})
	hosts := func(lines string) string {
		path := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	right := hosts(knownhosts.Line([]string{s.address}, s.public) + "\n")
	wrong := hosts(knownhosts.Line([]string{s.address}, known) + "\n")
	to := func(folder string, how SFTP) Place { return Place{To: "sftp://maya@" + s.address + folder, SFTP: how} }
	keeps(t, to(filepath.Join(dir, "with", "key"), SFTP{KeyFile: keyFile, KnownHosts: right}))
	keeps(t, to("/~/below", SFTP{Password: "secret", KnownHosts: right}))
	if left := names(t, filepath.Join(dir, "below")); len(left) != 2 {
		t.Errorf("%v", left)
	}
	for name, c := range map[string]struct {
		how  SFTP
		says string
	}{
		"unknown":       {SFTP{Password: "secret", KnownHosts: hosts("")}, "ssh-keyscan"},
		"another key":   {SFTP{Password: "secret", KnownHosts: wrong}, "another key"},
		"no file":       {SFTP{Password: "secret", KnownHosts: right + "no"}, "known_hosts"},
		"password":      {SFTP{Password: "wrong", KnownHosts: right}, "unable to authenticate"},
		"key file":      {SFTP{KeyFile: right, KnownHosts: right}, "key_file"},
		"no such key":   {SFTP{KeyFile: right + "no", KnownHosts: right}, "key_file"},
		"nothing given": {SFTP{KnownHosts: right}, "unable to authenticate"},
	} {
		got, err := to("/~/x", c.how).open(t.Context())
		if err == nil {
			_ = got.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASilentServerEndsWithTheContext(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	hosts := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(hosts, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		cancel()
		if err == nil {
			defer func() { _ = conn.Close() }()
			_, _ = io.Copy(io.Discard, conn) // until the other side ends it
		}
	}()
	if _, err := (Place{To: fmt.Sprintf("sftp://maya@%s/x", l.Addr()), SFTP: SFTP{Password: "x", KnownHosts: hosts}}).open(ctx); err == nil {
		t.Error("it has connected to nobody")
	}
}
