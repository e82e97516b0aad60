/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_yaml.c - any text is a document or is refused, and a document is JSON
 */
#include "collector/yaml_json.h"

#include <stdint.h>
#include <stdlib.h>

#include "api/json_auto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* What is written out is read as the same; integers that became reals stay such. */
static void check_written(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	json_t *again;

	require(text != NULL);
	again = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	require(again != NULL && json_equal(value, again));
	json_decref(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json) json_t *value = NULL;
	struct fault fault = { 0 };
	int r = document_from_yaml(slice_of(data, size), "fuzz", &value, &fault);

	require(r == 0 || r == ERR_INVALID);
	require((r == 0) == (value != NULL));
	require((r == 0) || fault.why[0]);
	if (value)
		check_written(value);
	return 0;
}
