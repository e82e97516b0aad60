/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bodyin.c - a JSON body, read member by member
 */
#include "api/bodyin.h"

#include "api/params.h"

#include <stdarg.h>
#include <stdio.h>

json_t *body_parse(struct body *body, struct slice text, struct arena *arena)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *json;

	*body = (struct body){ .arena = arena };
	if (text.len == 0) {
		body->err = fault_set(&body->fault, "", "the body is empty");
		return NULL;
	}
	json = json_loadb(text.ptr, text.len, flags, &error);
	if (json)
		return json;
	if (json_error_code(&error) == json_error_out_of_memory) {
		body->err = ERR_NOMEM;
		return NULL;
	}
	body->err = fault_set(
		&body->fault, "", "the body cannot be read as JSON: %s", error.text);
	body->fault.has_offset = error.position >= 0;
	body->fault.offset = error.position >= 0 ? (uint64_t)error.position : 0;
	return NULL;
}

struct body_at body_top(const char *pointer, json_t *json)
{
	return (struct body_at){ .name = pointer, .json = json };
}

struct body_at body_member(const struct body_at *in, const char *name)
{
	return (struct body_at){
		.in = in, .name = name, .json = json_object_get(in->json, name)
	};
}

struct body_at body_element(const struct body_at *in, size_t index)
{
	return (struct body_at){
		.in = in, .index = index, .json = json_array_get(in->json, index)
	};
}

int body_error(const struct body *body)
{
	return body->err;
}

int body_refuse(const struct body *body, struct reply *reply)
{
	if (body->err != ERR_INVALID)
		return body->err;
	problem_from_fault(reply, 400, &body->fault);
	return 1;
}

/* The name of a member, in which '~' and '/' are written otherwise. */
static void write_name(struct buf *out, struct slice name)
{
	buf_byte(out, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '~')
			buf_str(out, "~0");
		else if (name.ptr[i] == '/')
			buf_str(out, "~1");
		else
			buf_byte(out, name.ptr[i]);
	}
}

static void write_pointer(struct buf *out, const struct body_at *at)
{
	const struct body_at *way[BODY_DEPTH_MAX];
	size_t depth = 0;

	for (; at->in && depth < BODY_DEPTH_MAX; at = at->in)
		way[depth++] = at;
	if (!at->in)
		buf_str(out, at->name);
	while (depth-- > 0) {
		if (way[depth]->name)
			write_name(out, slice_from(way[depth]->name));
		else
			buf_printf(out, "/%zu", way[depth]->index);
	}
}

/* A fault at a place, or at a member of it that has no place. */
static void set_fault(struct body *body, const struct body_at *at,
	const struct slice *member, const char *why)
{
	struct buf where;

	buf_init(&where, SIZE_MAX);
	write_pointer(&where, at);
	if (member)
		write_name(&where, *member);
	buf_byte(&where, '\0');
	body->err = buf_error(&where);
	if (!body->err)
		body->err = fault_set(&body->fault, where.data, "%s", why);
	buf_fini(&where);
}

void body_fault(struct body *body, const struct body_at *at, const char *fmt, ...)
{
	char why[FAULT_WHY_MAX];
	va_list args;

	if (body->err)
		return;
	va_start(args, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	set_fault(body, at, NULL, why);
}

const char *body_pointer(struct body *body, const struct body_at *at)
{
	struct slice copy = { 0 };
	struct buf text;

	buf_init(&text, SIZE_MAX);
	write_pointer(&text, at);
	buf_byte(&text, '\0');
	if (!buf_error(&text))
		copy = arena_dup(body->arena, buf_get(&text));
	buf_fini(&text);
	if (!copy.ptr && !body->err)
		body->err = ERR_NOMEM;
	return copy.ptr;
}

static bool is_among(const char *name, size_t len, const char *const *members)
{
	for (; *members; members++) {
		if (slice_equal(slice_from(*members), slice_of(name, len)))
			return true;
	}
	return false;
}

void body_object(struct body *body, const struct body_at *at, const char *const *members)
{
	void *member;

	if (!json_is_object(at->json)) {
		body_fault(body, at, at->json ? "must be an object" : "is missing");
		return;
	}
	for (member = json_object_iter(at->json); member && !body->err;
		member = json_object_iter_next(at->json, member)) {
		struct slice name = slice_of(
			json_object_iter_key(member), json_object_iter_key_len(member));

		if (!is_among(name.ptr, name.len, members))
			set_fault(body, at, &name, "there is no such member here");
	}
}

size_t body_array(struct body *body, const struct body_at *at, size_t max)
{
	size_t count = json_array_size(at->json);

	if (!at->json)
		return 0;
	if (!json_is_array(at->json))
		body_fault(body, at, "must be an array");
	else if (count > max)
		body_fault(body, at, "has more than %zu elements", max);
	return body->err ? 0 : count;
}

struct slice body_text(struct body *body, const struct body_at *at)
{
	struct slice copy = { 0 };

	if (!at->json || body->err)
		return copy;
	if (!json_is_string(at->json)) {
		body_fault(body, at, "must be a string");
		return copy;
	}
	/* One byte more, so that an empty text has a pointer too. */
	copy = arena_dup(body->arena,
		slice_of(json_string_value(at->json), json_string_length(at->json) + 1));
	if (!copy.ptr) {
		body->err = ERR_NOMEM;
		return (struct slice){ 0 };
	}
	copy.len--;
	return copy;
}

struct slice body_words(struct body *body, const struct body_at *at)
{
	struct slice text = body_text(body, at);

	if (!at->json)
		body_fault(body, at, "is missing");
	else if (!text.len)
		body_fault(body, at, "must not be empty");
	return text;
}

bool body_bool(struct body *body, const struct body_at *at, bool fallback)
{
	if (!at->json)
		return fallback;
	if (!json_is_boolean(at->json))
		body_fault(body, at, "must be true or false");
	return json_is_true(at->json);
}

unsigned body_choice(struct body *body, const struct body_at *at,
	const char *const *choices, unsigned fallback)
{
	char list[FAULT_WHY_MAX];
	struct slice text;

	if (!at->json)
		return fallback;
	text = slice_of(json_string_value(at->json), json_string_length(at->json));
	for (unsigned i = 0; choices[i] && json_is_string(at->json); i++) {
		if (slice_equal_nocase(text, choices[i]))
			return i;
	}
	choices_write(choices, list, sizeof(list));
	body_fault(body, at, "must be %s", list);
	return fallback;
}
