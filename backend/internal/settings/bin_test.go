package settings

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/measure"
)

// runSelf runs this test binary with one more environment variable and returns what it prints.
func runSelf(t *testing.T, env string) string {
	t.Helper()
	self := must[string](t)(os.Executable())
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), env)
	return string(must[[]byte](t)(cmd.Output()))
}

func specs(list ...string) []ChannelSpec { // "name quantity unit"
	var all []ChannelSpec
	for _, s := range list {
		f := strings.Fields(s)
		all = append(all, ChannelSpec{
			Name: f[0], Quantity: measure.Quantity(f[1]), Unit: measure.Unit(f[2]), ExpectedIntervalS: 30,
		})
	}
	return all
}

func ids(channels []Channel) (all []measure.ChannelID) {
	for _, c := range channels {
		all = append(all, c.ID)
	}
	return all
}

func TestChannelsKeepTheirIdsOverEdits(t *testing.T) {
	s := open(t)
	other := must[[]Channel](t)(s.Channels.Sync(t.Context(), "input/9", specs("air temperature C")))
	if !slices.Equal(ids(other), []measure.ChannelID{1}) {
		t.Fatalf("%+v", other)
	}
	for _, c := range []struct {
		name  string
		specs []ChannelSpec
		want  []measure.ChannelID
	}{
		{"new", specs("air temperature C", "rh humidity percent", "leaf temperature C"), []measure.ChannelID{2, 3, 4}},
		{"again", specs("air temperature C", "rh humidity percent", "leaf temperature C"), []measure.ChannelID{2, 3, 4}},
		{"swapped", specs("leaf temperature C", "rh humidity percent", "air temperature C"), []measure.ChannelID{4, 3, 2}},
		{"renamed", specs("canopy temperature C", "rh humidity percent", "air temperature C"), []measure.ChannelID{4, 3, 2}},
		{"other unit", specs("canopy temperature F", "rh humidity percent", "air temperature C"), []measure.ChannelID{4, 3, 2}},
		{"other quantity", specs("canopy co2 ppm", "rh humidity percent", "air temperature C"), []measure.ChannelID{5, 3, 2}},
		{"shorter", specs("rh humidity percent"), []measure.ChannelID{3}},
		{"declared again", specs("rh humidity percent", "air temperature C", "canopy temperature C"), []measure.ChannelID{3, 2, 4}},
		{"none", nil, nil},
		{"twins", specs("x co2 ppm", "x co2 ppm"), []measure.ChannelID{6, 7}},
		{"twins again", specs("x co2 ppm", "x co2 ppm"), []measure.ChannelID{6, 7}},
	} {
		got := must[[]Channel](t)(s.Channels.Sync(t.Context(), "input/1", c.specs))
		stored := must[[]Channel](t)(s.Channels.Of(t.Context(), "input/1"))
		if !slices.Equal(ids(got), c.want) || !slices.Equal(ids(stored), c.want) {
			t.Errorf("%s: %v, stored %v; want %v", c.name, ids(got), ids(stored), c.want)
		}
	}
	if _, total, err := s.Channels.List(t.Context(), ChannelFilter{Owner: "input/9"}); err != nil || total != 1 {
		t.Errorf("the other owner has %d channels, %v; want 1", total, err)
	}
}

func TestUsersWordsOutliveAnEdit(t *testing.T) {
	s := open(t)
	first := must[[]Channel](t)(s.Channels.Sync(t.Context(), "input/1", specs("a temperature C", "b temperature C")))
	limit := 40.0
	must[Channel](t)(s.Channels.Update(t.Context(), first[0].ID, func(c *Channel) error {
		c.Name, c.Unit, c.ExpectedIntervalS, c.ValidMax = "Canopy", "F", 99, &limit
		c.Owner, c.SourceUnit, c.Index = "input/7", "K", 5 // not the user's
		return nil
	}))
	got := must[[]Channel](t)(s.Channels.Sync(t.Context(), "input/1", specs("a temperature K", "c temperature C")))
	a, c := got[0], got[1]
	if a.Name != "Canopy" || a.Unit != "F" || a.SourceUnit != "K" || a.ExpectedIntervalS != 99 || *a.ValidMax != 40 || a.Index != 0 {
		t.Errorf("edited channel: %+v", a)
	}
	if c.Name != "c" || c.Unit != "C" || c.ExpectedIntervalS != 30 {
		t.Errorf("renamed channel: %+v", c)
	}
}

