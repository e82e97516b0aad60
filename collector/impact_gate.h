/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_gate.h - when an answer about impact is to fail, and with which code
 *
 * What an answer says of itself comes with it in every format, as
 * "verdict=block; coverage=0.931; complete=true; impacts=12".
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define GATE_EFFECTS_MAX 256

struct impact_gate {
	bool on_review;
	bool on_block;
	bool has_min;
	double min_coverage;
	size_t untold;			/* objects of which nobody can say what changes */
	char effects[GATE_EFFECTS_MAX]; /* those that block, for failOn; or "" */
};

/*
 * From --fail-on and --min-coverage (NULL: not told).  ERR_INVALID with a fault.
 * Which effects there are is the server's to say.
 */
NODISCARD int impact_gate_read(const char *fail_on, const char *min_coverage,
	struct impact_gate *out, struct fault *fault);

/*
 * The exit code for an answer, and in why (size bytes) the reason, "" for 0.
 * Without a gate it is 0, whatever the outcome; else one that cannot be read is
 * EXIT_NOT_ASKED, and an answer that is not complete passes none, as does one about less
 * than was to be asked.
 */
int impact_gate_judge(
	const struct impact_gate *gate, const char *outcome, char *why, size_t size);
