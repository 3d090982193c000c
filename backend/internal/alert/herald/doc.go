// Package herald decides what people are told of alerts, by which route, and when. It sends nothing: Tick returns messages.
//
// It compares, for each rule, what people were told last with how the rule stands. While a rule is silenced, in quiet
// hours, during maintenance or while it flaps, the difference simply stays; when the silence ends, what is left of it is
// told. So nothing is told that is over, nothing is forgotten that goes on, and there is no queue of old news.
//
//	silenced     until its end; then what is still wrong is told
//	quiet hours  local times of the day; critical alerts are told all the same
//	maintenance  nothing is told, all is judged
//	flapping     FlapChanges changes within FlapWithin: told once; then silence until SteadyAfter without a change
//	repeat       each Repeat while nobody has acknowledged
//	escalation   further routes when nobody has acknowledged for EscalateAfter
//	grouping     what comes within GroupWait and has one cause goes into one message
//	flood        a route takes FloodBurst messages at once, then one each FloodRefill; what waits meanwhile goes together
//	             into the next one. Of each rule the first and the last notice that wait are kept: neither is ever lost.
//
// Times are monotonic but for quiet hours and the ends of silence and maintenance, which are of the wall clock. A Herald
// belongs to one goroutine.
package herald
