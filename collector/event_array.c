/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Cutting a batch.  What is between the commas may be broken in any way: only
 * brackets and strings are looked at, and a closing bracket closes whatever
 * was left open inside, so that one broken event does not swallow the others.
 */
#include "collector/event_reader.h"

#include "collector/json_bytes.h"

struct cutter {
	const char *end;
	size_t depth;  /* open brackets of the element */
	size_t braces; /* of them, and among the first EVENT_DEPTH_MAX */
	size_t squares;
	char closers[EVENT_DEPTH_MAX];
};

static void open_bracket(struct cutter *cutter, char closer)
{
	if (cutter->depth < EVENT_DEPTH_MAX) {
		cutter->closers[cutter->depth] = closer;
		cutter->braces += closer == '}';
		cutter->squares += closer == ']';
	}
	cutter->depth++;
}

static void close_bracket(struct cutter *cutter, char closer)
{
	/* Deeper than a reader goes, any bracket closes any. */
	if (cutter->depth > EVENT_DEPTH_MAX) {
		cutter->depth--;
		return;
	}
	if (!(closer == '}' ? cutter->braces : cutter->squares))
		return;
	for (;;) {
		char top = cutter->closers[--cutter->depth];

		cutter->braces -= top == '}';
		cutter->squares -= top == ']';
		if (top == closer)
			return;
	}
}

/* Returns the comma or bracket behind the element at p; NULL when there is none. */
static const char *element_end(struct cutter *cutter, const char *p)
{
	cutter->depth = 0;
	cutter->braces = 0;
	cutter->squares = 0;
	while (p < cutter->end) {
		char c = *p++;

		if (c == '"') {
			p = bytes_string_end(p, cutter->end);
			p += p < cutter->end;
		} else if (c == '{' || c == '[') {
			open_bracket(cutter, c == '{' ? '}' : ']');
		} else if (cutter->depth == 0 && (c == ',' || c == ']')) {
			return p - 1;
		} else if (c == '}' || c == ']') {
			close_bracket(cutter, c);
		}
	}
	return NULL;
}

static struct slice without_space(const char *p, const char *end)
{
	p = bytes_space_end(p, end);
	while (end > p && byte_is_space(end[-1]))
		end--;
	return slice_of(p, (size_t)(end - p));
}

/* The first byte that counts. */
static const char *text_begin(struct slice text)
{
	const char *end = text.len ? text.ptr + text.len : text.ptr;

	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		return bytes_space_end(text.ptr + 3, end);
	return bytes_space_end(text.ptr, end);
}

static int refuse(struct slice text, const char *at, struct fault *fault, const char *why)
{
	int r = fault_set(fault, "", "%s", why);

	if (fault) {
		fault->has_offset = true;
		fault->offset = (uint64_t)(at - text.ptr);
	}
	return r;
}

bool event_text_is_array(struct slice text)
{
	const char *p = text_begin(text);

	return text.len && p < text.ptr + text.len && *p == '[';
}

int event_array_each(struct slice text, event_each *each, void *ctx, struct fault *fault)
{
	struct cutter cutter = { .end = text.len ? text.ptr + text.len : text.ptr };
	const char *p = text_begin(text);
	size_t index = 0;

	if (!event_text_is_array(text))
		return refuse(text, p, fault, "must be an array of events");
	do {
		const char *first = p + 1;
		struct slice element;
		int r;

		p = element_end(&cutter, first);
		if (!p)
			return refuse(text, cutter.end, fault,
				"the text ends inside the array");
		element = without_space(first, p);
		if (*p == ']' && index == 0 && element.len == 0)
			break;
		r = each(ctx, index++, element);
		if (r)
			return r;
	} while (*p == ',');

	p = bytes_space_end(p + 1, cutter.end);
	if (p != cutter.end)
		return refuse(text, p, fault, "the text goes on behind the array");
	return 0;
}
