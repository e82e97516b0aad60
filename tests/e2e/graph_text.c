/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_text.c - the graph of a data directory as text, to compare
 */
#include "tests/e2e/graph_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/e2e/files.h"
#include "tests/e2e/process.h"

#define TEXT_MAX ((size_t)1 << 30)

void graph_text(const char *data, struct buf *out)
{
	const char *const argv[] = { program_path, "export", "--graph", "--data", data,
		NULL };

	assert_int_equal(process_run(argv, NULL, out, NULL), 0);
	assert_true(out->len > 0);
}

/* The number of the first line that differs, and where it begins in a. */
static size_t differing_line(const struct buf *a, const struct buf *b, size_t *start_out)
{
	size_t line = 1;
	size_t start = 0;

	for (size_t i = 0; i < a->len && i < b->len && a->data[i] == b->data[i]; i++) {
		if (a->data[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	*start_out = start;
	return line;
}

static int line_length(const struct buf *text, size_t start)
{
	const char *at = text->data + start;
	const char *end = memchr(at, '\n', text->len - start);

	return (int)(end ? (size_t)(end - at) : text->len - start);
}

void assert_graph_text(const char *data, const struct buf *expected)
{
	struct buf text;
	size_t line;
	size_t start;

	buf_init(&text, TEXT_MAX);
	graph_text(data, &text);
	if (!slice_equal(buf_get(&text), buf_get(expected))) {
		line = differing_line(&text, expected, &start);
		fail_msg("%s: line %zu of the graph's text is\n%.*s\nand should be\n%.*s",
			data, line, line_length(&text, start), text.data + start,
			line_length(expected, start), expected->data + start);
	}
	buf_fini(&text);
}

void data_copy_without_graph(const char *from, const char *to)
{
	struct server server;
	char graph[E2E_PATH_MAX];

	dir_copy(from, to);
	path_join(graph, to, "graph");
	dir_remove(graph);
	server_start(&server, to, NULL);
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
}
