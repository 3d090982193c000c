package app

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hypha/internal/camera"
	"hypha/internal/fleet"
	"hypha/internal/function"
	"hypha/internal/output"
	"hypha/internal/plant"
)

// newCameras makes what runs the cameras.
func (p *program) newCameras(tent *plant.Tent) *camera.Service {
	host := camera.Host{HTTP: httpClient(p.opts.Build.Version), FFmpeg: camera.FindFFmpeg}
	if tent != nil {
		host.Scene = func(now time.Time) camera.Scene { return sceneOf(tent, now) }
	}
	return camera.New(camera.Config{
		Store: p.settings, Dir: p.opts.DataDir, Host: host, Room: p.room, Lit: p.lit, Zone: p.place().Zone, Changed: p.fleet.ControllerChanged,
		Note: p.fleet.Note, Logger: p.log,
	})
}

// grows is for how many days the plants of the demo grow, over and over.
const grows = 21

// sceneOf is what a camera in the demo's tent sees.
func sceneOf(tent *plant.Tent, now time.Time) camera.Scene {
	climate := tent.Climate(now)
	day := float64(now.Unix()) / (24 * 3600)
	return camera.Scene{
		Lamp: tent.Level(plant.Lamp), Fan: tent.Level(plant.Fan), Mist: tent.Level(plant.Humidifier) > 0,
		Temperature: climate.Temperature, Humidity: climate.Humidity, Days: 8 + (day/grows-float64(int(day/grows)))*grows,
	}
}

// lit tells whether a channel of an output is on.
func (p *program) lit(id int64, channel int) (on, known bool) {
	o, err := p.fleet.Output(context.Background(), id)
	if err != nil || channel >= len(o.States) {
		return false, false
	}
	return isOn(o.States[channel].Level)
}

func isOn(l output.Level) (on, known bool) {
	switch {
	case l.On != nil:
		return *l.On, true
	case l.Duty != nil:
		return *l.Duty > 0, true
	case l.Value != nil:
		return *l.Value > 0, true
	}
	return false, false
}

// photo has a camera take a picture and keeps it with a note, which graphs show.
func (p *program) photo(ctx context.Context, by string, o function.Order) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(o.Ref, "camera/"), 10, 64)
	if err != nil {
		return fmt.Errorf("%q names no camera", o.Ref)
	}
	picture, err := p.cameras.Still(ctx, id, 0)
	if err != nil {
		return err
	}
	file, err := p.files.Add(ctx, bytes.NewReader(picture.JPEG), picture.At.UTC().Format("20060102-150405")+".jpg", by)
	if err != nil {
		return err
	}
	note, _ := o.Args["note"].(string)
	tags, _ := o.Args["tags"].([]string)
	at := picture.At.UnixMilli()
	_, err = p.fleet.CreateNote(ctx, fleet.NoteDraft{Note: note, T: &at, Tags: tags, Refs: []string{o.Ref, by}, Files: []string{file.ID}}, by)
	return err
}
