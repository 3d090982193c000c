// Package action has what is done when a trigger fires: a list of actions, in order, with waits between them.
//
// A [List] is part of the options of a function; a [Runner] does it. The Runner has no clock and no goroutine: whoever owns
// it calls [Runner.Step] when it asks to be called, so an action that takes long, such as a ramp, holds nobody up. What an
// action asks of the rest of the program goes through function.Env and is bounded in time.
//
// # Outputs
//
// A command without an end is a claim in the name of the function: it holds until another command of its rank is given later,
// until the function is stopped, and until [Runner.LetGo], which the owner calls when it can no longer know whether the
// command is right. Nothing renews it, so the longest on-time of the output ends it like any other.
//
// # Restarts
//
// A list that is under way when the program ends is not gone on with: nobody knows what would be right by then. Its owner
// tells people so. Commands with a duration are ended by the output itself.
//
// A Runner is not safe for concurrent use; function.Logic is not called concurrently either.
package action
