package main

// often has sealing and tidying happen all the time, so that kills hit them.
func often() []string {
	return []string{"HYPHA_TEST_SEAL_BYTES=40000", "HYPHA_TEST_TEND_EVERY=150ms", "HYPHA_HISTORY_SYNC_INTERVAL_S=0.3", "HYPHA_SYSTEM_MAX_FAILED_STARTS=0"}
}
