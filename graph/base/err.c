/* SPDX-License-Identifier: Apache-2.0 */

/*
 * err.c - words for failures
 */
#define _GNU_SOURCE /* strerrordesc_np */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "graph/base/text.h"

static const char *text_of(enum err err)
{
	switch (err) {
	case ERR_NOMEM:
		return "out of memory";
	case ERR_IO:
		return "input or output failed";
	case ERR_CORRUPT:
		return "stored data are damaged";
	case ERR_INVALID:
		return "the input is not valid";
	case ERR_TOO_LARGE:
		return "the input is too large";
	case ERR_DISK_FULL:
		return "no space left on the disk";
	case ERR_BUSY:
		return "too busy, try again later";
	case ERR_LOCKED:
		return "the data directory is in use by another process";
	case ERR_VERSION:
		return "the data were written by a newer version";
	case ERR_CLOSED:
		return "closed or shutting down";
	case ERR_UNSUPPORTED:
		return "not supported";
	case ERR_NOT_FOUND:
		return "no such file or directory";
	case ERR_PERMISSION:
		return "permission denied";
	case ERR_ADDRESS:
		return "the address is in use or not available";
	}
	return NULL;
}

const char *err_text(int err)
{
	const char *text;

	if (err == 0)
		return "no error";
	/* Outside the switch, so that the compiler still lists a new member. */
	text = text_of((enum err)err);
	return text ? text : "unknown error";
}

int err_from_errno(int number)
{
	switch (number) {
	case ENOMEM:
		return ERR_NOMEM;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_DISK_FULL;
	case ENAMETOOLONG:
		return ERR_TOO_LARGE;
	case EAGAIN:
	case EBUSY:
	case EMFILE:
	case ENFILE:
		return ERR_BUSY;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_PERMISSION;
	case EADDRINUSE:
	case EADDRNOTAVAIL:
		return ERR_ADDRESS;
	case ECONNRESET:
	case EPIPE:
	case ESHUTDOWN:
		return ERR_CLOSED;
	case ENOSYS:
	case EOPNOTSUPP:
	case EAFNOSUPPORT:
		return ERR_UNSUPPORTED;
	default:
		return ERR_IO;
	}
}

const char *err_errno_text(int number)
{
	/* Unlike strerror(), for any thread and in no language but English. */
	const char *text = strerrordesc_np(number);

	return text ? text : "Unknown error";
}

int fault_set(struct fault *fault, const char *where, const char *fmt, ...)
{
	va_list args;

	if (!fault)
		return ERR_INVALID;
	text_format(fault->where, sizeof(fault->where), "%s", where);
	va_start(args, fmt);
	text_vformat(fault->why, sizeof(fault->why), fmt, args);
	va_end(args);
	fault->offset = 0;
	fault->has_offset = false;
	return ERR_INVALID;
}
