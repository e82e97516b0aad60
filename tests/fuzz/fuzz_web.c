/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_web.c - no path leads out of the directory of a web UI
 *
 * The name that any path gives is one or more names with slashes between them,
 * none of which is empty or begins with a dot.
 */
#include "collector/web.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
	if (!truth)
		abort();
}

static void check_name(const char *name)
{
	size_t len = strnlen(name, WEB_NAME_MAX);

	require(len > 0 && len < WEB_NAME_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		require(c >= 0x20 && c != 0x7f && c != '\\');
		if (i == 0 || name[i - 1] == '/')
			require(c != '.' && c != '/');
	}
	require(name[len - 1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = malloc(WEB_NAME_MAX);

	require(name != NULL);
	switch (web_find(slice_of(data, size), name)) {
	case WEB_FILE:
		require(size > 1 && data[0] == '/');
		check_name(name);
		break;
	case WEB_PAGE:
		require(strcmp(name, "index.html") == 0);
		break;
	case WEB_ALIVE:
	case WEB_NONE:
		break;
	}
	free(name);
	return 0;
}
