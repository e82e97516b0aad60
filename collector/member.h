/* SPDX-License-Identifier: Apache-2.0 */

/*
 * member.h - members of an answer, for those who print them
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* "" when it is not there, or no text. */
static inline const char *member_text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static inline uint64_t member_number(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

/*
 * A node's id.  A column that no lineage names has none, and stands in an answer
 * once: all that is null is that one.
 */
static inline uint64_t member_id(const json_t *object, const char *name)
{
	uint64_t id = member_number(object, name);

	return id ? id : UINT64_MAX;
}

static inline bool member_true(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}
