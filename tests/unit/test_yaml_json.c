/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_yaml_json.c - what YAML stands for, and what is refused of it
 */
#include "collector/yaml_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/json_auto.h"
#include "base/buf.h"

static void assert_reads(const char *yaml, const char *expected)
{
	AUTO(json) json_t *value = NULL;
	struct fault fault = { 0 };
	char *text;
	int r = document_from_yaml(slice_from(yaml), "x.yaml", &value, &fault);

	if (r)
		fail_msg("%s: %s", yaml, fault.why);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	assert_string_equal(text, expected);
	free(text);
}

static void assert_refuses(struct slice yaml, const char *why)
{
	AUTO(json) json_t *value = NULL;
	struct fault fault = { 0 };

	assert_int_equal(document_from_yaml(yaml, "x.yaml", &value, &fault), ERR_INVALID);
	assert_null(value);
	assert_string_equal(fault.where, "x.yaml");
	assert_string_equal(fault.why, why);
}

static void assert_refuses_text(const char *yaml, const char *why)
{
	assert_refuses(slice_from(yaml), why);
}

static void mappings_and_sequences_become_objects_and_arrays(void **state)
{
	(void)state;
	assert_reads("a: 1\nb:\n  - x\n  - {c: [], d: {}}\n",
		"{\"a\":1,\"b\":[\"x\",{\"c\":[],\"d\":{}}]}");
	assert_reads("{\"a\": [1, 2.5, \"\\u00e4\\n\", null, true]}",
		"{\"a\":[1,2.5,\"\xc3\xa4\\n\",null,true]}");
	assert_reads("--- text\n...\n", "\"text\"");
}

static void only_plain_scalars_of_the_core_schema_are_no_texts(void **state)
{
	(void)state;
	assert_reads("[~, null, NULL, '', \"null\", '~']",
		"[null,null,null,\"\",\"null\",\"~\"]");
	assert_reads("[true, False, yes, no, on, 'true']",
		"[true,false,\"yes\",\"no\",\"on\",\"true\"]");
	assert_reads("[012, -5, +7, 0o17, 0xfF, 1_000, -0x1, 0x]",
		"[12,-5,7,15,255,\"1_000\",\"-0x1\",\"0x\"]");
	assert_reads("[1., .5, -1.5e3, 1e+2, ., 1e, e1, 3.0.2, 2026-08-01]",
		"[1.0,0.5,-1500.0,100.0,\".\",\"1e\",\"e1\",\"3.0.2\",\"2026-08-01\"]");
	assert_reads("a: |\n  one\n  2\nb: >\n  3\nc:\n",
		"{\"a\":\"one\\n2\\n\",\"b\":\"3\\n\",\"c\":null}");
	assert_reads("[!!str 5, !!str true]", "[\"5\",\"true\"]");
}

static void what_no_number_can_hold_stays_text(void **state)
{
	(void)state;
	assert_reads("[9223372036854775807, 9223372036854775808]",
		"[9223372036854775807,9.2233720368547758e18]");
	assert_reads("[1e999, .inf, .nan, 0xffffffffffffffff]",
		"[\"1e999\",\".inf\",\".nan\",\"0xffffffffffffffff\"]");
}

static void keys_are_texts(void **state)
{
	(void)state;
	assert_reads(
		"1: a\ntrue: b\n? c\n: d\n", "{\"1\":\"a\",\"true\":\"b\",\"c\":\"d\"}");
	assert_refuses_text(
		"a: 1\nb: 2\na: 3\n", "line 3: a key stands twice in one mapping");
	assert_refuses_text("? [a]\n: 1\n", "line 1: a key must be a scalar");
	assert_refuses_text("x: &a 1\n*a : 2\n", "line 2: a key must be a scalar");
}

static void an_alias_stands_for_what_its_anchor_names(void **state)
{
	(void)state;
	assert_reads("a: &x {k: [1]}\nb: *x\nc: &y 5\nd: *y\n",
		"{\"a\":{\"k\":[1]},\"b\":{\"k\":[1]},\"c\":5,\"d\":5}");
	assert_reads("[&x 1, *x, &x 2, *x]", "[1,1,2,2]");
	assert_refuses_text("a: *x\n", "line 1: an alias has no anchor");
	assert_refuses_text(
		"a: &x\n  b: *x\n", "line 2: an alias stands for what it is in");
	assert_refuses_text(
		"a: &x {b: 1}\nc:\n  <<: *x\n", "line 3: merge keys are not understood");
}

