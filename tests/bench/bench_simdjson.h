/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_simdjson.h - simdjson for a C program
 *
 * A parser keeps its memory from text to text, as simdjson wants to be used.
 * It copies the text into padded memory by itself.
 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *bench_simdjson_new(void);
void bench_simdjson_free(void *parser);

/* 1 when the text is JSON, else 0. */
int bench_simdjson_parse(void *parser, const char *text, size_t len);

/* The kind of machine that it was made fast for. */
const char *bench_simdjson_name(void);

#ifdef __cplusplus
}
#endif
