package method

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"hypha/internal/wallclock"
)

// line is a line of the table: a time and a value.
type line struct {
	number int
	time   string
	value  float64
}

// compileTable makes a daily, duration or date course of the lines.
func (d *Definition) compileTable(b *binding) (course, error) {
	lines, err := parseTable(d.Table)
	if err != nil {
		return nil, err
	}
	switch d.Clock {
	case Duration:
		return d.elapsedTable(lines, b)
	case Date:
		c := &dates{then: d.Then}
		for _, l := range lines {
			at, err := parseDate(l.time, b.Zone)
			if err != nil {
				return nil, fault("csv", "line %d: %v", l.number, err)
			}
			if n := len(c.marks); n > 0 && !at.After(c.marks[n-1].at) {
				return nil, fault("csv", "line %d: must be later than the line before it", l.number)
			}
			c.marks = append(c.marks, mark{at, l.value, d.ToAll})
		}
		return c, nil
	default:
		c := &daily{zone: b.Zone}
		for _, l := range lines {
			at, err := wallclock.Parse(l.time)
			if err == nil && at == wallclock.EndOfDay {
				err = errors.New("must be before 24:00: that is 00:00 of the next day")
			}
			if err != nil {
				return nil, fault("csv", "line %d: %v", l.number, err)
			}
			if n := len(c.knots); n > 0 && at <= c.knots[n-1].at {
				return nil, fault("csv", "line %d: must be later than the line before it", l.number)
			}
			c.knots = append(c.knots, knot{at, l.value, d.ToAll})
		}
		return c, nil
	}
}

// elapsedTable is a duration method whose first column is seconds since the start. Before the first line there is no value.
func (d *Definition) elapsedTable(lines []line, b *binding) (course, error) {
	var parts []Leg
	before := 0.0
	for i, l := range lines {
		at, err := strconv.ParseFloat(l.time, 64)
		if err != nil || !(at >= 0 && at <= 315360000) {
			return nil, fault("csv", "line %d: %.20q is no time in s since the start, 0 to 315360000", l.number, l.time)
		}
		if i > 0 && at <= before {
			return nil, fault("csv", "line %d: must be later than the line before it", l.number)
		}
		switch {
		case i > 0:
			parts = append(parts, Leg{Duration: at - before, From: lines[i-1].value, To: new(l.value), Shape: d.ToAll})
		case at > 0:
			parts = append(parts, Leg{Duration: at, Shape: None})
		}
		before = at
	}
	if len(parts) == 0 || parts[len(parts)-1].Shape == None {
		return nil, fault("csv", "must have two lines at least")
	}
	return compileLegs(parts, 1, d.Then, b.Start), nil
}

// parseTable reads lines of a time and a value, separated by comma, semicolon or tab. A first line without a number in it
// is a heading.
func parseTable(text string) ([]line, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix([]byte(text), []byte("\xef\xbb\xbf")))) // some spreadsheets mark UTF-8
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	r.Comment = '#'
	r.Comma = separator(text)
	var lines []line
	for heading := true; ; heading = false {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault("csv", "%v", err)
		}
		number, _ := r.FieldPos(0)
		if len(record) != 2 {
			return nil, fault("csv", "line %d: must be a time and a value, not %d columns", number, len(record))
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(record[1]), 64)
		if err != nil && heading && !strings.ContainsAny(record[0], "0123456789") {
			continue // a heading; a time with a value that is mistyped is none
		}
		if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
			return nil, fault("csv", "line %d: %.20q is no number: write it like 21.5", number, record[1])
		}
		lines = append(lines, line{number, strings.TrimSpace(record[0]), value})
	}
	if len(lines) == 0 {
		return nil, fault("csv", "%s", fmt.Sprintf("must have a line such as %q", "06:00,18"))
	}
	return lines, nil
}

// separator is what separates the columns of the first line that is no comment.
func separator(text string) rune {
	for l := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(l, "#"):
		case strings.Contains(l, ";"):
			return ';'
		case strings.Contains(l, "\t"):
			return '\t'
		case strings.TrimSpace(l) != "":
			return ','
		}
	}
	return ','
}
