/* SPDX-License-Identifier: Apache-2.0 */

/*
 * trial.c - what most tests stand on: a directory, and a server on it
 */
#include "tests/e2e/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OUTPUT_MAX ((size_t)1 << 20)

void trial_start(struct trial *trial, const char *const *options)
{
	server_start(&trial->server, trial->data, options);
	assert_int_equal(client_open(&trial->client, trial->server.address), 0);
}

void trial_stop(struct trial *trial)
{
	client_close(&trial->client);
	assert_int_equal(server_stop(&trial->server), 0);
	server_fini(&trial->server);
}

void trial_make_token(struct trial *trial, const char *id, const char *scopes,
	char out[TRIAL_TOKEN_MAX])
{
	const char *const *argv =
		ARGS("token", "--tokens", trial->file, "--scopes", scopes, id);
	struct buf text;

	buf_init(&text, OUTPUT_MAX);
	assert_int_equal(process_run(argv, NULL, &text, NULL), 0);
	snprintf(out, TRIAL_TOKEN_MAX, "Authorization: Bearer %.*s\r\n",
		(int)text.len - 1, text.data);
	buf_fini(&text);
}

int trial_set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	path_join(trial->file, trial->dir, "file");
	*state = trial;
	return 0;
}

int trial_tear_down(void **state)
{
	struct trial *trial = *state;

	dir_remove(trial->dir);
	free(trial);
	return 0;
}

int trial_set_up_server(void **state)
{
	static const char *const options[] = { "--event-max=64K", NULL };

	trial_set_up(state);
	trial_start(*state, options);
	return 0;
}

int trial_tear_down_server(void **state)
{
	trial_stop(*state);
	return trial_tear_down(state);
}
