// Package sqlite3 stands in the place of the C library's driver, which GORM's SQLite dialect imports for its side effect
// alone. Hypha opens its databases with modernc.org/sqlite; without this the C library would be compiled for every test
// with the race detector (a minute of processor time) and be linked in for nothing.
package sqlite3
