/* SPDX-License-Identifier: Apache-2.0 */

/*
 * trial.h - what most tests stand on: a directory, and a server on it
 */
#pragma once

#include "tests/e2e/client.h"
#include "tests/e2e/files.h"
#include "tests/e2e/process.h"

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX]; /* DIR/data: not made yet */
	char file[E2E_PATH_MAX]; /* DIR/file: the same */
	struct server server;
	struct client client;
};

/* Starts a server on the data directory, and connects to it. */
void trial_start(struct trial *trial, const char *const *options);

/* Ends both; the server must end well. */
void trial_stop(struct trial *trial);

#define TRIAL_TOKEN_MAX 160

/* Adds a token to the token file that trial->file becomes; out: the header line. */
void trial_make_token(struct trial *trial, const char *id, const char *scopes,
	char out[TRIAL_TOKEN_MAX]);

/* For cmocka: the directory alone, or with a server of which events may be 64 KiB. */
int trial_set_up(void **state);
int trial_tear_down(void **state);
int trial_set_up_server(void **state);
int trial_tear_down_server(void **state);

#define ALONE(test) cmocka_unit_test_setup_teardown(test, trial_set_up, trial_tear_down)
#define WITH_SERVER(test) \
	cmocka_unit_test_setup_teardown(test, trial_set_up_server, trial_tear_down_server)
