/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_glob.c - matching with one place to go back to: the last '*'
 */
#include "graph/select_glob.h"

/* Steps of a match that cost as much as one edge. */
#define STEPS_PER_UNIT 64

struct matching {
	const struct glob *glob;
	struct slice text;
	size_t at;	  /* in the pattern */
	size_t place;	  /* in text */
	size_t star;	  /* the last '*' passed, plus 1; 0: none */
	size_t star_ends; /* where in text what it matches ends */
};

static size_t character_bytes(struct slice text, size_t at)
{
	size_t n = 1;

	if ((unsigned char)text.ptr[at] < 0xc0)
		return 1;
	while (n < 4 && at + n < text.len &&
		((unsigned char)text.ptr[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Goes one step on in the pattern; false: it does not fit here. */
static bool step(struct matching *m)
{
	const struct glob *glob = m->glob;

	if (m->at == glob->len)
		return false;
	switch ((enum glob_mark)glob->marks[m->at]) {
	case GLOB_ANY:
		m->star = ++m->at;
		m->star_ends = m->place;
		return true;
	case GLOB_ONE:
		m->place += character_bytes(m->text, m->place);
		break;
	case GLOB_BYTE:
		if (glob->bytes[m->at] != m->text.ptr[m->place])
			return false;
		m->place++;
		break;
	}
	m->at++;
	return true;
}

/* The last '*' takes one byte more; false when there is none. */
static bool go_back(struct matching *m)
{
	if (!m->star)
		return false;
	m->at = m->star;
	m->place = ++m->star_ends;
	return true;
}

bool glob_matches(const struct glob *glob, struct slice text, struct meter *meter)
{
	struct matching m = { .glob = glob, .text = text };

	if (glob_exact(glob))
		return slice_equal(glob_prefix(glob), text);
	if (!slice_starts(text, glob_prefix(glob)))
		return false;
	m.at = m.place = glob->prefix;
	for (size_t steps = 1; m.place < text.len; steps++) {
		if (steps % STEPS_PER_UNIT == 0 && meter_take(meter, 1) == 0)
			return false;
		if (!step(&m) && !go_back(&m))
			return false;
	}
	while (m.at < glob->len && glob->marks[m.at] == GLOB_ANY)
		m.at++;
	return m.at == glob->len;
}
