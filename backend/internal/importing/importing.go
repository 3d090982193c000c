// Package importing reads readings out of files of other programs: CSV, and line protocol.
//
// A file is read as a stream, line by line. A line that makes no sense is a Fault and keeps no other from being taken.
package importing

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypha/internal/measure"
)

// Row is a reading as the file has it.
type Row struct {
	Line    int // from 1
	Channel measure.ChannelID
	T       int64 // ms since the epoch
	V       float64
	Unit    measure.Unit // "": that of the channel
}

// Fault says what is wrong with a line.
type Fault struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Sink takes rows, and faults of lines. An error ends the reading.
type Sink interface {
	Row(r Row) error
	Fault(f Fault)
}

// maxLine bounds a line of line protocol, in bytes.
const maxLine = 1 << 20

// CSV reads a table with a heading. It needs the columns time and value, and channel unless one is given; unit is
// optional, others are passed over: what the export writes is understood. The time is RFC 3339, or ms since the epoch.
func CSV(r io.Reader, channel measure.ChannelID, to Sink) error {
	table := csv.NewReader(r)
	table.FieldsPerRecord, table.ReuseRecord, table.TrimLeadingSpace = -1, true, true
	head, err := table.Read()
	if errors.Is(err, io.EOF) {
		return &HeadingError{"the file is empty: a heading is needed, such as time,channel,value"}
	}
	if err != nil {
		return &HeadingError{err.Error()}
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")), name)
		})
	}
	at := columns{column("time"), column("value"), column("channel"), column("unit")}
	if at.time < 0 || at.value < 0 || at.channel < 0 && channel == 0 {
		return &HeadingError{fmt.Sprintf("the heading is %.80q: it needs time and value, and channel unless one is named in the request", strings.Join(head, ","))}
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if fault, ok := errors.AsType[*csv.ParseError](err); ok {
			to.Fault(Fault{fault.Line, fault.Err.Error()})
			continue
		}
		if err != nil {
			return err
		}
		line, _ := table.FieldPos(0)
		row, err := at.row(cells, channel)
		if err != nil {
			to.Fault(Fault{line, err.Error()})
			continue
		}
		row.Line = line
		if err := to.Row(row); err != nil {
			return err
		}
	}
}

// HeadingError says that a table cannot be understood at all.
type HeadingError struct{ message string }

func (e *HeadingError) Error() string { return e.message }

// columns are places in a row; -1: there is none.
type columns struct{ time, value, channel, unit int }

func (at columns) row(cells []string, channel measure.ChannelID) (r Row, err error) {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	r.Channel, r.Unit = channel, measure.Unit(cell(at.unit))
	if r.T, err = timeOf(cell(at.time)); err != nil {
		return r, err
	}
	if r.V, err = valueOf(cell(at.value)); err != nil {
		return r, err
	}
	if r.Channel == 0 {
		n, err := strconv.ParseInt(cell(at.channel), 10, 64)
		if err != nil {
			return r, fmt.Errorf("channel %.40q is no number", cell(at.channel))
		}
		r.Channel = measure.ChannelID(n)
	}
	return r, nil
}

func timeOf(text string) (int64, error) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli(), nil
		}
	}
	return 0, fmt.Errorf("time %.40q: use RFC 3339 with its zone (2026-05-01T06:00:00Z), or ms since the epoch", text)
}

func valueOf(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("value %.40q is no finite number", text)
	}
	return v, nil
}

// Series names a field of line protocol: "measurement,tag=value field"; tags may be left out, and then any will do.
type Series string

// LineProtocol reads lines "measurement,tag=value field=value time", the times in units of precision. The channel of a
// field is what channels say of its series, or else the tag channel.
func LineProtocol(r io.Reader, precision time.Duration, channels map[Series]measure.ChannelID, to Sink) error {
	if precision <= 0 {
		return fmt.Errorf("precision %v", precision)
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		rows, err := lineRows(text, precision, channels)
		if err != nil {
			to.Fault(Fault{n, err.Error()})
			continue
		}
		for _, row := range rows {
			row.Line = n
			if err := to.Row(row); err != nil {
				return err
			}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		to.Fault(Fault{n + 1, "the line is longer than 1 MiB; what follows it was not read"})
		return nil
	}
	return lines.Err()
}
