/* SPDX-License-Identifier: Apache-2.0 */

/*
 * web.h - the files of a web UI, as its build left them in a directory
 *
 * For Marquez's UI, which is one page and what that loads.  Each path at which
 * a browser may be while it shows the page is answered with index.html.
 *
 * Nothing outside the directory can be reached, whatever the path says: it is
 * walked from name to name, ".." and symbolic links are no names here, and
 * neither are names that begin with a dot.  Directories are not listed.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

struct http_reply;
struct web;

/* A longer name is no file. */
#define WEB_NAME_MAX 1024

/* No larger file is served. */
#define WEB_FILE_MAX ((size_t)64 << 20)

enum web_kind {
	WEB_NONE,  /* no path of a UI */
	WEB_FILE,  /* a file may be there */
	WEB_PAGE,  /* index.html */
	WEB_ALIVE, /* /healthcheck: "OK" */
};

/*
 * What a path, as it was received, is for.  name: of a file or page, below the
 * directory and with a NUL behind it.
 */
enum web_kind web_find(struct slice raw_path, char name[WEB_NAME_MAX]);

/* ERR_INVALID with a fault when the directory, or index.html in it, is not there. */
NODISCARD int web_open(const char *directory, struct web **out, struct fault *fault);
void web_close(struct web *web);
DEFINE_AUTO(web, struct web *, web_close);

/* Opens the file: any thread, but it may block.  What there is not is 404. */
void web_answer(const struct web *web, struct slice raw_path, struct http_reply *out);
