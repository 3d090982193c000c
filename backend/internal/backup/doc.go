// Package backup saves a data folder to one file while a server runs on it, and puts it back.
//
// Write saves a folder, Save does so to a file, Restore verifies a file and exchanges the folder's contents, Finish
// completes an exchange that was interrupted. A Keeper saves on a schedule to a Place (a folder, SFTP, S3) and removes
// what is older than it shall keep.
//
// # The file
//
// A tar packed with zstd, which `zstd -d | tar t` reads, in this order:
//
//	zstd frame       the tar's entries: what is in this file of the folder's files
//	zstd frame       its last entry, manifest.json, and the end of the tar
//	skippable frame  magic and length (4, 4), "HYPHABK1", where the frame of the manifest begins (8), its length (8), its
//	                 SHA-256 (32), CRC-32C of these (4); little-endian
//
// The manifest says of each file of the folder its size and SHA-256, and of which parts it is made: entries of this file,
// or of earlier ones that their ids name. So a backup that follows on another leaves out what that has, and of a week's
// history that has grown holds the end only. The end of the file leads to the manifest, without unpacking the rest.
//
// # What is saved
//
// settings.db and history.db (of an earlier version) through SQLite, secret.key, hypha.yaml, and the history's files; see
// embedded.TakeSnapshot for why they belong to one instant. The settings are copied while the history is known not to
// change but for new readings: a unit never differs from the values stored in it. Not saved: the lock; the setup code, for
// a folder without an account makes another one; copies made by upgrades and restores; certificates and other files that
// hypha.yaml may name.
//
// # Errors
//
// ErrNoBackup, ErrDamaged, ErrNewer, a *MissingError; settings.ErrLocked when a server holds the folder to restore.
package backup
