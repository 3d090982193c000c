package camera

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"hypha/internal/files/picture"
)

// Scene is what the simulated camera sees of a tent.
type Scene struct {
	Lamp, Fan   float64 // 0 to 1
	Mist        bool
	Temperature float64 // °C
	Humidity    float64 // %
	Days        float64 // how old the plants are
}

// sceneOptions: there is nothing to choose.
type sceneOptions struct {
	Delay float64 `json:"delay_s" title:"Delay" help:"Each picture takes so long" min:"0" max:"30" default:"0" unit:"s" advanced:"true"`
}

func simulatedKind() Kind {
	return Define(Spec[sceneOptions]{
		ID: "simulated_camera", Name: "Simulated camera", Icon: "flask-conical", Tags: []string{"test"},
		Description: "Draws a grow tent with the time in it, to try everything without a camera.",
		Open: func(o sceneOptions, h Host) (Source, error) {
			see := h.Scene
			if see == nil {
				see = func(now time.Time) Scene {
					return Scene{Lamp: 1, Fan: 0.3, Temperature: 24, Humidity: 60, Days: 12 + 8*math.Sin(float64(now.Unix())/3600)}
				}
			}
			return drawing{see, time.Duration(o.Delay * float64(time.Second))}, nil
		},
	})
}

// drawing draws what it sees.
type drawing struct {
	see   func(time.Time) Scene
	delay time.Duration
}

