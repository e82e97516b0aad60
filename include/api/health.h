/* SPDX-License-Identifier: Apache-2.0 */

/*
 * health.h - what the health pages say of the process
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct server_state {
	const char *version;	 /* of the program */
	int64_t started_us;	 /* wall clock */
	_Atomic bool ready;	 /* the store is open and the server accepts events */
	_Atomic bool draining;	 /* told to stop */
	_Atomic int write_error; /* enum err when the log failed for good, else 0 */
};
