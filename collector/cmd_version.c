/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_version.c - headwater version
 */

#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <zstd.h>

#include "collector/cmd.h"

#ifndef HEADWATER_VERSION
#define HEADWATER_VERSION "0.0.0"
#endif

const char program_version[] = HEADWATER_VERSION;

static int run(struct settings *settings)
{
	(void)settings;
	printf("headwater %s (OpenLineage 2-0-2; libevent %s, jansson %s, zstd %s)\n",
		program_version, event_get_version(), JANSSON_VERSION,
		ZSTD_versionString());
	return EXIT_DONE;
}

const struct command cmd_version = {
	.name = "version",
	.bit = CMD_VERSION,
	.arguments = "",
	.summary = "say which version this is",
	.run = run,
};
