package option_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypha/internal/option"
)

type ring struct {
	Next []ring `json:"next"`
}

// Each row is a struct with a field A of type and tags given, and, where a second is given, a field B.
func TestBrokenStructs(t *testing.T) {
	type fields []reflect.StructField
	field := func(name string, value any, tag reflect.StructTag) reflect.StructField {
		return reflect.StructField{Name: name, Type: reflect.TypeOf(value), Tag: tag}
	}
	one := func(value any, tag reflect.StructTag) fields { return fields{field("A", value, tag)} }
	two := func(a any, tagA reflect.StructTag, b any, tagB reflect.StructTag) fields {
		return fields{field("A", a, tagA), field("B", b, tagB)}
	}
	for _, tt := range []struct {
		fields fields
		want   string
	}{
		{one(0, ``), `field A: json name "": must be`},
		{one(0, `json:"a b"`), `json name "a b"`},
		{two(0, `json:"a"`, 0, `json:"a"`), `field B: json name "a" is taken`},
		{one(0, `json:"a" min=1`), "is not key"},
		{one(0, `json:"a" min:"1`), "is not key"},

		{one(0, `json:"a" plceholder:"1"`), `tags ["plceholder"] are misspelt`},
		{one("", `json:"a" min:"1"`), `tags ["min"]`},
		{one(0, `json:"a" max_items:"1"`), `tags ["max_items"]`},
		{one(true, `json:"a" enum:"true"`), `tags ["enum"]`},
		{one("", `json:"a" enum_titles:"X"`), `tags ["enum_titles"]`},

		{one(0, `json:"a" min:"x"`), `tag min: "x" is no number`},
		{one(0.5, `json:"a" min:"NaN"`), `tag min: "NaN" is no number`},
		{one(0, `json:"a" min:"2" max:"1"`), "nothing fits between"},
		{one(uint8(0), `json:"a" max:"300"`), "uint8 holds only 0 to 255"},
		{one("", `json:"a" max_len:"-1"`), "is no size"},
		{one("", `json:"a" min_len:"2" max_len:"1"`), "nothing fits between"},
		{one([]int{}, `json:"a" min_items:"2" max_items:"1"`), "nothing fits between"},
		{one("", `json:"a" pattern:"("`), "tag pattern"},
		{one("", `json:"a" required:"yes"`), `"yes" is neither true nor false`},
		{one("", `json:"a" format:"url"`), `tag format: "url"`},
		{one(0, `json:"a" format:"uri"`), `tag format: "uri"`},
		{one("", `json:"a" enum:"x,x"`), "tag enum"},
		{one(0, `json:"a" enum:"1,x"`), "tag enum"},
		{one(uint8(0), `json:"a" enum:"1,300"`), "outside the limits"},
		{one("", `json:"a" enum:"x,y" enum_titles:"X"`), "1 titles for 2 values"},

		{one(0, `json:"a" min:"2" default:"1"`), "tag default: must be at least 2"},
		{one(0, `json:"a" default:"x"`), "tag default: x is no JSON"},
		{one("", `json:"a" enum:"x" default:"y"`), "tag default: must be x"},
		{one(0, `json:"a" required:"true" default:"1"`), "a required field has no default"},

		{one(0, `json:"a" when:"b=1"`), `"b" is no earlier field`},
		{two(0, `json:"a" when:"b=1"`, 0, `json:"b"`), `"b" is no earlier field`},
		{two("", `json:"a" enum:"x"`, 0, `json:"b" when:"a=y"`), `"y" is no value of "a"`},
		{two([]int{}, `json:"a"`, 0, `json:"b" when:"a=1"`), `"1" is no value of "a"`},

		{one(time.Second, `json:"a"`), "float64 of seconds"},
		{one(time.Time{}, `json:"a"`), "decodes itself"},
		{one(json.RawMessage{}, `json:"a"`), "decodes itself"},
		{one(float32(0), `json:"a"`), "is no type of an option"},
		{one([1]any{}, `json:"a"`), "is no type of an option"},
		{one(&[]int{}, `json:"a"`), "drop the pointer"},
		{one([]*int{}, `json:"a"`), "is no type of an option"},
		{one(map[int]string{}, `json:"a"`), "the keys must be strings"},
		{one(ring{}, `json:"a"`), "contains itself"},
		{one([]struct{ B int }{}, `json:"a"`), "field A: field B: json name"},
	} {
		typ := reflect.StructOf(tt.fields)
		if _, err := option.Compile(typ); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v; want %q", typ, err, tt.want)
		}
	}
	if _, err := option.For[int](); err == nil {
		t.Error("an int was compiled")
	}
}

func TestMustForPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	option.MustFor[ring]()
}

func TestSecrets(t *testing.T) {
	type login struct {
		Headers map[string]string  `json:"headers" secret:"true"`
		By      map[string]channel `json:"by"`
		Nested  struct {
			Password *string `json:"password" secret:"true"`
		} `json:"nested"`
	}
	for _, tt := range []struct {
		spec *option.Spec
		want []string
	}{
		{spec(), []string{"password", "channels[].token"}},
		{option.MustFor[login](), []string{"headers", "by[].token", "nested.password"}},
		{option.MustFor[safety](), nil},
	} {
		if got := tt.spec.Secrets(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	want := `{"baud":9600,"limits":[0,100],"mode":"sine","pin":17,"safe":{"on":true,"seconds":10},"tls":false,"wave_period_s":60}`
	if got := string(spec().Defaults()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
