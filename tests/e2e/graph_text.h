/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_text.h - the graph of a data directory as text, to compare
 */
#pragma once

#include "base/buf.h"

/* Appends what `headwater export --graph` says of a directory that nobody uses. */
void graph_text(const char *data, struct buf *out);

/* Fails the test, and shows the first line that differs, when it is another text. */
void assert_graph_text(const char *data, const struct buf *expected);

/* Copies a data directory without its graph, and lets a server fold the log anew. */
void data_copy_without_graph(const char *from, const char *to);
