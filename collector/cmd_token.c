/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_token.c - headwater token ID: make a token
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/cmd.h"
#include "collector/tokens.h"

static int append_line(const char *path, const char *line, struct fault *fault)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	bool written;

	if (fd < 0)
		return fault_set(
			fault, path, "cannot be written: %s", err_errno_text(errno));
	written = dprintf(fd, "%s\n", line) > 0 && fsync(fd) == 0;
	if (close(fd) || !written)
		return fault_set(
			fault, path, "cannot be written: %s", err_errno_text(errno));
	return 0;
}

static int run(struct settings *settings)
{
	char text[TOKEN_TEXT_MAX];
	char line[TOKEN_LINE_MAX];
	struct fault fault = { 0 };
	int r;

	if (settings->argument_count != 1)
		r = fault_set(&fault, "token", "needs one ID");
	else
		r = token_make(
			settings->arguments[0], settings->scopes, text, line, &fault);
	if (!r && settings->tokens)
		r = append_line(settings->tokens, line, &fault);
	if (r)
		return command_failed(r, &fault);
	printf("%s\n", text);
	if (!settings->tokens)
		fprintf(stderr, "put this line into the token file:\n%s\n", line);
	return EXIT_DONE;
}

const struct command cmd_token = {
	.name = "token",
	.bit = CMD_TOKEN,
	.arguments = "ID",
	.summary = "make a token for those who may use a server",
	.help = "Prints the token, once; only its hash is kept.  With --tokens FILE its "
		"line is\n"
		"added there, else it is printed for you to add.  A server reads the "
		"file when\n"
		"it starts.\n",
	.run = run,
};
