/* SPDX-License-Identifier: Apache-2.0 */

/*
 * settings_file.c - settings from a configuration file
 */

#include "collector/settings_file.h"

#include <stdlib.h>
#include <string.h>

#include "api/json_auto.h"

#define FILE_TEXT_MAX ((size_t)1 << 20)

/* The value as the text that an option would have; NULL for what cannot be one. */
static const char *value_text(const json_t *value, char number[32])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (!json_is_integer(value))
		return NULL;
	snprintf(number, 32, "%lld", (long long)json_integer_value(value));
	return number;
}

/* The texts of one file lie one after the other in settings->owned. */
static int set_member(struct settings *settings, const struct setting *row,
	const char *text, size_t *used, struct fault *fault)
{
	size_t len = strlen(text) + 1;
	char *copy = settings->owned + *used;

	memcpy(copy, text, len);
	*used += len;
	return settings_set(settings, row, row->name, copy, fault);
}

static int set_members(
	unsigned command, json_t *file, struct settings *settings, struct fault *fault)
{
	const char *name;
	json_t *value;
	size_t used = 0;

	json_object_foreach(file, name, value)
	{
		const struct setting *row = settings_find(command, name, strlen(name));
		char number[32];
		const char *text = value_text(value, number);
		int r;

		if (!row)
			return fault_set(fault, name, "is no setting");
		if (!text)
			return fault_set(
				fault, name, "must be a string, a number or a boolean");
		if (!(row->commands & command))
			continue;
		r = set_member(settings, row, text, &used, fault);
		if (r)
			return r;
	}
	return 0;
}

int settings_read_file(unsigned command, const char *path, struct settings *settings,
	struct fault *fault)
{
	json_error_t error;
	AUTO(json) json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!file)
		return fault_set(fault, path, "line %d: %s", error.line, error.text);
	if (!json_is_object(file))
		return fault_set(fault, path, "must be a JSON object");
	free(settings->owned);
	settings->owned = malloc(FILE_TEXT_MAX);
	if (!settings->owned)
		return ERR_NOMEM;
	if (json_dumpb(file, NULL, 0, 0) > FILE_TEXT_MAX / 4)
		return fault_set(fault, path, "is too large");
	return set_members(command, file, settings, fault);
}
