package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	idBytes       = 16
	manifestEntry = "manifest.json"
	footerMagic   = "HYPHABK1"
	footerBody    = 8 + 8 + 8 + sha256.Size + 4
	footerSize    = 8 + footerBody
	skippable     = 0x184D2A5B // one of the magics that decoders step over

	window      = 1 << 20   // of the packer: memory of small machines
	maxManifest = 128 << 20 // unpacked: far above ten years of weeks
)

// counter counts and hashes what is written.
type counter struct {
	w   io.Writer
	n   int64
	sum hash.Hash // of what was written since the last mark
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.sum.Write(b[:n])
	return n, err
}

// packer writes the file.
type packer struct {
	out *counter
	z   *zstd.Encoder
	tar *tar.Writer
}

func newPacker(w io.Writer) (*packer, error) {
	p := &packer{out: &counter{w: w, sum: sha256.New()}}
	// One goroutine: the machine has other things to do, and the columns of the history are packed already.
	z, err := zstd.NewWriter(p.out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	p.z, p.tar = z, tar.NewWriter(z)
	return p, nil
}

// begin begins an entry; exactly size bytes have to follow.
func (p *packer) begin(name string, size int64, modified time.Time) error {
	return p.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: modified.Truncate(time.Second), Format: tar.FormatPAX,
	})
}

// end writes the manifest and what leads to it.
func (p *packer) end(m *Manifest) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := errors.Join(p.tar.Flush(), p.z.Close()); err != nil {
		return err
	}
	at := p.out.n
	p.out.sum.Reset()
	p.z.Reset(p.out)
	if err := p.begin(manifestEntry, int64(len(text)), m.Created); err != nil {
		return err
	}
	if _, err := p.tar.Write(text); err != nil {
		return err
	}
	if err := errors.Join(p.tar.Close(), p.z.Close()); err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint32(nil, skippable)
	b = binary.LittleEndian.AppendUint32(b, footerBody)
	b = append(b, footerMagic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.out.n-at))
	b = p.out.sum.Sum(b)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[8:], crc32.MakeTable(crc32.Castagnoli)))
	_, err = p.out.Write(b)
	return err
}

// discard ends a file that is given up.
func (p *packer) discard() {
	p.out.w = io.Discard
	_ = p.z.Close() // only its memory matters
}

// ReadManifest reads what a backup of that size says of itself, and checks that it makes sense.
func ReadManifest(r io.ReaderAt, size int64) (*Manifest, error) {
	at, length, sum, err := readFooter(r, size)
	if err != nil {
		return nil, err
	}
	packed := make([]byte, length)
	if _, err := r.ReadAt(packed, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if got := sha256.Sum256(packed); !bytes.Equal(got[:], sum) {
		return nil, fmt.Errorf("%w (its manifest)", ErrDamaged)
	}
	z, err := unpacker(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	entries := tar.NewReader(io.LimitReader(z, maxManifest))
	h, err := entries.Next()
	if err != nil || h.Name != manifestEntry {
		return nil, fmt.Errorf("%w (its manifest)", ErrDamaged)
	}
	m := &Manifest{}
	if err := json.NewDecoder(entries).Decode(m); err != nil {
		return nil, fmt.Errorf("%w (its manifest: %w)", ErrDamaged, err)
	}
	return m, m.check()
}

func readFooter(r io.ReaderAt, size int64) (at, length int64, sum []byte, err error) {
	if size < footerSize {
		return 0, 0, nil, ErrNoBackup
	}
	b := make([]byte, footerSize)
	if _, err := r.ReadAt(b, size-footerSize); err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, nil, err
	}
	le, body := binary.LittleEndian, b[8:footerSize-4]
	if le.Uint32(b) != skippable || le.Uint32(b[4:]) != footerBody || string(body[:8]) != footerMagic ||
		le.Uint32(b[footerSize-4:]) != crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) {
		return 0, 0, nil, ErrNoBackup
	}
	at, length = int64(le.Uint64(body[8:])), int64(le.Uint64(body[16:]))
	if at < 0 || length < 0 || length > maxManifest || at != size-footerSize-length {
		return 0, 0, nil, ErrNoBackup
	}
	return at, length, body[24:], nil
}

func unpacker(r io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8*window))
}

// entries hands each entry but the manifest to take, and then reads on to the end, so that every checksum is compared.
func entries(r io.Reader, take func(name string, size int64, content io.Reader) error) error {
	z, err := unpacker(r)
	if err != nil {
		return err
	}
	defer z.Close()
	all := tar.NewReader(z)
	for {
		h, err := all.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("%w (%q is no file)", ErrDamaged, h.Name)
		}
		if h.Name == manifestEntry {
			continue
		}
		if err := take(h.Name, h.Size, unpacked{all}); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, z); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return nil
}

// unpacked tells what cannot be unpacked from what cannot be written elsewhere.
type unpacked struct{ r io.Reader }

func (u unpacked) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return n, err
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
