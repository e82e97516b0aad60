/* SPDX-License-Identifier: Apache-2.0 */

/*
 * settings.h - every option of every command, from one table
 *
 * A setting has a name (--listen), an environment variable (HEADWATER_LISTEN),
 * a member of the configuration file ("listen") and a default; the first of
 * these that is given counts.  The table says which commands know it, and
 * holds the line that --help prints.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Commands that know a setting. */
enum command_bit {
	CMD_SERVE = 1,
	CMD_IMPORT = 2,
	CMD_EXPORT = 4,
	CMD_LINEAGE = 8,
	CMD_SEARCH = 16,
	CMD_TOKEN = 32,
	CMD_VERSION = 64,
	CMD_HELP = 128,
	CMD_PATHS = 256,
	CMD_DIFF = 512,
	CMD_EXPLAIN = 1024,
	CMD_COLUMNS = 2048,
	CMD_SCHEMA = 4096,
	CMD_SELECT = 8192,
	CMD_IMPACT = 16384,
	CMD_CHANGES = 32768,
	CMD_EXPOSURE = 65536,
};

struct settings {
	const char *config;
	const char *data;
	const char *url;
	const char *token;
	const char *log_level;

	const char *listen;
	const char *hosts; /* comma-separated */
	const char *tokens;
	const char *web_dir;
	int64_t loops;
	int64_t workers;
	int64_t connections;
	int64_t event_max_bytes;
	int64_t in_flight_bytes;
	int64_t quota_bytes;
	bool no_sync;

	const char *marquez; /* a URL */
	const char *marquez_token;

	const char *dir;
	int64_t from;
	int64_t to;
	bool graph;

	const char *format;
	const char *direction;
	const char *level;
	const char *depth; /* a number, or "all" */
	const char *as_of;
	const char *window;
	const char *evidence;
	const char *kind;
	const char *field;
	const char *to_field;
	const char *select;
	const char *only;
	const char *precise;
	const char *through;
	const char *group_by;
	const char *since;
	const char *until;
	int64_t paths;
	bool between;
	bool unused;
	bool indirect;
	int64_t limit;
	const char *scopes;

	const char *op;
	const char *new_name;
	const char *new_type;
	const char *question; /* files, as the four below */
	const char *contract;
	const char *dbt_before;
	const char *dbt_after;
	const char *waivers;
	const char *server;
	const char *namespace;
	const char *dataset;
	const char *fail_on;
	const char *min_coverage;
	const char *horizons;
	const char *exclude;
	const char *artifact;

	const char **arguments; /* what is no option */
	int argument_count;
	char *owned; /* text of the configuration file's strings */
};

enum setting_type {
	SETTING_TEXT,
	SETTING_NUMBER, /* between min and max */
	SETTING_BYTES,	/* the same, with K, M or G behind it */
	SETTING_FLAG,	/* --name alone is true; --name=false */
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset; /* in struct settings */
	const char *text_default;
	int64_t number_default;
	int64_t min, max;
	unsigned commands; /* enum command_bit */
	const char *value; /* how help calls the value */
	const char *help;
};

/* Ends with a row without a name. */
extern const struct setting setting_rows[];

/*
 * Reads defaults, the file named by --config or HEADWATER_CONFIG, the
 * environment, and the options of one command.  The fault's `where` names the
 * option, variable or file.
 */
NODISCARD int settings_read(unsigned command, int argc, char **argv, struct settings *out,
	struct fault *fault);
void settings_fini(struct settings *settings);

/* The lines of --help for the settings of a command. */
void settings_help(unsigned command, FILE *out);
