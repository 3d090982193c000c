package backup

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// dialWithin bounds reaching the server and signing in. After that the context of the connection does, and TCP, which
// notices a peer that is gone.
const dialWithin = 30 * time.Second

// remote is a folder on a server that speaks SFTP.
type remote struct {
	path   string
	ssh    *ssh.Client
	client *sftp.Client
	unbind func() bool // from the context of the connection
}

// dialSFTP connects. The connection ends with ctx.
func dialSFTP(ctx context.Context, u *url.URL, s SFTP) (target, error) {
	address := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "22"))
	auth, err := s.auth()
	if err != nil {
		return nil, err
	}
	check, algorithms, err := s.hosts(address)
	if err != nil {
		return nil, err
	}
	raw, err := (&net.Dialer{Timeout: dialWithin}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if err := raw.SetDeadline(time.Now().Add(dialWithin)); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	r := &remote{path: cmp.Or(strings.TrimPrefix(u.Path, "/~/"), "."), unbind: context.AfterFunc(ctx, func() { _ = raw.Close() })}
	c, channels, requests, err := ssh.NewClientConn(raw, address, &ssh.ClientConfig{
		User: u.User.Username(), Auth: auth, HostKeyCallback: check, HostKeyAlgorithms: algorithms, Timeout: dialWithin,
	})
	if err != nil {
		r.unbind()
		return nil, errors.Join(hostKeyWords(err, address, s.knownHosts()), raw.Close())
	}
	r.ssh = ssh.NewClient(c, channels, requests)
	if r.client, err = sftp.NewClient(r.ssh); err == nil {
		err = r.client.MkdirAll(r.path)
	}
	err = errors.Join(err, raw.SetDeadline(time.Time{}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s on %s: %w", r.path, address, err), r.Close())
	}
	return r, nil
}

func (s SFTP) auth() (methods []ssh.AuthMethod, err error) {
	if s.KeyFile != "" {
		text, err := os.ReadFile(s.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("backup.sftp.key_file: %w", err)
		}
		key, err := ssh.ParsePrivateKey(text)
		if err != nil {
			return nil, fmt.Errorf("backup.sftp.key_file: %s: %w", s.KeyFile, err)
		}
		methods = append(methods, ssh.PublicKeys(key))
	}
	if s.Password != "" {
		methods = append(methods, ssh.Password(s.Password))
	}
	return methods, nil
}

func (s SFTP) knownHosts() string {
	if s.KnownHosts != "" {
		return s.KnownHosts
	}
	home, _ := os.UserHomeDir() // without one the file is not found, which says enough
	return filepath.Join(home, ".ssh", "known_hosts")
}

// hosts returns what checks the server's key, and the kinds of keys that are known of it: asked for another kind, a server
// would show a key that is right and not in the file.
func (s SFTP) hosts(address string) (ssh.HostKeyCallback, []string, error) {
	check, err := knownhosts.New(s.knownHosts())
	if err != nil {
		return nil, nil, fmt.Errorf("backup.sftp.known_hosts: %w", err)
	}
	none, err := ssh.NewPublicKey(ed25519.PublicKey(bytes.Repeat([]byte{0}, ed25519.PublicKeySize)))
	if err != nil {
		return nil, nil, err
	}
	var kinds []string
	if unknown, ok := errors.AsType[*knownhosts.KeyError](check(address, &net.TCPAddr{}, none)); ok {
		for _, known := range unknown.Want {
			if known.Key.Type() == ssh.KeyAlgoRSA {
				kinds = append(kinds, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			}
			kinds = append(kinds, known.Key.Type())
		}
	}
	slices.Sort(kinds)
	return check, slices.Compact(kinds), nil
}

// hostKeyWords says what to do about a server that is not known, or is not who it was.
func hostKeyWords(err error, address, file string) error {
	var key *knownhosts.KeyError
	switch {
	case !errors.As(err, &key):
		return err
	case len(key.Want) == 0:
		return fmt.Errorf("the key of %s is not in %s: add it with ssh-keyscan, and compare it with the server's", address, file)
	}
	return fmt.Errorf("%s shows another key than the one in %s: somebody may stand between, or it was set up anew: %w", address, file, err)
}

func (r *remote) List(ctx context.Context) (all []Stored, err error) {
	infos, err := r.client.ReadDirContext(ctx, r.path)
	if err != nil {
		return nil, err
	}
	for _, info := range infos {
		if s, ok := storedAs(info.Name(), info.Size()); ok && info.Mode().IsRegular() {
			all = append(all, s)
		}
	}
	return all, nil
}

func (r *remote) Put(ctx context.Context, name string, write func(io.Writer) error) (size int64, err error) {
	if err := r.sweep(ctx); err != nil {
		return 0, err
	}
	final := path.Join(r.path, name)
	f, err := r.client.OpenFile(final+temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return 0, err
	}
	err = errors.Join(f.Chmod(0o600), write(f))
	if err == nil {
		if failed := f.Sync(); !errors.Is(failed, sftp.ErrSSHFxOpUnsupported) && !isUnsupported(failed) {
			err = failed
		}
	}
	if err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, errors.Join(err, r.client.Remove(final+temporary))
	}
	return size, r.client.Rename(final+temporary, final) // names are given once: there is nothing to replace
}

func isUnsupported(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported
}

func (r *remote) sweep(ctx context.Context) error {
	infos, err := r.client.ReadDirContext(ctx, r.path)
	if err != nil {
		return err
	}
	for _, info := range infos {
		if unfinished(info.Name()) {
			if err := r.client.Remove(path.Join(r.path, info.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *remote) Open(_ context.Context, name string) (reading, int64, error) {
	f, err := r.client.Open(path.Join(r.path, name))
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func (r *remote) Remove(_ context.Context, name string) error {
	return r.client.Remove(path.Join(r.path, name))
}

// Close ends the connection. What was stored is stored: how it ends does not matter.
func (r *remote) Close() error {
	r.unbind()
	if r.client != nil {
		_ = r.client.Close()
	}
	_ = r.ssh.Close()
	return nil
}
