package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	amazon = "https://s3.amazonaws.com"

	// partBytes is gathered in memory before it is sent, for the size of a backup is not known beforehand. A store takes
	// 10 000 parts: 80 GB in all.
	partBytes  = 8 << 20
	s3Attempts = 4
)

// bucket is a place that speaks S3.
type bucket struct {
	client    *minio.Client
	transport *http.Transport
	name      string
	prefix    string // "" or with a slash at its end
}

func newBucket(u *url.URL, s S3) (target, error) {
	endpoint, err := url.Parse(cmp.Or(s.Endpoint, amazon))
	if err != nil {
		return nil, err
	}
	secure := endpoint.Scheme == "https"
	b := &bucket{name: u.Host, prefix: strings.Trim(u.Path, "/")}
	if b.prefix != "" {
		b.prefix += "/"
	}
	if b.transport, err = minio.DefaultTransport(secure); err != nil {
		return nil, err
	}
	b.client, err = minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Secure: secure, Region: s.Region,
		Transport: b.transport, MaxRetries: s3Attempts,
	})
	return b, err
}

func (b *bucket) List(ctx context.Context) (all []Stored, err error) {
	ctx, end := context.WithCancel(ctx) // ends the listing when it is left early
	defer end()
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if o.Err != nil {
			return nil, fmt.Errorf("list the bucket %s: %w", b.name, o.Err)
		}
		if s, ok := storedAs(strings.TrimPrefix(o.Key, b.prefix), o.Size); ok {
			all = append(all, s)
		}
	}
	return all, nil
}

// Put sends in parts; the store makes them one object at the end, or forgets them.
func (b *bucket) Put(ctx context.Context, name string, write func(io.Writer) error) (int64, error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	r, w := io.Pipe()
	written := make(chan int64, 1)
	go func() {
		n := &count{w: w}
		err := write(n)
		if err != nil {
			err = fmt.Errorf("%w", err) // io.EOF as it is would be the end of a whole file
		}
		written <- n.n
		_ = w.CloseWithError(err) // never fails
	}()
	info, err := b.client.PutObject(ctx, b.name, b.prefix+name, r, -1, minio.PutObjectOptions{
		PartSize: partBytes, ContentType: "application/zstd",
	})
	_ = r.CloseWithError(cmp.Or(err, io.ErrClosedPipe)) // never fails; the writer ends
	n := <-written
	if err != nil {
		return 0, fmt.Errorf("store %s: %w", name, err)
	}
	if info.Size != n { // beyond 10 000 parts the library leaves the rest out
		return 0, errors.Join(fmt.Errorf("store %s: %d of %d bytes were taken", name, info.Size, n), b.Remove(ctx, name))
	}
	return n, nil
}

type count struct {
	w io.Writer
	n int64
}

func (c *count) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

func (b *bucket) Open(ctx context.Context, name string) (reading, int64, error) {
	o, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, err
	}
	info, err := o.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, o.Close())
	}
	return o, info.Size, nil
}

func (b *bucket) Remove(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{})
}

func (b *bucket) Close() error {
	b.transport.CloseIdleConnections()
	return nil
}
