/* SPDX-License-Identifier: Apache-2.0 */

/*
 * web.c - the files of a web UI, found and answered
 *
 * A file is opened anew each time: it may be replaced while we run, and the
 * system keeps what is read often.
 */
#define _GNU_SOURCE /* O_PATH, MAP_POPULATE */

#include "collector/web.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/problem.h"
#include "collector/answer.h"
#include "collector/http_server.h"

/*
 * The page runs only what it brings, but draws with styles that it makes and
 * with fonts from elsewhere, so no more is said of it than that it is framed by
 * itself alone.  The same is said of its files: a worker goes by what its own
 * file says.
 */
#define GUARD                                                 \
	"Content-Security-Policy: frame-ancestors 'self'\r\n" \
	"Referrer-Policy: same-origin\r\n"

/* Files keep their names when a UI is built anew: they are not kept for long. */
#define PAGE_FIELDS GUARD "Cache-Control: no-cache\r\n"
#define FILE_FIELDS GUARD "Cache-Control: private, max-age=300\r\n"

struct web {
	int directory;
};

struct file_type {
	const char *ending;
	const char *media_type;
};

static const struct file_type types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".map", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".wasm", "application/wasm" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".woff", "font/woff" },
	{ ".woff2", "font/woff2" },
	{ ".ttf", "font/ttf" },
	{ ".otf", "font/otf" },
};

static const char *type_of(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		size_t n = strlen(types[i].ending);

		if (len > n && strcasecmp(name + len - n, types[i].ending) == 0)
			return types[i].media_type;
	}
	return "application/octet-stream";
}

/*
 * Opens the file of a name that web_find() made; -1 with errno.  Each name on
 * the way must be a directory itself: what a symbolic link leads to is not ours.
 */
static int open_name(int directory, char *name)
{
	char *rest = name;
	int at = directory;
	int fd = -1;

	for (;;) {
		char *slash = strchr(rest, '/');
		int flags = slash ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK;

		if (slash)
			*slash = '\0';
		fd = openat(at, rest, flags | O_NOFOLLOW | O_CLOEXEC);
		if (at != directory)
			(void)close(at);
		if (slash)
			*slash = '/';
		if (fd < 0 || !slash)
			return fd;
		at = fd;
		rest = slash + 1;
	}
}

static void unmap(char *body, size_t len)
{
	(void)munmap(body, len);
}

/*
 * The body is the file itself: however many slow clients take it, and whoever they
 * are, it is in memory once.  Only the kernel reads it, so that a file which is cut
 * short meanwhile ends their connections, and nothing else.
 */
static int map_file(int fd, struct http_reply *out)
{
	struct stat st;
	void *data;

	if (fstat(fd, &st))
		return ERR_IO;
	if (!S_ISREG(st.st_mode))
		return ERR_NOT_FOUND;
	if (st.st_size > (off_t)WEB_FILE_MAX)
		return ERR_TOO_LARGE;
	if (st.st_size == 0)
		return 0;
	data = mmap(
		NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		return errno == ENOMEM ? ERR_BUSY : ERR_IO;
	out->body = data;
	out->body_len = (size_t)st.st_size;
	out->release = unmap;
	return 0;
}

static int failure_of(int number)
{
	switch (number) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return ERR_BUSY;
	case EACCES:
		return ERR_PERMISSION;
	default:
		return ERR_NOT_FOUND; /* a link, or a file in place of a directory, too */
	}
}

static int answer_file(const struct web *web, char *name, struct http_reply *out)
{
	int fd = open_name(web->directory, name);
	int r;

	if (fd < 0)
		return failure_of(errno);
	r = map_file(fd, out);
	(void)close(fd);
	return r;
}

static void answer_problem(int failure, struct http_reply *out)
{
	struct reply reply;

	reply_init(&reply);
	if (failure == ERR_NOT_FOUND)
		problem_reply(&reply, 404, "there is nothing at this path");
	else if (failure == ERR_TOO_LARGE)
		problem_reply(&reply, 500, "this file is larger than %zu MiB",
			WEB_FILE_MAX >> 20);
	else
		problem_from_error(&reply, failure);
	answer_from_reply(out, &reply);
}

static int answer_alive(struct http_reply *out)
{
	out->body = strdup("OK");
	if (!out->body)
		return ERR_NOMEM;
	out->body_len = strlen(out->body);
	out->media_type = "text/plain; charset=utf-8";
	return 0;
}

static int answer(const struct web *web, struct slice raw_path, struct http_reply *out)
{
	char name[WEB_NAME_MAX];

	switch (web_find(raw_path, name)) {
	case WEB_NONE:
		return ERR_NOT_FOUND;
	case WEB_ALIVE:
		return answer_alive(out);
	case WEB_PAGE:
	case WEB_FILE:
		break;
	}
	out->media_type = type_of(name);
	out->extra = strcmp(name, "index.html") == 0 ? PAGE_FIELDS : FILE_FIELDS;
	return answer_file(web, name, out);
}

void web_answer(const struct web *web, struct slice raw_path, struct http_reply *out)
{
	int r;

	*out = (struct http_reply){ .status = 200 };
	r = answer(web, raw_path, out);
	if (r)
		answer_problem(r, out);
}

static int check_page(const struct web *web, const char *directory, struct fault *fault)
{
	char name[] = "index.html";
	struct stat st;
	int fd = open_name(web->directory, name);
	bool there = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	if (fd >= 0)
		(void)close(fd);
	if (there)
		return 0;
	return fault_set(fault, "--web-dir", "has no file index.html: %s", directory);
}

int web_open(const char *directory, struct web **out, struct fault *fault)
{
	AUTO(web) struct web *web = malloc(sizeof(*web));
	int r;

	if (!web)
		return ERR_NOMEM;
	web->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (web->directory < 0)
		return fault_set(fault, "--web-dir", "cannot be opened: %s", directory);
	r = check_page(web, directory, fault);
	if (r)
		return r;
	*out = TAKE(web);
	return 0;
}

void web_close(struct web *web)
{
	if (!web)
		return;
	if (web->directory >= 0)
		(void)close(web->directory);
	free(web);
}
