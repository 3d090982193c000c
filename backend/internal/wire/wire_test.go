package wire

import (
	"strings"
	"testing"
)

func TestNobodyLooks(t *testing.T) {
	var l *Log
	l.Add(Exchange{Way: "file"}, []byte("1"))
	if seen, more := l.Seen(); len(seen) != 0 || more != 0 || l.Hide("x") != "x" {
		t.Error("a nil log holds something")
	}
}

func TestWhatIsShown(t *testing.T) {
	for name, c := range map[string]struct {
		answer []byte
		want   string
		binary bool
		cut    bool
	}{
		"text":        {[]byte("21.5\n"), "21.5\n", false, false},
		"umlaut":      {[]byte("Wärme 21 °C"), "Wärme 21 °C", false, false},
		"bytes":       {[]byte{0x00, 0xff, 'a'}, "00 ff 61", true, false},
		"broken text": {[]byte("a\xffb"), "61 ff 62", true, false},
		"empty":       {nil, "", false, false},
		"long":        {[]byte(strings.Repeat("x", maxAnswer+1)), strings.Repeat("x", maxAnswer), false, true},
		"split":       {[]byte(strings.Repeat("x", maxAnswer-1) + "ä!"), strings.Repeat("x", maxAnswer-1), false, true},
	} {
		l := NewLog(nil)
		l.Add(Exchange{Way: "file", To: "/sys/x"}, c.answer)
		seen, _ := l.Seen()
		e := seen[0]
		if e.Answer != c.want || e.Binary != c.binary || e.Cut != c.cut || e.Bytes != len(c.answer) || e.At.IsZero() {
			t.Errorf("%s: %.60q, binary %v, cut %v, %d bytes", name, e.Answer, e.Binary, e.Cut, e.Bytes)
		}
	}
}

func TestSecretsAndBounds(t *testing.T) {
	l := NewLog([]string{"hunter2", "", "ab"})
	l.Add(Exchange{To: "http://x/?key=hunter2", Asked: "hunter2", Error: "no hunter2"}, []byte(`{"key":"hunter2","ab":1}`))
	seen, _ := l.Seen()
	if e := seen[0]; strings.Contains(e.To+e.Asked+e.Error+e.Answer, "hunter2") || e.Answer != `{"key":"•••","ab":1}` {
		t.Errorf("%+v", e)
	}
	if l.Hide("a hunter2 b") != "a ••• b" {
		t.Error("Hide")
	}
	for range 2 * maxExchanges {
		l.Add(Exchange{}, nil)
	}
	if seen, more := l.Seen(); len(seen) != maxExchanges || more != maxExchanges+1 {
		t.Errorf("%d seen, %d more", len(seen), more)
	}
}
