package budget

import "golang.org/x/sys/unix"

// Space is how much room a disk has, in bytes.
type Space struct{ Free, Total uint64 }

// SpaceOf asks for the room of the disk that a folder is on; free is what the program may use.
func SpaceOf(dir string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Space{}, err
	}
	return Space{Free: s.Bavail * uint64(s.Bsize), Total: s.Blocks * uint64(s.Bsize)}, nil
}
