/* SPDX-License-Identifier: Apache-2.0 */

/*
 * yaml_json.c - a YAML document as the JSON value that it stands for
 *
 * Built from the parser's events with a stack of our own, so that what is too
 * deep or too large is refused before it is there.
 */

#include "collector/yaml_json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <yaml.h>

#include "api/json_auto.h"

#define TEXT_PER_NODE 32 /* so many bytes of text count as a node */
#define ANCHORS_MAX   1000
#define ANCHOR_MAX    64

/* A sequence or mapping that has begun and not ended. */
struct level {
	json_t *value; /* the tree's */
	json_t *key;   /* of a mapping: read, and its value not yet; ours */
	size_t anchor; /* its place + 1; 0: it has none */
	size_t nodes;  /* how many there were before it */
	size_t height; /* levels below it, so far */
};

struct anchor {
	char name[ANCHOR_MAX];
	json_t *value; /* the tree's */
	size_t nodes;
	size_t height;
	bool ended;
};

struct document {
	yaml_parser_t parser;
	json_t *root;
	struct level levels[DOCUMENT_DEPTH_MAX];
	size_t depth;
	struct anchor anchors[ANCHORS_MAX];
	size_t anchor_count;
	size_t nodes;
	const char *name;
	size_t line; /* of the last event, from 1 */
	struct fault *fault;
};

static void document_free(struct document *document)
{
	for (size_t i = 0; i < document->depth; i++)
		json_decref(document->levels[i].key);
	json_decref(document->root);
	yaml_parser_delete(&document->parser);
	free(document);
}
DEFINE_AUTO(document, struct document *, document_free);

static int refuse(const struct document *document, const char *why)
{
	return fault_set(
		document->fault, document->name, "line %zu: %s", document->line, why);
}

static int parser_failed(const struct document *document)
{
	const yaml_parser_t *parser = &document->parser;

	if (parser->error == YAML_MEMORY_ERROR)
		return ERR_NOMEM;
	if (parser->error == YAML_READER_ERROR)
		return fault_set(document->fault, document->name, "byte %zu: %s",
			parser->problem_offset, parser->problem);
	return fault_set(document->fault, document->name, "line %zu: %s",
		parser->problem_mark.line + 1,
		parser->problem ? parser->problem : "is no YAML");
}

static bool is_one_of(const char *text, const char *const words[])
{
	for (size_t i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static const char *skip_digits(const char *text)
{
	return text + strspn(text, "0123456789");
}

/* [-+]?(0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+), where the first two have no sign. */
static bool is_integer(const char *text, int *base, const char **digits)
{
	const char *allowed = "0123456789";

	*base = 10;
	*digits = text;
	if (text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
		*base = text[1] == 'o' ? 8 : 16;
		allowed = text[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
		*digits = text += 2;
	} else if (*text == '-' || *text == '+') {
		text++;
	}
	return *text && text[strspn(text, allowed)] == '\0';
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_real(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	const char *whole = skip_digits(at);
	const char *end = *whole == '.' ? skip_digits(whole + 1) : whole;

	if (whole == at && end < whole + 2)
		return false;
	if (*end == 'e' || *end == 'E') {
		const char *power = end + 1 + (end[1] == '-' || end[1] == '+');

		end = skip_digits(power);
		if (end == power)
			return false;
	}
	return *end == '\0';
}

/* What no number of JSON can hold stays text. */
static json_t *number(const char *text, size_t len)
{
	const char *digits;
	double real;
	int base;

	if (is_integer(text, &base, &digits)) {
		long long n;

		errno = 0;
		n = strtoll(digits, NULL, base);
		if (!errno)
			return json_integer(n);
		if (base != 10)
			return json_stringn(text, len);
	} else if (!is_real(text)) {
		return json_stringn(text, len);
	}
	real = strtod(text, NULL);
	return isfinite(real) ? json_real(real) : json_stringn(text, len);
}

static json_t *plain(const char *text, size_t len)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };

	if (is_one_of(text, nulls))
		return json_null();
	if (is_one_of(text, trues))
		return json_true();
	if (is_one_of(text, falses))
		return json_false();
	return number(text, len);
}

/* Takes the value, and puts it where the next one belongs. */
static int put(struct document *document, json_t *value)
{
	struct level *level;
	int failed;

	if (!value)
		return ERR_NOMEM;
	if (document->depth == 0) {
		document->root = value;
		return 0;
	}
	level = &document->levels[document->depth - 1];
	if (json_is_array(level->value))
		return json_array_append_new(level->value, value) ? ERR_NOMEM : 0;
	failed = json_object_setn_new(level->value, json_string_value(level->key),
		json_string_length(level->key), value);
	json_decref(level->key);
	level->key = NULL;
	return failed ? ERR_NOMEM : 0;
}

/* Counts what has come: so many nodes, so many levels at this place. */
static int count(struct document *document, size_t nodes, size_t height)
{
	if (document->depth) {
		struct level *level = &document->levels[document->depth - 1];

		level->height = level->height > height ? level->height : height;
	}
	document->nodes += nodes; /* neither is near the end of size_t */
	if (document->nodes > DOCUMENT_NODES_MAX)
		return refuse(document, "is too large");
	if (document->depth + height > DOCUMENT_DEPTH_MAX)
		return refuse(document, "is too deep");
	return 0;
}

static int add_anchor(struct document *document, const yaml_char_t *name, json_t *value,
	size_t *place_out)
{
	struct anchor *anchor = &document->anchors[document->anchor_count];

	*place_out = 0;
	if (!name)
		return 0;
	if (document->anchor_count == ANCHORS_MAX)
		return refuse(document, "has too many anchors");
	if (strlen((const char *)name) >= sizeof(anchor->name))
		return refuse(document, "has an anchor with too long a name");
	*anchor = (struct anchor){ .value = value };
	memcpy(anchor->name, name, strlen((const char *)name));
	*place_out = ++document->anchor_count;
	return 0;
}

/* The last one of a name counts. */
static const struct anchor *find_anchor(
	const struct document *document, const yaml_char_t *name)
{
	for (size_t i = document->anchor_count; i > 0; i--) {
		if (strcmp(document->anchors[i - 1].name, (const char *)name) == 0)
			return &document->anchors[i - 1];
	}
	return NULL;
}

static bool wants_key(const struct document *document)
{
	const struct level *level;

	if (document->depth == 0)
		return false;
	level = &document->levels[document->depth - 1];
	return json_is_object(level->value) && !level->key;
}

static int read_alias(struct document *document, const yaml_char_t *name)
{
	const struct anchor *anchor = find_anchor(document, name);
	int r;

	if (wants_key(document))
		return refuse(document, "a key must be a scalar");
	if (!anchor)
		return refuse(document, "an alias has no anchor");
	if (!anchor->ended)
		return refuse(document, "an alias stands for what it is in");
	r = count(document, anchor->nodes, anchor->height);
	return r ? r : put(document, json_incref(anchor->value));
}

static int read_key(
	struct document *document, const char *text, size_t len, bool is_plain)
{
	struct level *level = &document->levels[document->depth - 1];
	int r = count(document, len / TEXT_PER_NODE, 0);

	if (r)
		return r;
	if (is_plain && strcmp(text, "<<") == 0)
		return refuse(document, "merge keys are not understood");
	if (json_object_getn(level->value, text, len))
		return refuse(document, "a key stands twice in one mapping");
	level->key = json_stringn(text, len);
	return level->key ? 0 : ERR_NOMEM;
}

static int read_scalar(struct document *document, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	const char *tag = (const char *)event->data.scalar.tag;
	size_t len = event->data.scalar.length;
	bool is_plain = event->data.scalar.plain_implicit;
	json_t *value;
	size_t place;
	int r;

	if (memchr(text, '\0', len))
		return refuse(document, "U+0000 cannot be in a text");
	if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, "!") != 0)
		return refuse(document, "tags are not understood");
	if (wants_key(document))
		return read_key(document, text, len, is_plain);
	r = count(document, 1 + len / TEXT_PER_NODE, 0);
	if (r)
		return r;
	value = is_plain ? plain(text, len) : json_stringn(text, len);
	r = put(document, value);
	if (!r)
		r = add_anchor(document, event->data.scalar.anchor, value, &place);
	if (!r && place) {
		document->anchors[place - 1].nodes = 1 + len / TEXT_PER_NODE;
		document->anchors[place - 1].ended = true;
	}
	return r;
}

