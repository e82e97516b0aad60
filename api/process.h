/* SPDX-License-Identifier: Apache-2.0 */

/*
 * process.h - what the system says of this process
 */
#pragma once

#include "base/attr.h"

#include <stdint.h>

struct process_stats {
	uint64_t resident_bytes;
	uint64_t virtual_bytes;
	uint64_t open_fds;
	uint64_t max_fds;
	uint64_t cpu_us; /* user and system */
};

/* What the system does not tell is 0. */
void process_stats_read(struct process_stats *out);
