/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_parse.c - a selector's text into a tree, with a stack of its own
 */
#include "graph/select_scan.h"

#include <string.h>

#define NODES_FIRST 64

/* What is written before an operand. */
struct prefix {
	size_t at;
	bool negate;
	bool around;
	bool plus;
	uint32_t up;
};

/* Children of a node to be. */
struct siblings {
	uint32_t first;
	uint32_t last;
	uint32_t count;
};

/* One selection: the whole, or what is in brackets. */
struct frame {
	struct siblings terms;
	struct siblings factors; /* of the term in work */
	struct prefix prefix;	 /* before the bracket */
	size_t at;		 /* of the bracket */
};

struct parser {
	struct select_scan scan;
	struct select_node *nodes;
	uint32_t count;
	uint32_t capacity;
	uint32_t atoms;
	uint32_t depth;
	struct frame frames[SELECTOR_DEPTH_MAX + 1];
};

static const struct siblings no_siblings = { SELECT_NONE, SELECT_NONE, 0 };

static int add_node(struct parser *p, const struct select_node *node, uint32_t *out)
{
	if (p->count == p->capacity) {
		uint32_t capacity = p->capacity ? p->capacity * 2 : NODES_FIRST;
		struct select_node *nodes =
			arena_array(p->scan.arena, capacity, sizeof(*nodes));

		if (!nodes)
			return ERR_NOMEM;
		if (p->count)
			memcpy(nodes, p->nodes, p->count * sizeof(*nodes));
		p->nodes = nodes;
		p->capacity = capacity;
	}
	p->nodes[p->count] = *node;
	p->nodes[p->count].parent = p->nodes[p->count].next = SELECT_NONE;
	*out = p->count++;
	return 0;
}

static void add_sibling(struct parser *p, struct siblings *siblings, uint32_t node)
{
	if (siblings->count++)
		p->nodes[siblings->last].next = node;
	else
		siblings->first = node;
	siblings->last = node;
}

/* A parent of these; of a single one no parent is needed. */
static int join(
	struct parser *p, enum select_op op, struct siblings *siblings, uint32_t *out)
{
	struct select_node node = { .op = op, .child = siblings->first };
	int r;

	*out = siblings->first;
	if (siblings->count > 1) {
		r = add_node(p, &node, out);
		if (r)
			return r;
		for (uint32_t i = siblings->first; i != SELECT_NONE; i = p->nodes[i].next)
			p->nodes[i].parent = *out;
	}
	*siblings = no_siblings;
	return 0;
}

/* Puts a node of one child above it. */
static int wrap(struct parser *p, struct select_node node, uint32_t *io)
{
	uint32_t child = *io;
	int r;

	node.child = child;
	r = add_node(p, &node, io);
	if (!r)
		p->nodes[child].parent = *io;
	return r;
}

static int close_term(struct parser *p)
{
	struct frame *frame = &p->frames[p->depth];
	uint32_t term;
	int r = join(p, SELECT_AND, &frame->factors, &term);

	if (!r)
		add_sibling(p, &frame->terms, term);
	return r;
}

static void read_prefix(struct parser *p, struct prefix *out)
{
	*out = (struct prefix){ 0 };
	while (scan_take(&p->scan, '!'))
		out->negate = !out->negate;
	out->at = p->scan.at;
	out->around = scan_take(&p->scan, '@');
	out->plus = scan_hops_before(&p->scan, &out->up);
}

/* Reads what stands behind an operand, and gives that its place. */
static int end_operand(struct parser *p, uint32_t operand, const struct prefix *prefix)
{
	struct select_node walk = {
		.op = SELECT_WALK, .up = prefix->up, .around = prefix->around
	};
	bool plus = scan_hops_behind(&p->scan, &walk.down);
	int r = 0;

	if (!scan_ends_operand(&p->scan, p->scan.at))
		return scan_fault(&p->scan, p->scan.at, "expected a blank, ',' or ')'");
	if (walk.around && (plus || prefix->plus))
		return scan_fault(&p->scan, prefix->at, "'@' and '+' exclude each other");
	if (walk.up || walk.down || walk.around)
		r = wrap(p, walk, &operand);
	if (!r && prefix->negate)
		r = wrap(p, (struct select_node){ .op = SELECT_NOT }, &operand);
	if (!r)
		add_sibling(p, &p->frames[p->depth].factors, operand);
	return r;
}