static int begin(struct document *document, const yaml_char_t *anchor,
	const yaml_char_t *tag, bool mapping)
{
	size_t nodes = document->nodes;
	struct level *level;
	json_t *value;
	size_t place;
	int r;

	if (wants_key(document))
		return refuse(document, "a key must be a scalar");
	if (tag && strcmp((const char *)tag, mapping ? YAML_MAP_TAG : YAML_SEQ_TAG) != 0)
		return refuse(document, "tags are not understood");
	r = count(document, 1, 1);
	if (r)
		return r;
	value = mapping ? json_object() : json_array();
	r = put(document, value);
	if (!r)
		r = add_anchor(document, anchor, value, &place);
	if (r)
		return r;
	level = &document->levels[document->depth++];
	*level = (struct level){ .value = value, .anchor = place, .nodes = nodes };
	return 0;
}

static void end(struct document *document)
{
	const struct level *level = &document->levels[--document->depth];
	size_t height = level->height + 1;

	if (level->anchor) {
		struct anchor *anchor = &document->anchors[level->anchor - 1];

		anchor->nodes = document->nodes - level->nodes;
		anchor->height = height;
		anchor->ended = true;
	}
	if (document->depth) {
		struct level *above = &document->levels[document->depth - 1];

		above->height = above->height > height ? above->height : height;
	}
}

static int take(struct document *document, const yaml_event_t *event)
{
	document->line = event->start_mark.line + 1;
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		return document->root ? refuse(document, "a second document begins") : 0;
	case YAML_ALIAS_EVENT:
		return read_alias(document, event->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		return read_scalar(document, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(document, event->data.sequence_start.anchor,
			event->data.sequence_start.tag, false);
	case YAML_MAPPING_START_EVENT:
		return begin(document, event->data.mapping_start.anchor,
			event->data.mapping_start.tag, true);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		end(document);
		return 0;
	}
	return ERR_INVALID;
}

static int read_all(struct document *document)
{
	yaml_event_type_t type = YAML_NO_EVENT;

	while (type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;
		int r;

		if (!yaml_parser_parse(&document->parser, &event))
			return parser_failed(document);
		type = event.type;
		r = take(document, &event);
		yaml_event_delete(&event);
		if (r)
			return r;
	}
	return document->root ? 0
			      : fault_set(document->fault, document->name, "is empty");
}

int document_from_yaml(
	struct slice text, const char *name, json_t **out, struct fault *fault)
{
	AUTO(document) struct document *document = calloc(1, sizeof(*document));
	int r;

	if (!document)
		return ERR_NOMEM;
	document->name = name;
	document->fault = fault;
	if (!yaml_parser_initialize(&document->parser))
		return ERR_NOMEM;
	yaml_parser_set_input_string(
		&document->parser, (const unsigned char *)text.ptr, text.len);
	r = read_all(document);
	if (!r)
		*out = TAKE(document->root);
	return r;
}