func TestBinGivesBackOrForgets(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	in := newInput(t, s, "a", "push")
	must[[]Channel](t)(s.Channels.Sync(ctx, in.Ref(), specs("x co2 ppm", "y co2 ppm", "z co2 ppm")))
	must[[]Channel](t)(s.Channels.Sync(ctx, in.Ref(), specs("x co2 ppm", "y co2 ppm"))) // z goes by an edit
	if err := s.db.Write.Exec("UPDATE channels SET deleted_at = deleted_at - 1000 WHERE deleted_at IS NOT NULL").Error; err != nil {
		t.Fatal(err)
	}
	del := func() {
		t.Helper()
		if err := s.Inputs.SoftDelete(ctx, in.ID); err != nil {
			t.Fatal(err)
		}
	}
	del()
	if _, err := s.Inputs.Get(ctx, in.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted input: %v, want %v", err, ErrNotFound)
	}
	if err := s.Inputs.SoftDelete(ctx, in.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v, want %v", err, ErrNotFound)
	}
	if _, total, err := s.Channels.List(ctx, ChannelFilter{}); err != nil || total != 0 {
		t.Errorf("%d channels of a deleted input, %v", total, err)
	}
	back := must[Input](t)(s.Inputs.Restore(ctx, in.ID))
	channels := must[[]Channel](t)(s.Channels.Of(ctx, in.Ref()))
	if back.Name != "a" || back.DeletedAt.Valid || !slices.Equal(ids(channels), []measure.ChannelID{1, 2}) {
		t.Errorf("restored %+v with channels %v, want 1 and 2", back, ids(channels))
	}
	if _, err := s.Inputs.Restore(ctx, in.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("restored twice: %v, want %v", err, ErrNotFound)
	}
	later := time.Now().Add(time.Hour)
	if gone := must[[]measure.ChannelID](t)(s.Channels.PurgeRemoved(ctx, later)); !slices.Equal(gone, []measure.ChannelID{3}) {
		t.Errorf("purged channels %v, want 3", gone)
	}
	del()
	if gone := must[[]measure.ChannelID](t)(s.Channels.PurgeRemoved(ctx, later)); len(gone) != 0 {
		t.Errorf("purged channels %v of an input that can still be restored", gone)
	}
	if p := must[Purged](t)(s.Inputs.Purge(ctx, time.Now().Add(-time.Hour))); len(p.IDs) != 0 {
		t.Errorf("purged too early: %+v", p)
	}
	if waiting := must[[]Input](t)(s.Inputs.Deleted(ctx, later)); len(waiting) != 1 {
		t.Errorf("bin holds %+v", waiting)
	}
	p := must[Purged](t)(s.Inputs.Purge(ctx, later))
	if !slices.Equal(p.IDs, []int64{1}) || !slices.Equal(p.Channels, []measure.ChannelID{1, 2}) {
		t.Errorf("purged %+v", p)
	}
	if in := newInput(t, s, "b", "push"); in.ID != 2 {
		t.Errorf("id %d was given twice", in.ID)
	}
	if c := must[[]Channel](t)(s.Channels.Sync(ctx, "input/2", specs("x co2 ppm"))); c[0].ID != 4 {
		t.Errorf("channel id %d was given twice", c[0].ID)
	}
}

func TestPurgedZoneFreesItsMembers(t *testing.T) {
	s := open(t)
	zone := Zone{Item: Item{Name: "tent"}}
	if err := s.Zones.Create(t.Context(), &zone); err != nil {
		t.Fatal(err)
	}
	f := Function{Item: Item{Name: "pid"}, Kind: "pid", ZoneID: &zone.ID}
	if err := s.Functions.Create(t.Context(), &f); err != nil {
		t.Fatal(err)
	}
	if err := s.Zones.SoftDelete(t.Context(), zone.ID); err != nil {
		t.Fatal(err)
	}
	must[Purged](t)(s.Zones.Purge(t.Context(), time.Now().Add(time.Hour)))
	if got := must[Function](t)(s.Functions.Get(t.Context(), f.ID)); got.ZoneID != nil {
		t.Errorf("zone %d of a function after its purge", *got.ZoneID)
	}
}

