// Package reel keeps stills over time, outside of any database: pictures of a camera in the order of their times, in files
// that only grow and go as a whole.
//
//	<folder>/<camera>/20261127T080000.reel    from the first still in it on; at most PartBytes, never over midnight UTC
//
// A file is a row of records: a head of 24 bytes and the picture.
//
//	"HYST", CRC-32C of what follows (4), time in ms since the epoch (8), length (4), width and height in pixels (2, 2); little-endian
//
// What a crash leaves of a record at the end of a file is cut off before the next one is written. Nothing is brought to the
// disk at once: a power cut may take the stills of the last seconds.
package reel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	magic    = "HYST"
	headSize = 24
	suffix   = ".reel"
	stamp    = "20060102T150405.000"

	// PartBytes is how large a file becomes, about: what goes at once when a camera has used up its room.
	PartBytes = 16 << 20
	maxStill  = 16 << 20
)

// ErrNotFound says that there is no still of that time.
var ErrNotFound = errors.New("there is no still of that time")

// Frame is one still.
type Frame struct {
	T             int64 // ms since the epoch
	Bytes         int
	Width, Height int

	part string
	at   int64 // of the picture in its file
}

// Store keeps the stills of all cameras. It is safe for concurrent use.
type Store struct {
	dir string

	mu    sync.Mutex // guards what follows, and the ends of files
	open  map[int64]*tail
	index map[string]*index // of files that were looked into lately, at most keptIndexes
	clock int64
}

// tail is the file that a camera's next still goes to.
type tail struct {
	path string
	size int64
	last int64
	day  string
}

// index is what a file holds, as far as it was read.
type index struct {
	frames []Frame
	size   int64 // bytes that are read
	used   int64 // clock of its last use
}

const keptIndexes = 8

// New makes a store in a folder, which is made with the first still.
func New(dir string) *Store {
	return &Store{dir: dir, open: map[int64]*tail{}, index: map[string]*index{}}
}

func (s *Store) folder(camera int64) string {
	return filepath.Join(s.dir, strconv.FormatInt(camera, 10))
}

