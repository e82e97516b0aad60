/* SPDX-License-Identifier: Apache-2.0 */

/*
 * document.c - a whole file as one JSON value
 */

#include "collector/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "collector/yaml_json.h"

#define TEXT_MAX ((size_t)16 << 20)
#define JSON_MAX ((size_t)1 << 30)
#define READ_MAX ((size_t)1 << 16)

static void close_file(FILE *file)
{
	(void)fclose(file);
}
DEFINE_AUTO(file, FILE *, close_file);

static int system_fault(const char *path, struct fault *fault)
{
	int number = errno;

	(void)fault_set(fault, path, "%s", err_errno_text(number));
	return err_from_errno(number);
}

static int read_stream(FILE *file, const char *path, struct buf *out, struct fault *fault)
{
	size_t n;

	do {
		char *to = buf_reserve(out, READ_MAX);

		if (!to)
			break;
		n = fread(to, 1, READ_MAX, file);
		buf_advance(out, n);
	} while (n == READ_MAX);
	if (ferror(file))
		return system_fault(path, fault);
	if (buf_error(out) == ERR_TOO_LARGE)
		(void)fault_set(fault, path, "is larger than %zu MiB", out->max >> 20);
	return buf_error(out);
}

static int read_text(
	const char *path, const char *name, struct buf *out, struct fault *fault)
{
	AUTO(file) FILE *file = NULL;

	if (path != name)
		return read_stream(stdin, name, out, fault);
	file = fopen(path, "re");
	return file ? read_stream(file, path, out, fault) : system_fault(path, fault);
}

static int from_json(
	struct slice text, const char *path, json_t **out, struct fault *fault)
{
	json_error_t error;
	json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);

	if (!value)
		return fault_set(fault, path, "line %d: %s", error.line, error.text);
	*out = value;
	return 0;
}

static bool looks_like_json(struct slice text)
{
	size_t at = 0;

	while (at < text.len && strchr(" \t\r\n", text.ptr[at]) && text.ptr[at])
		at++;
	return at < text.len && (text.ptr[at] == '{' || text.ptr[at] == '[');
}

static int read_as(const char *path, bool json_only, json_t **out, struct fault *fault)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct slice text;
	struct buf bytes;
	int r;

	buf_init(&bytes, json_only ? JSON_MAX : TEXT_MAX);
	r = read_text(path, name, &bytes, fault);
	text = buf_get(&bytes);
	if (!r && (json_only || looks_like_json(text)))
		r = from_json(text, name, out, fault);
	else if (!r)
		r = document_from_yaml(text, name, out, fault);
	buf_fini(&bytes);
	return r;
}

int document_read(const char *path, json_t **out, struct fault *fault)
{
	return read_as(path, false, out, fault);
}

int document_read_json(const char *path, json_t **out, struct fault *fault)
{
	return read_as(path, true, out, fault);
}