/* Ten levels of ten aliases each: 10^10 nodes, had they all been written out. */
static void aliases_that_grow_without_end_are_refused(void **state)
{
	struct buf yaml;

	(void)state;
	buf_init(&yaml, 65536);
	buf_str(&yaml, "- &a0 x\n");
	for (int i = 1; i <= 10; i++) {
		buf_printf(&yaml, "- &a%d [", i);
		for (int k = 0; k < 10; k++)
			buf_printf(&yaml, "%s*a%d", k ? ", " : "", i - 1);
		buf_str(&yaml, "]\n");
	}
	assert_refuses(buf_get(&yaml), "line 7: is too large");
	buf_fini(&yaml);
}

static void nest(struct buf *yaml, size_t levels)
{
	buf_init(yaml, 65536);
	for (size_t i = 0; i < levels; i++)
		buf_byte(yaml, '[');
	for (size_t i = 0; i < levels; i++)
		buf_byte(yaml, ']');
}

static void what_is_too_deep_is_refused(void **state)
{
	AUTO(json) json_t *value = NULL;
	struct fault fault;
	struct buf yaml;

	(void)state;
	nest(&yaml, DOCUMENT_DEPTH_MAX);
	assert_int_equal(document_from_yaml(buf_get(&yaml), "x.yaml", &value, &fault), 0);
	buf_fini(&yaml);
	nest(&yaml, DOCUMENT_DEPTH_MAX + 1);
	assert_refuses(buf_get(&yaml), "line 1: is too deep");
	buf_fini(&yaml);
}

/* Sixty levels in sixty: neither is too deep alone. */
static void an_alias_counts_with_its_depth(void **state)
{
	struct buf yaml;

	(void)state;
	buf_init(&yaml, 65536);
	buf_str(&yaml, "- &a ");
	for (int i = 0; i < 60; i++)
		buf_byte(&yaml, '[');
	for (int i = 0; i < 60; i++)
		buf_byte(&yaml, ']');
	buf_str(&yaml, "\n- ");
	for (int i = 0; i < 60; i++)
		buf_byte(&yaml, '[');
	buf_str(&yaml, "*a");
	for (int i = 0; i < 60; i++)
		buf_byte(&yaml, ']');
	assert_refuses(buf_get(&yaml), "line 2: is too deep");
	buf_fini(&yaml);
}

static void one_document_is_read_and_no_more(void **state)
{
	(void)state;
	assert_refuses_text("a: 1\n---\nb: 2\n", "line 2: a second document begins");
	assert_refuses_text("", "is empty");
	assert_refuses_text("# nothing\n", "is empty");
}

static void what_is_no_yaml_is_refused_with_its_line(void **state)
{
	(void)state;
	assert_refuses_text("a: 1\nb: [\n", "line 3: did not find expected node content");
	assert_refuses_text("a: \"\xff\"\n", "byte 4: invalid leading UTF-8 octet");
	assert_refuses_text("a: \"\\0\"\n", "line 1: U+0000 cannot be in a text");
	assert_refuses_text("a: !mine 5\n", "line 1: tags are not understood");
	assert_refuses_text("a: !!set {b: 1}\n", "line 1: tags are not understood");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_and_sequences_become_objects_and_arrays),
		cmocka_unit_test(only_plain_scalars_of_the_core_schema_are_no_texts),
		cmocka_unit_test(what_no_number_can_hold_stays_text),
		cmocka_unit_test(keys_are_texts),
		cmocka_unit_test(an_alias_stands_for_what_its_anchor_names),
		cmocka_unit_test(aliases_that_grow_without_end_are_refused),
		cmocka_unit_test(what_is_too_deep_is_refused),
		cmocka_unit_test(an_alias_counts_with_its_depth),
		cmocka_unit_test(one_document_is_read_and_no_more),
		cmocka_unit_test(what_is_no_yaml_is_refused_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