// Append keeps a still of a camera. Times go up; one that does not is left out.
func (s *Store) Append(camera, t int64, width, height int, jpeg []byte) error {
	if len(jpeg) > maxStill {
		return fmt.Errorf("keep a still: it has %d bytes", len(jpeg))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end, err := s.tailOf(camera, t)
	if err != nil {
		return fmt.Errorf("keep a still: %w", err)
	}
	if t <= end.last {
		return nil
	}
	f, err := os.OpenFile(end.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keep a still: %w", err)
	}
	record := make([]byte, headSize, headSize+len(jpeg))
	copy(record, magic)
	binary.LittleEndian.PutUint64(record[8:], uint64(t))
	binary.LittleEndian.PutUint32(record[16:], uint32(len(jpeg)))
	binary.LittleEndian.PutUint16(record[20:], uint16(width))
	binary.LittleEndian.PutUint16(record[22:], uint16(height))
	record = append(record, jpeg...)
	binary.LittleEndian.PutUint32(record[4:], crc32.Checksum(record[8:], crc32.MakeTable(crc32.Castagnoli)))
	_, err = f.WriteAt(record, end.size)
	if err != nil {
		err = errors.Join(err, f.Truncate(end.size)) // what was written in part
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keep a still: %w", err)
	}
	end.size += int64(len(record))
	end.last = t
	return nil
}

// tailOf finds the file for the next still. Needs mu.
func (s *Store) tailOf(camera, t int64) (*tail, error) {
	day := time.UnixMilli(t).UTC().Format("20060102")
	end := s.open[camera]
	if end == nil {
		parts, err := s.parts(camera)
		if err != nil {
			return nil, err
		}
		if len(parts) > 0 {
			path := filepath.Join(s.folder(camera), parts[len(parts)-1])
			x, err := s.look(path)
			if err != nil {
				return nil, err
			}
			if err := os.Truncate(path, x.size); err != nil { // what a crash has left of a record
				return nil, err
			}
			end = &tail{path: path, size: x.size, day: parts[len(parts)-1][:8]}
			if n := len(x.frames); n > 0 {
				end.last = x.frames[n-1].T
			}
			s.open[camera] = end
		}
	}
	if end != nil && (end.day == day && end.size < PartBytes || t <= end.last) {
		return end, nil
	}
	if err := os.MkdirAll(s.folder(camera), 0o700); err != nil {
		return nil, err
	}
	fresh := &tail{path: filepath.Join(s.folder(camera), time.UnixMilli(t).UTC().Format(stamp)+suffix), day: day}
	s.open[camera] = fresh
	return fresh, nil
}

// parts lists a camera's files, the oldest first.
func (s *Store) parts(camera int64) ([]string, error) {
	entries, err := os.ReadDir(s.folder(camera))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, err := time.Parse(stamp, strings.TrimSuffix(e.Name(), suffix)); err == nil && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func began(part string) int64 {
	t, err := time.Parse(stamp, strings.TrimSuffix(part, suffix))
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// look returns what a file holds, reading on from where it was read to before. Needs mu.
func (s *Store) look(path string) (*index, error) {
	s.clock++
	x := s.index[path]
	if x == nil {
		x = &index{}
	}
	x.used = s.clock
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var head [headSize]byte
	for x.size+headSize <= info.Size() {
		if _, err := f.ReadAt(head[:], x.size); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		fr := Frame{
			T: int64(binary.LittleEndian.Uint64(head[8:])), Bytes: int(binary.LittleEndian.Uint32(head[16:])),
			Width: int(binary.LittleEndian.Uint16(head[20:])), Height: int(binary.LittleEndian.Uint16(head[22:])), part: path, at: x.size + headSize,
		}
		if string(head[:4]) != magic || fr.Bytes > maxStill || fr.at+int64(fr.Bytes) > info.Size() {
			break // damaged, or not whole: what follows cannot be found
		}
		x.frames = append(x.frames, fr)
		x.size = fr.at + int64(fr.Bytes)
	}
	s.index[path] = x
	s.forget(keptIndexes)
	return x, nil
}

// forget keeps so many indexes, those used last. Needs mu.
func (s *Store) forget(most int) {
	for len(s.index) > most {
		oldest := ""
		for path, x := range s.index {
			if oldest == "" || x.used < s.index[oldest].used {
				oldest = path
			}
		}
		delete(s.index, oldest)
	}
}

// Rest drops what is only kept to answer quickly, when nobody asks any more.
func (s *Store) Rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(0)
}

// Frames returns the stills of a camera from one time to another, exclusive, in their order: at most so many, evenly
// chosen among all, and how many there are. most 0: all.
func (s *Store) Frames(camera, from, to int64, most int) (chosen []Frame, total int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts, err := s.parts(camera)
	if err != nil {
		return nil, 0, fmt.Errorf("list stills: %w", err)
	}
	var all []Frame
	for n, part := range parts {
		if began(part) >= to || n+1 < len(parts) && began(parts[n+1]) <= from {
			continue
		}
		x, err := s.look(filepath.Join(s.folder(camera), part))
		if err != nil {
			return nil, 0, fmt.Errorf("list stills: %w", err)
		}
		first, _ := slices.BinarySearchFunc(x.frames, from, byTime)
		last, _ := slices.BinarySearchFunc(x.frames, to, byTime)
		all = append(all, x.frames[first:last]...)
	}
	total = len(all)
	if most <= 0 || total <= most {
		return all, total, nil
	}
	for n := range most {
		chosen = append(chosen, all[n*(total-1)/max(most-1, 1)])
	}
	return chosen, total, nil
}

func byTime(f Frame, t int64) int {
	switch {
	case f.T < t:
		return -1
	case f.T > t:
		return 1
	}
	return 0
}

// At returns the still of exactly that time.
func (s *Store) At(camera, t int64) (Frame, error) {
	found, _, err := s.Frames(camera, t, t+1, 1)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Frame{}, err
	}
	return found[0], nil
}

// Read returns the picture of a still. ErrNotFound: it has gone meanwhile, or is damaged.
func (s *Store) Read(f Frame) ([]byte, error) {
	file, err := os.Open(f.part)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read a still: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	record := make([]byte, headSize+f.Bytes)
	if _, err := file.ReadAt(record, f.at-headSize); err != nil {
		return nil, fmt.Errorf("read a still: %w", err)
	}
	if crc32.Checksum(record[8:], crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(record[4:]) {
		return nil, ErrNotFound
	}
	return record[headSize:], nil
}

// Size is what a camera's stills take.
type Size struct {
	Bytes    int64
	From, To int64 // ms since the epoch; 0: there is none
}

// SizeOf says what a camera's stills take.
func (s *Store) SizeOf(camera int64) (size Size, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts, err := s.parts(camera)
	if err != nil || len(parts) == 0 {
		return size, err
	}
	for _, part := range parts {
		if info, err := os.Stat(filepath.Join(s.folder(camera), part)); err == nil {
			size.Bytes += info.Size()
		}
	}
	x, err := s.look(filepath.Join(s.folder(camera), parts[len(parts)-1]))
	if err != nil {
		return size, err
	}
	size.From = began(parts[0])
	if n := len(x.frames); n > 0 {
		size.To = x.frames[n-1].T
	}
	return size, nil
}

// Trim lets the oldest files of a camera go: those that ended before a time, and as many as it takes to come down to so
// many bytes. The file that is being written stays.
func (s *Store) Trim(camera, before, bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts, err := s.parts(camera)
	if err != nil {
		return fmt.Errorf("trim stills: %w", err)
	}
	sizes := make([]int64, len(parts))
	var sum int64
	for n, part := range parts {
		if info, err := os.Stat(filepath.Join(s.folder(camera), part)); err == nil {
			sizes[n] = info.Size()
			sum += sizes[n]
		}
	}
	for n := 0; n+1 < len(parts); n++ {
		if began(parts[n+1]) > before && sum <= bytes {
			break
		}
		path := filepath.Join(s.folder(camera), parts[n])
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("trim stills: %w", err)
		}
		delete(s.index, path)
		sum -= sizes[n]
	}
	return nil
}

// Keep removes the stills of all cameras but these.
func (s *Store) Keep(cameras map[int64]bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look through stills: %w", err)
	}
	var errs []error
	for _, e := range entries {
		id, err := strconv.ParseInt(e.Name(), 10, 64)
		if err != nil || cameras[id] {
			continue
		}
		delete(s.open, id)
		errs = append(errs, os.RemoveAll(s.folder(id)))
	}
	s.forget(0)
	return errors.Join(errs...)
}
