package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"hypha/internal/camera"
	"hypha/internal/files/picture"
	"hypha/internal/fleet"
)

// The demo's past: stills of a week, every six hours.
const (
	demoStillsEach = 6 * time.Hour
	demoStills     = 28
)

// illustrate gives the demo a camera with a week of stills, and notes with photos.
func (p *program) illustrate(ctx context.Context, zone, lamp int64) error {
	lapse, err := json.Marshal(camera.Timelapse{IntervalS: 1800, When: "lamp", Output: lamp, KeepDays: 90, MaxMB: 500, From: "06:00", To: "22:00"})
	if err != nil {
		return fmt.Errorf("encode the timelapse: %w", err)
	}
	c, err := p.cameras.Create(ctx, camera.Draft{Name: "Canopy", Kind: "simulated_camera", Zone: &zone, Timelapse: lapse, Enabled: new(false)}, demoBy)
	if err != nil {
		return fmt.Errorf("add the camera: %w", err)
	}
	now := time.Now()
	for n := demoStills; n > 0; n-- {
		at := now.Add(-time.Duration(n) * demoStillsEach)
		jpeg, err := demoPicture(at, now)
		if err != nil {
			return err
		}
		if err := p.cameras.Keep(c.ID, at, jpeg); err != nil {
			return err
		}
	}
	// Only now: the times of stills go up.
	if _, err := p.cameras.Update(ctx, c.ID, json.RawMessage(`{"enabled":true}`), demoBy); err != nil {
		return fmt.Errorf("switch the camera on: %w", err)
	}
	ref := fmt.Sprintf("zone/%d", zone)
	for _, n := range []struct {
		ago        time.Duration
		note, text string
		tags       []string
	}{
		{3*24*time.Hour + 5*time.Hour, "First true leaves", "- all three are up\n- the left one leans towards the fan", []string{"growth"}},
		{4 * time.Hour, "Lamp raised by 10 cm", "Leaf tips were **curling**; look again tomorrow.", []string{"growth", "light"}},
	} {
		at := now.Add(-n.ago)
		t := at.UnixMilli()
		jpeg, err := demoPicture(at, now)
		if err != nil {
			return err
		}
		f, err := p.files.Add(ctx, bytes.NewReader(jpeg), at.Format("2006-01-02")+".jpg", demoBy)
		if err != nil {
			return err
		}
		d := fleet.NoteDraft{Note: n.note, Text: n.text, T: &t, Tags: n.tags, Refs: []string{ref}, Files: []string{f.ID}}
		if _, err := p.fleet.CreateNote(ctx, d, demoBy); err != nil {
			return fmt.Errorf("add a note: %w", err)
		}
	}
	return nil
}

// demoPicture draws the tent as it was: the plants a little smaller, the lamp by its hours.
func demoPicture(at, now time.Time) ([]byte, error) {
	s := camera.Scene{Fan: 0.2, Temperature: 23.4 + math.Sin(float64(at.Hour())/4), Humidity: 66, Days: max(0.5, 14-now.Sub(at).Hours()/24*1.9)}
	if at.Hour() >= 6 && at.Hour() < 22 {
		s.Lamp = 1
	}
	var b bytes.Buffer
	err := picture.Encode(&b, camera.Draw(at, s), 80)
	return b.Bytes(), err
}
