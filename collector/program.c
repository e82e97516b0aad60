/* SPDX-License-Identifier: Apache-2.0 */

/*
 * program.c - the table of commands, help, and failures as exit codes
 */

#include "collector/program.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "collector/cmd.h"

static int run_help(struct settings *settings);

static const struct command cmd_help = {
	.name = "help",
	.bit = CMD_HELP,
	.arguments = "[COMMAND]",
	.summary = "say what a command does",
	.run = run_help,
};

/* Rows of other files cannot stand in a constant table; pointers to them can. */
static const struct command *const commands[] = { &cmd_serve, &cmd_import, &cmd_export,
	&cmd_lineage, &cmd_paths, &cmd_diff, &cmd_explain, &cmd_exposure, &cmd_impact,
	&cmd_changes, &cmd_columns, &cmd_schema, &cmd_select, &cmd_search, &cmd_token,
	&cmd_version, &cmd_help };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static void print_overview(FILE *out)
{
	fputs("headwater - collects OpenLineage events and answers what is upstream and\n"
	      "downstream\n\n"
	      "usage: headwater COMMAND [OPTION...] [ARGUMENT...]\n\n",
		out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`headwater COMMAND --help` has more.  Every option may also stand in "
	      "the\n"
	      "environment (--listen as HEADWATER_LISTEN) or in the JSON file of "
	      "--config;\n"
	      "options count more than the environment, and that more than the file.\n\n"
	      "Exit codes: 0 done; 1 some events were refused, or nothing was found; 2 "
	      "the\n"
	      "command line or an input is wrong; 69 server not reachable or address "
	      "taken;\n"
	      "70 out of memory; 73 data directory in use, not there or not to be made; "
	      "74\n"
	      "disk failed or full; 76 stored data damaged or of a newer format; 77 no\n"
	      "permission.  Those of `impact` are its own: 0 pass, or not asked to "
	      "fail;\n"
	      "1 review; 2 block; 3 too little is known; 4 could not ask.\n",
		out);
}

static void print_command(const struct command *command, FILE *out)
{
	fprintf(out, "headwater %s - %s\n\nusage: headwater %s [OPTION...]%s%s\n\n",
		command->name, command->summary, command->name,
		*command->arguments ? " " : "", command->arguments);
	if (command->help)
		fprintf(out, "%s\n", command->help);
	settings_help(command->bit, out);
}

static int run_help(struct settings *settings)
{
	const struct command *command;

	if (settings->argument_count == 0) {
		print_overview(stdout);
		return EXIT_DONE;
	}
	command = find_command(settings->arguments[0]);
	if (!command) {
		fprintf(stderr,
			"headwater: there is no command %s; `headwater help` lists "
			"them\n",
			settings->arguments[0]);
		return EXIT_USAGE;
	}
	print_command(command, stdout);
	return EXIT_DONE;
}

static int exit_code_of(int failure)
{
	switch ((enum err)failure) {
	case ERR_NOMEM:
		return EXIT_SOFTWARE;
	case ERR_IO:
	case ERR_DISK_FULL:
		return EXIT_IO;
	case ERR_CORRUPT:
	case ERR_VERSION:
		return EXIT_DATA;
	case ERR_INVALID:
	case ERR_TOO_LARGE:
	case ERR_UNSUPPORTED:
		return EXIT_USAGE;
	case ERR_NOT_FOUND:
	case ERR_LOCKED:
		return EXIT_CANNOT_OPEN;
	case ERR_PERMISSION:
		return EXIT_DENIED;
	case ERR_BUSY:
	case ERR_CLOSED:
	case ERR_ADDRESS:
		return EXIT_UNAVAILABLE;
	}
	return EXIT_SOFTWARE;
}

int command_failed(int failure, const struct fault *fault)
{
	if (fault && fault->why[0])
		fprintf(stderr, "headwater: %s%s%s\n", fault->where,
			fault->where[0] ? ": " : "", fault->why);
	else
		fprintf(stderr, "headwater: %s\n", err_text(failure));
	return exit_code_of(failure);
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct settings settings;
	struct fault fault = { 0 };
	enum log_level level;
	int r = settings_read(command->bit, argc, argv, &settings, &fault);

	if (!r && settings.log_level) {
		if (log_level_from_text(settings.log_level, &level))
			r = fault_set(&fault, "--log-level",
				"must be error, warning, info or debug");
		else
			log_set_level(level);
	}
	if (!r) {
		r = command->run(&settings);
	} else {
		r = command_failed(r, &fault);
		if (command->failed)
			r = command->failed;
	}
	settings_fini(&settings);
	return r;
}

int program_main(int argc, char **argv)
{
	const struct command *command;
	const char *name = argc > 1 ? argv[1] : "help";

	json_object_seed(0);
	/* A limit on the size of files is a failed write, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	command = find_command(name);
	if (!command) {
		fprintf(stderr,
			"headwater: there is no command %s; `headwater help` lists "
			"them\n",
			name);
		return EXIT_USAGE;
	}
	if (argc > 2 && wants_help(argc - 2, argv + 2)) {
		print_command(command, stdout);
		return EXIT_DONE;
	}
	return run_command(command, argc > 1 ? argc - 2 : 0, argv + (argc > 1 ? 2 : 1));
}
