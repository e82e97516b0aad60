/* SPDX-License-Identifier: Apache-2.0 */

/*
 * listen.c - what an address to listen on means
 */

#include "collector/listen.h"

#include <string.h>
#include <strings.h>

#include "base/attr.h"

bool listen_is_loopback(const char *text)
{
	static const char *const prefixes[] = { "127.", "localhost:", "[::1]:" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (strncasecmp(text, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}
