package app

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/backup"
	"hypha/internal/function"
)

// carryOut carries out what functions ask of parts that the fleet does not know.
func (p *program) carryOut(_ context.Context, _ string, o function.Order) error {
	switch o.What {
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
