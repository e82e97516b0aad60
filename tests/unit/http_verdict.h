/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_verdict.h - raw bytes, and what the request reader says of them
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct verdict {
	const char *text;
	int status; /* 0: accepted */
};

static inline void assert_verdicts(
	int (*read)(const char *text), const struct verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int got = read(verdicts[i].text);

		if (got != verdicts[i].status)
			print_error("%s", verdicts[i].text);
		assert_int_equal(got, verdicts[i].status);
	}
}
