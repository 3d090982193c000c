package settings

import (
	"encoding/json"

	"hypha/internal/sqlite"
)

// Camera is a configured camera.
type Camera struct {
	Item
	Kind      string
	Options   json.RawMessage `gorm:"serializer:json"` // of the kind, secrets sealed; nil = none
	Enabled   bool
	ZoneID    *int64
	Timelapse json.RawMessage `gorm:"serializer:json"` // of package camera; nil = none
}

// Ref names the camera in events and controllers: "camera/1".
func (c Camera) Ref() string { return Ref("camera", c.ID) }

// Cameras is the repository of cameras.
type Cameras = Items[Camera, *Camera]

func newCameras(db *sqlite.DB) *Cameras {
	return &Cameras{db: db, noun: "camera", search: []string{"name", "kind"}, zoned: true}
}
