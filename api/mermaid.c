/* SPDX-License-Identifier: Apache-2.0 */

/*
 * mermaid.c - nodes of lineage in Mermaid flowcharts
 */
#include "api/mermaid.h"

#include "api/escape.h"

struct brackets {
	const char *open;
	const char *close;
};

static struct brackets brackets_of(enum node_kind kind)
{
	switch (kind) {
	case NODE_DATASET:
	case NODE_WHOLE:
		return (struct brackets){ "[(\"", "\")]" };
	case NODE_JOB:
		return (struct brackets){ "[\"", "\"]" };
	case NODE_FIELD:
		return (struct brackets){ "([\"", "\"])" };
	}
	return (struct brackets){ "[[\"", "\"]]" }; /* a group */
}

void mermaid_label(struct buf *buf, const struct node_key *key, size_t max)
{
	struct brackets brackets = brackets_of(key->kind);

	buf_str(buf, brackets.open);
	escape_write_short(buf, key->name, max, escape_mermaid);
	if (key->kind == NODE_FIELD) {
		buf_str(buf, "<br/>");
		escape_write_short(buf, key->field, max, escape_mermaid);
	}
	/* An empty label is a mistake to Mermaid. */
	if (key->namespace.len || !key->name.len) {
		buf_str(buf, "<br/>(");
		escape_write_short(buf, key->namespace, max, escape_mermaid);
		buf_byte(buf, ')');
	}
	buf_str(buf, brackets.close);
}
