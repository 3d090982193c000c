package option_test

import "hypha/internal/option"

// rich has at least one field of every type and tag.
type rich struct {
	Broker   string            `json:"broker" required:"true" title:"Broker" help:"Host <and> port" placeholder:"mqtt://host:1883" format:"uri" max_len:"200"`
	Username *string           `json:"username" title:"User name"`
	Password string            `json:"password" secret:"true" title:"Password"`
	Mode     string            `json:"mode" default:"sine" enum:"constant,sine,square" enum_titles:"Constant,Sine wave,Square wave"`
	Wave     float64           `json:"wave_period_s" default:"60" min:"0.1" max:"86400" unit:"s" when:"mode=sine|square"`
	Level    float64           `json:"level" required:"true" when:"mode=constant"`
	TLS      bool              `json:"tls"`
	CA       string            `json:"ca" required:"true" when:"tls=true" format:"multiline"`
	Pin      uint8             `json:"pin" default:"17"`
	Baud     int               `json:"baud" default:"9600" enum:"9600,19200,115200" advanced:"true"`
	Gain     *float64          `json:"gain" min:"0.5" max:"16"`
	Parity   *string           `json:"parity" enum:"even,odd"`
	Offset   int64             `json:"offset"`
	ID       string            `json:"id" pattern:"^28-[0-9a-f]{12}$" placeholder:"28-0123456789ab" min_len:"2"`
	Headers  map[string]string `json:"headers" max_items:"3" max_len:"10"`
	Weights  map[string]int32  `json:"weights"`
	Tags     []string          `json:"tags" enum:"a,b,c" max_items:"4"`
	Limits   []float64         `json:"limits" default:"[0,100]" min:"-1000" max:"1000" unit:"%" min_items:"2" max_items:"2"`
	Channels []channel         `json:"channels" required:"true" min_items:"1" max_items:"5"`
	Raise    *target           `json:"raise" title:"Raise with"`
	Safe     safety            `json:"safe"`
	Window   target            `json:"window"`
	location
	hidden int
	Skip   chan int `json:"-"`
}

type channel struct {
	Name     string  `json:"name" required:"true"`
	Topic    string  `json:"topic" required:"true" format:"topic"`
	JSONPath string  `json:"json_path" format:"json_path"`
	Quantity string  `json:"quantity" default:"temperature" format:"quantity"`
	Unit     string  `json:"unit" default:"C" format:"unit"`
	Token    string  `json:"token" secret:"true"`
	Scale    float64 `json:"scale" default:"1"`
}

type target struct { // a required field makes a plain member of this type required
	Output  int64 `json:"output" required:"true" format:"output"`
	Channel int32 `json:"channel" min:"0"`
}

type safety struct { // no required field: absent, it is an empty one
	On      bool    `json:"on" default:"true"`
	Seconds float64 `json:"seconds" default:"10" min:"0" unit:"s"`
	Reason  string  `json:"reason" required:"true" when:"on=false"`
	Kind    string  `json:"kind" enum:"x,y" when:"on=false"`
	Extra   int32   `json:"extra" required:"true" when:"kind=y"`
}

type location struct { // embedded: its fields belong to rich
	Latitude float64 `json:"latitude" min:"-90" max:"90" unit:"°"`
}

// complete is a valid document with every field.
const complete = `{"broker":"mqtt://localhost:1883","username":null,"password":"p","mode":"square","wave_period_s":2.5,"tls":true,
	"ca":"pem","pin":4,"baud":19200,"gain":2,"parity":"odd","offset":-9007199254740991,"id":"28-0123456789ab","headers":{"X-A":"1"},
	"weights":{"x":-1,"y":2},"tags":["a","c"],"limits":[-5,5.5],"channels":[{"name":"air","topic":"t/1","json_path":"$.t","quantity":"humidity",
	"unit":"percent","token":"s","scale":-0.5},{"name":"soil","topic":"t/2"}],"raise":{"output":7,"channel":1},"safe":{"on":false,
	"seconds":0,"reason":"leak","kind":"y","extra":3},"window":{"output":1},"latitude":-33.9}`

// least is a valid document with as few fields as possible.
const least = `{"broker":"b","channels":[{"name":"n","topic":"t"}],"window":{"output":1}}`

func spec() *option.Spec { return option.MustFor[rich]() }
