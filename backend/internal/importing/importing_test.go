package importing

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/measure"
)

type kept struct {
	rows   []Row
	faults []Fault
}

func (k *kept) Row(r Row) error { k.rows = append(k.rows, r); return nil }
func (k *kept) Fault(f Fault)   { k.faults = append(k.faults, f) }

func TestCSV(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		channel measure.ChannelID
		rows    []Row
		faults  []int // lines
	}{
		"as exported": {
			"time,channel,name,unit,value\n2026-01-01T00:00:00.500Z,17,Air,C,21.5\n", 0,
			[]Row{{2, 17, 1767225600500, 21.5, "C"}},
			nil,
		},
		"other order, ms, a mark before it": {
			"\ufeffValue, Time\n 3 , 1000\n", 4,
			[]Row{{2, 4, 1000, 3, ""}},
			nil,
		},
		"bad lines": {
			"time,channel,value\nx,1,2\n1000,1,NaN\n1000,y,2\n1000,1\n1000,1,5\n\"1000,1,5\n", 0,
			[]Row{{6, 1, 1000, 5, ""}},
			[]int{2, 3, 4, 5, 7},
		},
		"a time without a zone is no instant": {"time,value\n2026-01-01T00:00:00,1\n", 1, nil, []int{2}},
	} {
		var got kept
		err := CSV(strings.NewReader(c.text), c.channel, &got)
		var lines []int
		for _, f := range got.faults {
			lines = append(lines, f.Line)
		}
		if err != nil || !slices.Equal(got.rows, c.rows) || !slices.Equal(lines, c.faults) {
			t.Errorf("%s: %v, %+v, faults %+v", name, err, got.rows, got.faults)
		}
	}
	for _, text := range []string{"", "a,b\n1,2\n", "time,value\n"} {
		var heading *HeadingError
		if err := CSV(strings.NewReader(text), 0, &kept{}); !errors.As(err, &heading) {
			t.Errorf("%q: %v, want a fault of the heading", text, err)
		}
	}
}

func TestLineProtocol(t *testing.T) {
	text := `# from a tent
tent,room=1,channel=5 temperature=21.5,note="a, b",state=true 1767225600
tent,room=2 temperature=22i 1767225600
tent temperature=23 1767225601

tent,room=3 humidity=60 1767225600
tent,room=1 temperature=x 1767225600
tent temperature=1
a\ b,x\,y=1 c\=d=-3e2 1767225602
`
	var got kept
	err := LineProtocol(strings.NewReader(text), time.Second, map[Series]measure.ChannelID{
		"tent,room=2 temperature": 7, "tent temperature": 8, "a b c=d": 9,
	}, &got)
	want := []Row{
		{2, 8, 1767225600000, 21.5, ""},
		{2, 5, 1767225600000, 1, ""},
		{3, 7, 1767225600000, 22, ""},
		{4, 8, 1767225601000, 23, ""},
		{9, 9, 1767225602000, -300, ""},
	}
	var lines []int
	for _, f := range got.faults {
		lines = append(lines, f.Line)
	}
	if err != nil || !slices.Equal(got.rows, want) || !slices.Equal(lines, []int{6, 7, 8}) {
		t.Errorf("%v\n%+v\nfaults %+v", err, got.rows, got.faults)
	}
	got = kept{}
	if err := LineProtocol(strings.NewReader("m,channel=1 v=1 1767225600123456789"), time.Nanosecond, nil, &got); err != nil ||
		len(got.rows) != 1 || got.rows[0].T != 1767225600123 {
		t.Errorf("%v %+v", err, got)
	}
}

func FuzzLineProtocol(f *testing.F) {
	f.Add("tent,room=1,channel=5 temperature=21.5,note=\"a, b\" 1767225600")
	f.Add(`a\`)
	f.Fuzz(func(t *testing.T, text string) {
		_ = LineProtocol(strings.NewReader(text), time.Nanosecond, nil, &kept{})
		_ = CSV(strings.NewReader(text), 1, &kept{})
	})
}
