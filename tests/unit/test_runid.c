/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_runid.c - every form of a UUID is one run, and any other text is a run too
 */
#include "base/runid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CANONICAL "0198b5e1-6f3c-7d2e-9a41-0242ac120002"

static void every_form_of_a_uuid_is_the_same_run(void **state)
{
	(void)state;
	static const char *const forms[] = {
		CANONICAL,
		"0198B5E1-6F3C-7D2E-9A41-0242AC120002",
		"0198b5e16f3c7d2e9a410242ac120002",
		"{0198b5e1-6f3c-7d2e-9a41-0242ac120002}",
		"{0198B5E16F3C7D2E9A410242AC120002}",
		"urn:uuid:0198b5e1-6f3c-7d2e-9a41-0242ac120002",
		"URN:UUID:0198b5e1-6f3c-7d2e-9a41-0242ac120002",
	};
	char text[RUNID_TEXT_MAX];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct runid id;

		assert_int_equal(runid_from_text(slice_from(forms[i]), &id), 0);
		assert_string_equal(runid_format(&id, text), CANONICAL);
	}
}

/* The value is stored: it must never change. */
static void another_text_becomes_a_uuid_of_version_5(void **state)
{
	(void)state;
	struct runid id;
	char text[RUNID_TEXT_MAX];

	assert_int_equal(runid_from_text(SLICE("scheduled__2024-01-01"), &id), 1);
	assert_string_equal(
		runid_format(&id, text), "f07b98ec-9ad8-558c-b795-440175764bf2");
}

static void what_is_nearly_a_uuid_is_derived(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"0198b5e1-6f3c-7d2e-9a41-0242ac12000",
		"0198b5e1-6f3c-7d2e-9a41-0242ac1200020",
		"0198b5e1-6f3c-7d2e-9a41-0242ac12000g",
		"0198b5e1_6f3c-7d2e-9a41-0242ac120002",
		"{0198b5e1-6f3c-7d2e-9a41-0242ac120002",
		"0198b5e1-6f3c7-d2e-9a41-0242ac120002",
		"urn:oid::0198b5e1-6f3c-7d2e-9a41-0242ac120002",
		"0198b5e16f3c7d2e9a410242ac12000\x11",
		"{}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct runid id;

		assert_int_equal(runid_from_text(slice_from(texts[i]), &id), 1);
		assert_int_equal(id.bytes[6] >> 4, 5);
		assert_int_equal(id.bytes[8] >> 6, 2);
	}
}

static void texts_that_differ_in_a_nul_are_other_runs(void **state)
{
	(void)state;
	struct runid a;
	struct runid b;

	assert_int_equal(runid_from_text(SLICE("a\0b"), &a), 1);
	assert_int_equal(runid_from_text(SLICE("a\0c"), &b), 1);
	assert_int_not_equal(runid_compare(&a, &b), 0);
	assert_int_equal(runid_compare(&a, &a), 0);
}

static void a_random_one_is_fresh_and_of_version_4(void **state)
{
	(void)state;
	struct runid a;
	struct runid b;

	runid_random(&a);
	runid_random(&b);
	assert_int_equal(a.bytes[6] >> 4, 4);
	assert_int_not_equal(runid_compare(&a, &b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_uuid_is_the_same_run),
		cmocka_unit_test(another_text_becomes_a_uuid_of_version_5),
		cmocka_unit_test(what_is_nearly_a_uuid_is_derived),
		cmocka_unit_test(texts_that_differ_in_a_nul_are_other_runs),
		cmocka_unit_test(a_random_one_is_fresh_and_of_version_4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
