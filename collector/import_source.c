/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_source.c - events out of a file
 *
 * zlib reads plain files and gzip alike.  The buffer holds what was read and
 * not yet handed out; it grows up to the longest line that is allowed, or to
 * the whole of a JSON text.
 */

#include "collector/import_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "collector/event_reader.h"

#define READ_BYTES     ((size_t)1 << 20)
#define TEXT_MAX_BYTES ((size_t)1 << 30)

enum form { FORM_UNKNOWN, FORM_LINES, FORM_TEXT };

struct import_source {
	gzFile file;
	uint64_t size;
	size_t line_max;
	enum form form;
	char *data;
	size_t start; /* of what is not handed out yet */
	size_t len;   /* end of what was read */
	size_t cap;
	bool at_end;
	uint64_t line; /* lines handed out or passed over */
};

static int open_file(struct import_source *source, const char *path, struct fault *fault)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		int failure = errno;

		if (fd >= 0)
			close(fd);
		fault_set(fault, path, "cannot be read: %s", err_errno_text(failure));
		return failure == ENOENT ? ERR_INVALID : err_from_errno(failure);
	}
	if (S_ISDIR(st.st_mode)) {
		close(fd);
		return fault_set(fault, path, "is a directory; name its files");
	}
	source->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	source->file = gzdopen(fd, "rb");
	if (!source->file) {
		close(fd);
		return ERR_NOMEM;
	}
	gzbuffer(source->file, 256 << 10);
	return 0;
}

int import_source_open(const char *path, size_t event_max_bytes,
	struct import_source **out, struct fault *fault)
{
	AUTO(import_source) struct import_source *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return ERR_NOMEM;
	source->line_max = event_max_bytes;
	r = open_file(source, path, fault);
	if (r)
		return r;
	*out = TAKE(source);
	return 0;
}

void import_source_close(struct import_source *source)
{
	if (!source)
		return;
	if (source->file)
		gzclose(source->file);
	free(source->data);
	free(source);
}

uint64_t import_source_position(const struct import_source *source)
{
	return (uint64_t)gzoffset(source->file);
}

uint64_t import_source_size(const struct import_source *source)
{
	return source->size;
}

static int make_room(struct import_source *source)
{
	size_t rest = source->len - source->start;
	size_t cap = source->cap ? source->cap : 2 * READ_BYTES;
	char *data;

	if (rest > 0)
		memmove(source->data, source->data + source->start, rest);
	source->start = 0;
	source->len = rest;
	while (cap < rest + READ_BYTES)
		cap *= 2;
	if (cap == source->cap)
		return 0;
	data = realloc(source->data, cap);
	if (!data)
		return ERR_NOMEM;
	source->data = data;
	source->cap = cap;
	return 0;
}

static int read_more(struct import_source *source, struct fault *fault)
{
	int error = Z_OK;
	const char *text;
	int n;
	int r = 0;

	if (source->cap - source->len < READ_BYTES)
		r = make_room(source);
	if (r)
		return r;
	n = gzread(source->file, source->data + source->len, (unsigned)READ_BYTES);
	if (n > 0)
		source->len += (size_t)n;
	if (n < (int)READ_BYTES) {
		text = gzerror(source->file, &error);
		source->at_end = n <= 0 || gzeof(source->file);
		if (n < 0 || error == Z_BUF_ERROR)
			return fault_set(
				fault, "", "cannot be inflated or read: %s", text);
	}
	return 0;
}

/* Finds the end of the line at start; reads as needed. Returns 0, or 1 when it is too
 * long. */
static int find_line(struct import_source *source, size_t *end_out, struct fault *fault)
{
	size_t seen = 0;

	for (;;) {
		size_t rest = source->len - source->start;
		char *newline = rest > seen ? memchr(source->data + source->start + seen,
						      '\n', rest - seen)
					    : NULL;
		int r;

		if (newline || source->at_end) {
			*end_out =
				newline ? (size_t)(newline - source->data) : source->len;
			return 0;
		}
		if (rest > source->line_max) {
			*end_out = source->len;
			return 1;
		}
		seen = rest;
		r = read_more(source, fault);
		if (r)
			return r;
	}
}

/* True when every bracket that opens in the text closes in it. */
static bool is_closed(struct slice text)
{
	long depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else {
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		}
	}
	return depth <= 0 && !quoted;
}

static int find_form(struct import_source *source, struct fault *fault)
{
	size_t end = 0;
	int r = find_line(source, &end, fault);
	struct slice line;

	if (r < 0)
		return r;
	line = slice_of(source->data + source->start, end - source->start);
	source->form = r == 0 && is_closed(line) && !event_text_is_array(line)
			       ? FORM_LINES
			       : FORM_TEXT;
	return 0;
}

static int pass_over_line(struct import_source *source, struct fault *fault)
{
	for (;;) {
		char *from = source->data + source->start;
		char *newline = memchr(from, '\n', source->len - source->start);
		int r;

		source->start =
			newline ? (size_t)(newline - source->data) + 1 : source->len;
		if (newline || source->at_end)
			break;
		r = read_more(source, fault);
		if (r)
			return r;
	}
	fault_set(fault, "", "the line is longer than %zu bytes (see --event-max)",
		source->line_max);
	return ERR_TOO_LARGE;
}

static bool is_blank(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr(" \t\r", text.ptr[i]))
			return false;
	}
	return true;
}

static int next_line(struct import_source *source, struct slice *out, uint64_t *line_out,
	struct fault *fault)
{
	for (;;) {
		size_t end = 0;
		int r = find_line(source, &end, fault);

		if (r < 0)
			return r;
		*line_out = ++source->line;
		if (r == 1)
			return pass_over_line(source, fault);
		if (source->start == source->len)
			return 1;
		*out = slice_of(source->data + source->start, end - source->start);
		source->start = end < source->len ? end + 1 : source->len;
		if (out->len > 0 && out->ptr[out->len - 1] == '\r')
			out->len--;
		if (!is_blank(*out))
			return 0;
	}
}

static int whole_text(struct import_source *source, struct slice *out, uint64_t *line_out,
	struct fault *fault)
{
	while (!source->at_end) {
		int r = read_more(source, fault);

		if (r)
			return r;
		if (source->len - source->start > TEXT_MAX_BYTES)
			return fault_set(fault, "",
				"a JSON text may be 1 GiB; larger files must be NDJSON, "
				"an "
				"event a line");
	}
	if (source->start == source->len)
		return 1;
	*line_out = 1;
	*out = slice_of(source->data + source->start, source->len - source->start);
	source->start = source->len;
	return 0;
}

int import_source_next(struct import_source *source, struct slice *out,
	uint64_t *line_out, struct fault *fault)
{
	int r = source->form == FORM_UNKNOWN ? find_form(source, fault) : 0;

	if (r)
		return r;
	return source->form == FORM_LINES ? next_line(source, out, line_out, fault)
					  : whole_text(source, out, line_out, fault);
}
