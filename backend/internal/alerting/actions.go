package alerting

import (
	"fmt"

	"hypha/internal/alert"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// ordersOf are what the actions of a rule want. Needs mu of the service.
func (s *Service) ordersOf(r *rule) (orders []order) {
	for _, act := range r.draft.Actions {
		orders = append(orders, order{Order: Order{
			Rule: r.row.ID, By: r.row.Ref(), Reason: r.row.Name, Output: act.Output, Channel: act.Channel, Do: act.Do, Level: act.Level, Lease: orderLease,
		}})
	}
	return orders
}

// ordersIn are those that hold in a state: without data only what is meant for that. Needs mu of the service.
func (s *Service) ordersIn(r *rule, state alert.State) (orders []order) {
	for i, o := range s.ordersOf(r) {
		if state != alert.NoData && state != alert.Error || r.draft.Actions[i].NoData {
			orders = append(orders, o)
		}
	}
	return orders
}

// act follows up on a change of a rule with its actions. Needs mu of the service.
func (s *Service) act(r *rule, c alert.Change) []order {
	if len(r.draft.Actions) == 0 {
		return nil
	}
	switch c.To {
	case alert.Firing, alert.NoData, alert.Error:
		if c.From == alert.Recovering && c.To == alert.Firing {
			return nil // it goes on
		}
		orders := s.ordersIn(r, c.To)
		r.freed = false // a new complaint is acknowledged anew
		r.holding = r.holding || len(orders) > 0
		return orders
	case alert.OK:
		if r.holding && c.From.Complains() {
			return s.release(r)
		}
	case alert.Pending, alert.Recovering:
	}
	return nil
}

// release ends the orders that may end: those that wait for a person only when one has acknowledged. Needs mu.
func (s *Service) release(r *rule) (orders []order) {
	kept := false
	for i, o := range s.ordersOf(r) {
		if r.draft.Actions[i].Until == untilAcknowledged && !r.freed {
			kept = true
			continue
		}
		o.end = true
		orders = append(orders, o)
	}
	r.holding = kept
	return orders
}

// letGo ends all orders of a rule: it is disabled, deleted, or has other actions.
func (s *Service) letGo(id int64) {
	var orders []order
	s.mu.Lock()
	if r := s.rules[id]; r != nil && r.holding {
		r.freed = true
		orders = s.release(r)
	}
	s.mu.Unlock()
	for _, o := range orders {
		s.actors.put(o)
	}
}

// acted notes what was done to an output, or why it could not be.
func (s *Service) acted(o Order, action string, err error) {
	s.mu.Lock()
	name := s.names.Output(alert.OutputChannel{Output: o.Output, Channel: o.Channel})
	s.mu.Unlock()
	words := map[Deed]string{Stop: "brings %s to its safe state", Hold: "keeps %s as it is", Set: "sets %s to " + o.Level.String()}[o.Do]
	if action == "released" {
		words = "gives %s back"
	}
	message := o.Reason + " " + fmt.Sprintf(words, name)
	data := map[string]any{"alert": o.Rule, "action": action, "do": o.Do, "output": o.Output, "channel": o.Channel}
	if err != nil {
		message += ", which failed and is tried again: " + err.Error()
		data["error"] = err.Error()
	}
	s.cfg.Note("alert", o.By, "", message, data)
}

func sameAction(a, b Action) bool {
	return a.Output == b.Output && a.Channel == b.Channel && a.Do == b.Do && a.Until == b.Until && a.NoData == b.NoData && a.Level.Equal(b.Level)
}

func channelType(row settings.Output, channel int) output.ChannelType {
	return output.ChannelType(row.Channels[channel].Type)
}
