// Package dashboard keeps the pages that people arrange: whose they are, who may change them, and whether what they hold
// has the shape of a dashboard. What a widget of some kind shows is the pages' business; its options are kept as they are.
//
// A dashboard is private (its owner sees and changes it) or shared (everybody sees it, operators and administrators change
// it). Two people who change one at the same time are told apart by its revision.
//
// Errors: option.Errors name fields, with their path; settings.ErrNotFound also for what somebody may not see; ErrNotYours,
// *ChangedError.
package dashboard
