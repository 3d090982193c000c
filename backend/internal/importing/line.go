package importing

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypha/internal/measure"
)

// lineRows reads one line. Fields that are no numbers are passed over.
func lineRows(text string, precision time.Duration, channels map[Series]measure.ChannelID) (rows []Row, err error) {
	parts := splitPlain(text, ' ')
	if len(parts) != 3 {
		return nil, fmt.Errorf("%.60q: want measurement,tags fields time", text)
	}
	stamp, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("time %.40q is no whole number", parts[2])
	}
	t, err := milliseconds(stamp, precision)
	if err != nil {
		return nil, err
	}
	head := splitPlain(parts[0], ',')
	tags := map[string]string{}
	for _, tag := range head[1:] {
		name, value, ok := cutPlain(tag)
		if !ok {
			return nil, fmt.Errorf("tag %.40q has no value", tag)
		}
		tags[unescaped(name)] = unescaped(value)
	}
	var unknown error // of a field that nothing was said about; another of the line may be wanted
	for _, field := range splitPlain(parts[1], ',') {
		name, value, ok := cutPlain(field)
		if !ok {
			return nil, fmt.Errorf("field %.40q has no value", field)
		}
		v, number := fieldNumber(value)
		if !number {
			continue
		}
		id, err := channelOf(head, unescaped(name), tags, channels)
		if err != nil {
			unknown = err
			continue
		}
		rows = append(rows, Row{Channel: id, T: t, V: v})
	}
	if len(rows) == 0 && unknown != nil {
		return nil, unknown
	}
	if len(rows) == 0 {
		return nil, errors.New("no field is a finite number")
	}
	return rows, nil
}

func milliseconds(stamp int64, precision time.Duration) (int64, error) {
	if precision >= time.Millisecond {
		each := int64(precision / time.Millisecond)
		if stamp > math.MaxInt64/each || stamp < math.MinInt64/each {
			return 0, fmt.Errorf("time %d is beyond all dates: is the precision right?", stamp)
		}
		return stamp * each, nil
	}
	return stamp / int64(time.Millisecond/precision), nil
}

// fieldNumber reads 21.5, 21i or 21u; true and false are 1 and 0.
func fieldNumber(text string) (float64, bool) {
	switch strings.ToLower(text) {
	case "t", "true":
		return 1, true
	case "f", "false":
		return 0, true
	}
	v, err := strconv.ParseFloat(strings.TrimRight(text, "iu"), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// channelOf finds a field's channel: by its series with all tags, by the series without, by its tag.
func channelOf(head []string, field string, tags map[string]string, channels map[Series]measure.ChannelID) (measure.ChannelID, error) {
	measurement := unescaped(head[0])
	sorted := slices.Sorted(slices.Values(head[1:]))
	whole := Series(strings.Join(append([]string{measurement}, sorted...), ",") + " " + field)
	for _, name := range []Series{whole, Series(measurement + " " + field)} {
		if id, ok := channels[name]; ok {
			return id, nil
		}
	}
	if text, ok := tags["channel"]; ok {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("tag channel=%.40q is no number", text)
		}
		return measure.ChannelID(n), nil
	}
	return 0, fmt.Errorf("nothing says which channel %q is: name it in the request, or tag the line with channel=<id>", string(whole))
}

// splitPlain splits at a byte that is neither escaped nor in quotes.
func splitPlain(text string, at byte) (parts []string) {
	quoted, from := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == at && !quoted:
			if i > from || at == ',' {
				parts = append(parts, text[from:i])
			}
			from = i + 1
		}
	}
	if from < len(text) {
		parts = append(parts, text[from:])
	}
	return parts
}

// cutPlain cuts at the first = that is not escaped.
func cutPlain(text string) (name, value string, ok bool) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '=':
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

func unescaped(text string) string {
	return strings.NewReplacer(`\,`, ",", `\ `, " ", `\=`, "=", `\\`, `\`).Replace(text)
}