func TestAccounts(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	u := User{Username: "Maya", Role: "admin", PasswordHash: "x"}
	if err := s.Users.Create(ctx, &u); err != nil {
		t.Fatal(err)
	}
	var taken *ConflictError
	if err := s.Users.Create(ctx, &User{Username: "MAYA"}); !errors.As(err, &taken) || taken.Column != "username" {
		t.Errorf("second Maya: %v, want a conflict of username", err)
	}
	if got := must[User](t)(s.Users.ByName(ctx, "maya")); got.ID != u.ID {
		t.Errorf("by name: %+v", got)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	session := Session{UserID: u.ID, Hash: []byte{1, 2}, CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := errors.Join(
		s.Sessions.Create(ctx, &session),
		s.Sessions.Touch(ctx, session.ID, now.Add(time.Minute), now.Add(2*time.Hour)),
		s.Tokens.Create(ctx, &Token{UserID: u.ID, Name: "ci", Role: "viewer", Hash: []byte{3}}),
		s.Tokens.Touch(ctx, 1, now),
		s.Preferences.Set(ctx, u.ID, []byte(`{"theme":"dark"}`)),
		s.Preferences.Set(ctx, u.ID, []byte(`{"theme":"light"}`)),
	); err != nil {
		t.Fatal(err)
	}
	if got := must[Session](t)(s.Sessions.ByHash(ctx, []byte{1, 2})); !got.ExpiresAt.Equal(now.Add(2 * time.Hour)) {
		t.Errorf("session %+v", got)
	}
	if got := must[Token](t)(s.Tokens.ByHash(ctx, []byte{3})); got.ExpiresAt != nil || !got.LastUsedAt.Equal(now) {
		t.Errorf("token %+v", got)
	}
	if got, err := s.Preferences.Get(ctx, u.ID); err != nil || string(got) != `{"theme":"light"}` {
		t.Errorf("preferences %s, %v", got, err)
	}
	if n := must[int64](t)(s.Sessions.DeleteExpired(ctx, now.Add(3*time.Hour))); n != 1 {
		t.Errorf("%d sessions expired, want 1", n)
	}
	if err := s.Users.Delete(ctx, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tokens.Get(ctx, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("token of a deleted user: %v, want %v", err, ErrNotFound)
	}
	if err := s.Preferences.Set(ctx, u.ID, []byte(`{}`)); !errors.Is(err, ErrReference) {
		t.Errorf("preferences of nobody: %v, want %v", err, ErrReference)
	}
}

func TestJournalIsBounded(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	var events []*Event
	for i := range 1000 {
		kind := []string{"output", "audit"}[i%2]
		events = append(events, &Event{T: int64(1000 + i), Type: kind, Source: fmt.Sprintf("output/%d", i%3), Message: "m"})
	}
	if err := s.Events.Append(ctx, events...); err != nil {
		t.Fatal(err)
	}
	got, total, err := s.Events.List(ctx, EventFilter{Type: "audit", From: 1100, To: 1200, Limit: 2})
	if err != nil || total != 50 || len(got) != 2 || got[0].T != 1199 || got[0].ID != 200 {
		t.Errorf("%+v of %d, %v", got, total, err)
	}
	if n, err := s.Events.Prune(ctx, 300, time.UnixMilli(1500)); err != nil || n != 700 {
		t.Errorf("pruned %d, %v; want 700", n, err)
	}
	if got, total, err := s.Events.List(ctx, EventFilter{}); err != nil || total != 300 || got[299].T != 1700 {
		t.Errorf("%d left, %v; want the newest 300", total, err)
	}
}

func TestKV(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	var n int
	if found, err := s.KV.Get(ctx, "crashes", &n); found || err != nil {
		t.Errorf("empty: %v, %v", found, err)
	}
	for range 3 {
		n = 0
		if err := s.KV.Update(ctx, "crashes", &n, func() error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := s.KV.Get(ctx, "crashes", &n); !found || err != nil || n != 3 {
		t.Errorf("%d, %v, %v; want 3", n, found, err)
	}
	if err := errors.Join(s.KV.Set(ctx, "a/1", nil), s.KV.Set(ctx, "a/2", "x"), s.KV.Delete(ctx, "a/2"), s.KV.Delete(ctx, "a/2")); err != nil {
		t.Fatal(err)
	}
	if keys := must[[]string](t)(s.KV.Keys(ctx, "a/")); !slices.Equal(keys, []string{"a/1"}) {
		t.Errorf("keys %q", keys)
	}
	if err := errors.Join(s.Units.Create(ctx, &UserUnit{ID: "dF", Base: "F", Scale: 0.1, Offset: 2}),
		s.Quantities.Create(ctx, &UserQuantity{ID: "brix", Units: []string{"percent"}})); err != nil {
		t.Fatal(err)
	}
	if err := s.Units.Create(ctx, &UserUnit{ID: "dF"}); !errors.Is(err, ErrConflict) {
		t.Errorf("second unit: %v, want %v", err, ErrConflict)
	}
	if q := must[[]UserQuantity](t)(s.Quantities.List(ctx)); len(q) != 1 || q[0].Units[0] != "percent" {
		t.Errorf("quantities %+v", q)
	}
	if err := s.Quantities.Delete(ctx, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v, want %v", err, ErrNotFound)
	}
}
