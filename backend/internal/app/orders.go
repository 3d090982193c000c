package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hypha/internal/alert"
	"hypha/internal/alerting"
	"hypha/internal/backup"
	"hypha/internal/function"
)

// carryOut carries out what functions ask of parts that the fleet does not know.
func (p *program) carryOut(ctx context.Context, _ string, o function.Order) error {
	switch o.What {
	case "notify":
		text := func(name string) string {
			s, _ := o.Args[name].(string)
			return s
		}
		a := alerting.Announcement{Title: text("title"), Text: text("text"), Severity: alert.Severity(text("severity"))}
		if !slices.Contains([]alert.Severity{"", alert.Info, alert.Warning, alert.Critical}, a.Severity) {
			return fmt.Errorf("there is no severity %q: use info, warning or critical", a.Severity)
		}
		return p.alerts.Announce(ctx, a)
	case "backup":
		if p.backups == nil {
			return errors.New("no place for backups is configured: set backup.to")
		}
		if err := p.backups.Ask(); err != nil && !errors.Is(err, backup.ErrRunning) { // one that is being made will do
			return err
		}
		return nil
	default:
		return fmt.Errorf("this program cannot %s", o.What)
	}
}