/* Whether the method takes one of some words. */
static bool takes_word(enum select_method method)
{
	return method == METHOD_KIND || method == METHOD_EDGE || method == METHOD_SEEN;
}

static int read_atom(struct parser *p, uint32_t *out)
{
	struct select_atom *atom = arena_array(p->scan.arena, 1, sizeof(*atom));
	struct select_node node = {
		.op = SELECT_ATOM, .child = SELECT_NONE, .atom = atom
	};
	size_t at = p->scan.at;
	int r;

	if (!atom)
		return ERR_NOMEM;
	if (++p->atoms > SELECTOR_ATOMS_MAX)
		return scan_fault(&p->scan, at, "there are more than 1 000 patterns");
	r = scan_method(&p->scan, &atom->method);
	if (r)
		return r;
	at = p->scan.at;
	r = scan_pattern(&p->scan, &atom->glob);
	if (r)
		return r;
	if (takes_word(atom->method) &&
		select_read_word(
			atom, slice_of(atom->glob.bytes, atom->glob.len), p->scan.fault))
		return scan_place_fault(&p->scan, at);
	return add_node(p, &node, out);
}

static int open_bracket(struct parser *p, const struct prefix *prefix)
{
	if (p->depth == SELECTOR_DEPTH_MAX)
		return scan_fault(
			&p->scan, p->scan.at - 1, "brackets are 64 deep at most");
	p->frames[++p->depth] =
		(struct frame){ no_siblings, no_siblings, *prefix, p->scan.at - 1 };
	scan_skip_blanks(&p->scan);
	return 0;
}

/* One operand, or the brackets that open before it. */
static int read_operand(struct parser *p)
{
	struct prefix prefix;
	uint32_t atom;
	int r;

	for (;;) {
		read_prefix(p, &prefix);
		if (!scan_take(&p->scan, '('))
			break;
		r = open_bracket(p, &prefix);
		if (r)
			return r;
	}
	r = read_atom(p, &atom);
	return r ? r : end_operand(p, atom, &prefix);
}

/* Makes an operand of what is in the bracket that ends here. */
static int close_bracket(struct parser *p)
{
	struct frame *frame = &p->frames[p->depth];
	uint32_t selection;
	int r = join(p, SELECT_OR, &frame->terms, &selection);

	p->scan.at++;
	p->depth--;
	return r ? r : end_operand(p, selection, &frame->prefix);
}

/* Behind an operand: returns 1 when another one follows, 0 at the end. */
static int read_between(struct parser *p)
{
	while (!scan_take(&p->scan, ',')) {
		int r = close_term(p);

		if (r)
			return r;
		scan_skip_blanks(&p->scan);
		if (scan_at_end(&p->scan) && p->depth)
			return scan_fault(&p->scan, p->frames[p->depth].at,
				"expected ')' behind this '('");
		if (scan_at_end(&p->scan))
			return 0;
		if (!scan_at_char(&p->scan, ')'))
			return 1;
		if (!p->depth)
			return scan_fault(&p->scan, p->scan.at, "')' without '('");
		r = close_bracket(p);
		if (r)
			return r;
	}
	return 1;
}

static int parse(struct parser *p, uint32_t *root_out)
{
	int r;

	scan_skip_blanks(&p->scan);
	do {
		r = read_operand(p);
		if (!r)
			r = read_between(p);
	} while (r > 0);
	return r ? r : join(p, SELECT_OR, &p->frames[0].terms, root_out);
}

int selector_parse(struct slice text, struct arena *arena, const struct selector **out,
	struct fault *fault)
{
	struct selector *selector = arena_alloc(arena, sizeof(*selector));
	struct parser *p = arena_array(arena, 1, sizeof(*p));
	uint32_t root;
	int r;

	if (!selector || !p)
		return ERR_NOMEM;
	p->scan.text = text;
	p->scan.arena = arena;
	p->scan.fault = fault;
	p->frames[0] = (struct frame){ no_siblings, no_siblings, { 0 }, 0 };
	if (text.len > SELECTOR_BYTES_MAX)
		return scan_fault(
			&p->scan, SELECTOR_BYTES_MAX, "a selector is 64 KiB at most");
	r = parse(p, &root);
	if (r)
		return r;
	/* Children come before parents, and the root was made last. */
	*selector = (struct selector){ p->nodes, p->count };
	*out = selector;
	return 0;
}
