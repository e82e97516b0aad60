/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_params.c - any query string is read, or refused with a reason
 *
 * What was read goes out through the JSON writer and comes back the same
 * through jansson; a cursor that is written is read again.
 */
#include "api/cursor.h"
#include "api/interval.h"
#include "api/nodeout.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct param_rule rules[] = {
	{ "a", 3 },
	{ "limit", 1 },
	{ "at", 1 },
	{ "window", 1 },
	{ "facets", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

static void require(bool truth)
{
	if (!truth)
		abort();
}

static void read_back(struct slice value)
{
	struct jsonw w;
	struct buf b;
	json_t *text;

	buf_init(&b, SIZE_MAX);
	jsonw_init(&w, &b);
	jsonw_string(&w, value);
	text = json_loadb(b.data, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	require(json_is_string(text));
	require(slice_equal(
		value, slice_of(json_string_value(text), json_string_length(text))));
	json_decref(text);
	buf_fini(&b);
}

static void try_getters(struct params *p)
{
	struct facet_choice facets;
	struct interval interval;
	struct cursor cursor;

	(void)param_uint(p, "limit", &(struct param_range){ 1, 100, 1 });
	(void)param_time(p, "at", 0);
	facet_choice_read(p, &facets);
	(void)param_cursor(p, "list", &cursor);
	if (!interval_parse(param_get(p, "window"), 0, &interval))
		require(interval.from_us <= interval.to_us);
}

/* "next":"CURSOR" */
static void cursor_comes_back(struct params *p, struct cursor want)
{
	struct cursor got = { { 0 } };
	struct jsonw w;
	struct buf b;

	buf_init(&b, 1000);
	jsonw_init(&w, &b);
	jsonw_next(&w, p, "list", &want);
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].name, "cursor") != 0)
			continue;
		p->list[i].value = slice_of(b.data + 8, b.len - 9);
		require(param_cursor(p, "list", &got));
		require(memcmp(&got, &want, sizeof(got)) == 0);
	}
	buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 24);
	struct params p;

	require(arena != NULL);
	params_parse(&p, slice_of(data, size), rules, arena);
	require(p.count <= PARAMS_MAX);
	if (params_error(&p)) {
		require(params_error(&p) == ERR_NOMEM || p.fault.why[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < p.count; i++)
		read_back(p.list[i].value);
	try_getters(&p);
	cursor_comes_back(&p, (struct cursor){ { size, p.count, 3 } });
	return 0;
}
