/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd.h - a command of the program: one row, one file
 */
#pragma once

#include "collector/settings.h"

/* Exit codes; the larger ones are those of sysexits.h. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* done, but some events were refused, or nothing was found */
	EXIT_USAGE = 2,	  /* the command line, a setting or an input file is wrong */
	EXIT_UNAVAILABLE = 69, /* the server did not answer, or the address is taken */
	EXIT_SOFTWARE = 70,    /* our mistake, or no memory */
	EXIT_CANNOT_OPEN =
		73,	  /* the data directory is in use, not there or not to be made */
	EXIT_IO = 74,	  /* the disk failed or is full */
	EXIT_DATA = 76,	  /* what is stored is damaged or of a newer format */
	EXIT_DENIED = 77, /* no permission */
};

/* Those of `impact`, which says so of a failure of any kind. */
enum impact_exit_code {
	EXIT_REVIEW = 1,
	EXIT_BLOCK = 2,
	EXIT_COVERAGE = 3,
	EXIT_NOT_ASKED = 4,
};

struct command {
	const char *name;
	enum command_bit bit;
	const char *arguments; /* as usage shows them */
	const char *summary;   /* one line */
	const char *help;      /* the rest of --help; or NULL */
	int failed;	       /* exit code of every failure; 0: that of its kind */
	int (*run)(struct settings *settings); /* returns an exit code */
};

extern const struct command cmd_serve, cmd_import, cmd_export, cmd_lineage, cmd_paths,
	cmd_changes, cmd_diff, cmd_explain, cmd_exposure, cmd_impact, cmd_columns,
	cmd_schema, cmd_select, cmd_search, cmd_token, cmd_version;

extern const char program_version[];

/* Says one line of what went wrong, and returns the exit code for it. */
int command_failed(int failure, const struct fault *fault);
