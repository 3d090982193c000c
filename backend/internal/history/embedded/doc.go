// Package embedded keeps readings for years in files of its own: well under a byte a reading, few writes, no daemon.
//
// A reading is first written to a journal and kept packed in memory. When enough has come together, or a day has passed,
// the channels' readings are packed into chunks and written as one segment to the file of their week; the journal is
// then removed. Chunks are columns (package column), each with a checksum; channels that were read together share a
// column of times. The directory of a segment says of each chunk its number, extremes and sum, and of cells of ten
// minutes the same, so that a year is drawn without reading it.
//
// A chunk is never changed. Late readings become chunks that overlap others, and win over older ones; deleting and
// rescaling are edits that are carried out when a chunk is read. Tidying writes the file of a week anew, without what
// is superfluous, once the week is over or edits have touched it.
//
// What is lost when: nothing that Append has acknowledged when the process dies. A power cut takes what was appended
// since the last Sync. Damaged bytes cost the chunk, or the record of the journal, that they are in: it is reported and
// left out, everything else is read.
//
// Locks, in this order: tending (sealing and tidying, one at a time), writing (the journal, and the order of what
// changes), mu (what is in memory), and those of files and segments.
package embedded
