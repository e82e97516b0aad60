/* SPDX-License-Identifier: Apache-2.0 */

/*
 * health.c - GET /livez, /readyz and /version: is it there, and what is it
 */
#include "api/handlers.h"

#include "api/health.h"

#include <stdio.h>

int api_livez(struct call *call, struct reply *reply)
{
	struct jsonw w;

	(void)call;
	answer_json(&w, reply);
	jsonw_key(&w, "status");
	jsonw_text(&w, "ok");
	jsonw_object_end(&w);
	return 0;
}

static void write_reasons(struct jsonw *w, const struct server_state *state)
{
	int error = state->write_error;
	char text[128];

	jsonw_key(w, "reasons");
	jsonw_array(w);
	if (!state->ready)
		jsonw_text(w, "starting");
	if (state->draining)
		jsonw_text(w, "draining");
	if (error) {
		(void)snprintf(
			text, sizeof(text), "the event log failed: %s", err_text(error));
		jsonw_text(w, text);
	}
	jsonw_array_end(w);
}

int api_readyz(struct call *call, struct reply *reply)
{
	const struct server_state *state = call->state;
	bool ready = state->ready && !state->draining && !state->write_error;
	struct jsonw w;

	if (!ready) {
		reply->status = 503;
		reply->retry_after_s = 1;
	}
	answer_json(&w, reply);
	jsonw_key(&w, "status");
	jsonw_text(&w, ready ? "ready" : "not ready");
	write_reasons(&w, state);
	jsonw_object_end(&w);
	return 0;
}

int api_version(struct call *call, struct reply *reply)
{
	struct jsonw w;

	answer_json(&w, reply);
	jsonw_key(&w, "name");
	jsonw_text(&w, "headwater");
	jsonw_key(&w, "version");
	jsonw_text(&w, call->state->version);
	jsonw_key(&w, "startedAt");
	jsonw_time(&w, call->state->started_us);
	jsonw_key(&w, "openLineage");
	jsonw_text(&w, "2-0-2");
	jsonw_object_end(&w);
	return 0;
}
