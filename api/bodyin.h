/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bodyin.h - a JSON body, read member by member
 *
 * The getters return what stands at a place or, when it is wrong, the fallback,
 * and keep the first fault with the JSON Pointer of its place.  Whoever reads a
 * body says which members an object may have: a misspelt one is a fault.
 *
 *	static const char *const members[] = { "name", "limit", NULL };
 *	AUTO(json) json_t *json = NULL;
 *	struct body body;
 *	struct body_at top, name;
 *
 *	json = body_parse(&body, call->body, call->arena);
 *	top = body_top("", json);
 *	body_object(&body, &top, members);
 *	name = body_member(&top, "name");
 *	text = body_text(&body, &name);
 *	r = body_error(&body);
 *	if (r)
 *		return body_refuse(&body, reply);
 */
#pragma once

#include "api/json_auto.h"
#include "api/problem.h"

/* Levels of a place; deeper ones are a fault where they are read. */
#define BODY_DEPTH_MAX 70

struct body {
	struct arena *arena; /* texts are copied into it */
	int err;
	struct fault fault;
};

/* A place in a body.  It refers to the one it is in, and borrows the JSON. */
struct body_at {
	const struct body_at *in; /* NULL: the top */
	const char *name;	  /* of a member; NULL: an element */
	size_t index;
	json_t *json; /* NULL: nothing stands here */
};

/*
 * Reads a whole body; NULL when it is no JSON (body_error() says so then), holds
 * a member twice, or something stands behind it.
 */
json_t *body_parse(struct body *body, struct slice text, struct arena *arena);

/* The place of a whole; pointer: what stands in front of the pointers below it. */
struct body_at body_top(const char *pointer, json_t *json);
struct body_at body_member(const struct body_at *in, const char *name);
struct body_at body_element(const struct body_at *in, size_t index);

/* 0, ERR_INVALID (body->fault says why) or ERR_NOMEM. */
NODISCARD int body_error(const struct body *body);

/* Answers 400 with what body_error() said: 1, or a failure to pass on. */
NODISCARD int body_refuse(const struct body *body, struct reply *reply);

/* Notes that what stands at a place is wrong, unless something was before. */
PRINTF(3, 4)
void body_fault(struct body *body, const struct body_at *at, const char *fmt, ...);

/* Writes the pointer of a place into the arena; NULL after a failure. */
const char *body_pointer(struct body *body, const struct body_at *at);

/* It has to be an object with no other members than these (NULL-ended). */
void body_object(struct body *body, const struct body_at *at, const char *const *members);

/* How many elements an array has; at most max, else it is a fault.  0: not there. */
size_t body_array(struct body *body, const struct body_at *at, size_t max);

static inline bool body_has(const struct body_at *at)
{
	return at->json != NULL;
}

/* A copy; ptr NULL: not there.  body_words: it may not be missing or empty. */
struct slice body_text(struct body *body, const struct body_at *at);
struct slice body_words(struct body *body, const struct body_at *at);

bool body_bool(struct body *body, const struct body_at *at, bool fallback);

/* The index of a text in choices (NULL-ended), in any letter case. */
unsigned body_choice(struct body *body, const struct body_at *at,
	const char *const *choices, unsigned fallback);
