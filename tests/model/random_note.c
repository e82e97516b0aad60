/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_note.c - notes of few names, some of them taken back
 */
#include "tests/model/random_impl.h"

static json_t *random_names(struct dice *dice)
{
	static const char *const names[] = { "n", "a", "", "a b" };
	json_t *list = json_array();

	for (int n = 1 + roll(dice, 2); n > 0; n--)
		append(list, text(PICK(dice, names)));
	return list;
}

static json_t *random_content(struct dice *dice)
{
	switch (roll(dice, 5)) {
	case 0:
		return json_null();
	case 1:
		return json_true();
	case 2:
		return text("owner");
	case 3:
		return json_pack("{ss}", "description", "x");
	default:
		return json_pack("{s[ss]}", "tags", "a", "b");
	}
}

json_t *random_note(struct dice *dice)
{
	static const char *const kinds[] = { "tag", "tagged", "namespace" };
	json_t *note = json_object();

	set(note, "kind", text(PICK(dice, kinds)));
	set(note, "name", random_names(dice));
	set(note, "content", random_content(dice));
	return note;
}