// Still draws one picture.
func (d drawing) Still(ctx context.Context) ([]byte, error) {
	if d.delay > 0 {
		select {
		case <-time.After(d.delay):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	now := time.Now()
	var out bytes.Buffer
	err := picture.Encode(&out, Draw(now, d.see(now)), 80)
	return out.Bytes(), err
}

// The size of a drawing.
const (
	sceneWidth  = 640
	sceneHeight = 400
)

// The colours of a drawing, by their place in its palette.
const (
	dark = iota
	wall
	floor
	pot
	soil
	stem
	leafShade
	leafLight
	lampOff
	lampLit
	glow
	metal
	mist
	ink
)

// palette is lit as much as the lamp is.
func palette(lamp float64) color.Palette {
	lit := func(r, g, b float64) color.Color {
		k := 0.2 + 0.8*lamp
		return color.RGBA{uint8(r * k), uint8(g * k), uint8(b * (k + 0.06*(1-lamp))), 255}
	}
	return color.Palette{
		dark: color.RGBA{17, 15, 13, 255}, wall: lit(214, 212, 205), floor: lit(120, 112, 104), pot: lit(170, 86, 52), soil: lit(66, 47, 36),
		stem: lit(92, 128, 58), leafShade: lit(52, 110, 56), leafLight: lit(96, 160, 70), lampOff: color.RGBA{70, 66, 62, 255},
		lampLit: color.RGBA{255, 246, 214, 255}, glow: lit(236, 232, 214), metal: lit(150, 150, 152), mist: lit(228, 236, 240), ink: color.RGBA{255, 255, 255, 255},
	}
}

// canvas is a drawing under way.
type canvas struct{ *image.Paletted }

// Draw draws a tent: plants as large as they are old, the lamp as it burns, the fan as it turns.
func Draw(now time.Time, s Scene) image.Image {
	c := canvas{image.NewPaletted(image.Rect(0, 0, sceneWidth, sceneHeight), palette(min(max(s.Lamp, 0), 1)))}
	c.box(0, 0, sceneWidth, sceneHeight, wall)
	if s.Lamp > 0 {
		for y := 60; y < 330; y++ { // light falls in a cone
			half := 110 + (y-60)*2/3
			c.box(320-half, y, 320+half, y+1, glow)
		}
	}
	c.box(0, 320, sceneWidth, sceneHeight, floor)
	for _, x := range []int{8, sceneWidth - 14} {
		c.box(x, 0, x+6, sceneHeight, metal)
	}
	c.box(0, 26, sceneWidth, 32, metal)
	light := uint8(lampOff)
	if s.Lamp > 0 {
		light = lampLit
	}
	c.box(200, 40, 440, 58, metal)
	c.box(208, 54, 432, 62, light)
	c.fan(560, 84, 36, s.Fan, now)
	size := 0.25 + 0.75*(1-math.Exp(-max(s.Days, 0)/18))
	for n, x := range []int{150, 320, 490} {
		c.plant(x, 318, size*[]float64{0.92, 1.06, 0.98}[n], float64(now.UnixMilli())/1400+float64(n), s.Fan)
	}
	if s.Mist {
		for n := range 40 {
			x := 40 + (n*53+int(now.UnixMilli()/90))%140
			y := 300 - (n*29+int(now.UnixMilli()/60))%110
			c.disc(x, y, 3+n%4, mist)
		}
	}
	c.box(0, sceneHeight-28, sceneWidth, sceneHeight, dark)
	c.write(12, sceneHeight-9, now.Format("2006-01-02 15:04:05"))
	c.write(sceneWidth-12-7*17, sceneHeight-9, fmt.Sprintf("%5.1f C   %3.0f %%RH", s.Temperature, s.Humidity))
	return c.Paletted
}

func (c canvas) box(x0, y0, x1, y1 int, colour uint8) {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, sceneWidth), min(y1, sceneHeight)
	for y := y0; y < y1; y++ {
		row := c.Pix[y*c.Stride:]
		for x := x0; x < x1; x++ {
			row[x] = colour
		}
	}
}

func (c canvas) disc(x, y, r int, colour uint8) {
	for dy := -r; dy <= r; dy++ {
		half := int(math.Sqrt(float64(r*r - dy*dy)))
		c.box(x-half, y+dy, x+half+1, y+dy+1, colour)
	}
}

// leaf is a flat ellipse that points somewhere.
func (c canvas) leaf(x, y, length, angle float64, colour uint8) {
	for step := 0.0; step <= 1; step += 0.04 {
		r := length * 0.22 * math.Sin(math.Pi*min(step*1.1, 1))
		c.disc(int(x+math.Cos(angle)*length*step), int(y-math.Sin(angle)*length*step), int(max(r, 1)), colour)
	}
}

func (c canvas) plant(x, y int, size, sway, fan float64) {
	c.box(x-42, y-4, x+42, y+8, pot)
	for dy := range 46 {
		c.box(x-38+dy/5, y+8+dy, x+38-dy/5, y+9+dy, pot)
	}
	c.box(x-36, y-8, x+36, y-2, soil)
	height := 150 * size
	bend := 5 * fan * math.Sin(sway)
	for h := 0.0; h < height; h += 2 {
		c.disc(x+int(bend*h/height), y-8-int(h), 2, stem)
	}
	for n := range 7 {
		at := float64(n+1) / 7.5
		length := 62 * size * (1.15 - at*0.65)
		px, py := float64(x)+bend*at, float64(y-8)-height*at
		for side, angle := range []float64{0.5 + 0.25*at, math.Pi - 0.5 - 0.25*at} {
			colour := uint8(leafShade)
			if (n+side)%2 == 0 {
				colour = leafLight
			}
			c.leaf(px, py, length, angle+0.05*math.Sin(sway+float64(n)), colour)
		}
	}
	c.leaf(float64(x)+bend, float64(y-8)-height, 30*size, math.Pi/2, leafLight)
}

func (c canvas) fan(x, y, r int, level float64, now time.Time) {
	c.disc(x, y, r+4, metal)
	c.disc(x, y, r, dark)
	turn := level * float64(now.UnixMilli()) / 40
	for blade := range 3 {
		c.leaf(float64(x), float64(y), float64(r-3), turn+float64(blade)*2*math.Pi/3, metal)
	}
	c.disc(x, y, 5, lampOff)
}

func (c canvas) write(x, y int, text string) {
	d := font.Drawer{Dst: c.Paletted, Src: image.NewUniform(color.White), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
