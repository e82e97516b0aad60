/* SPDX-License-Identifier: Apache-2.0 */

/*
 * err.h - how calls fail
 *
 * A call returns 0 when it is done, a positive value that its own contract
 * names when there is an expected other answer, and one of these negative
 * values when it failed.  A failure is passed up unchanged; it is logged once,
 * where it stops.
 *
 * What people and producers wrote is refused with a fault: where it is wrong
 * (a JSON Pointer, a parameter's name) and why, in words for its author.
 */
#pragma once

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

enum err {
	ERR_NOMEM = -1,	       /* the machine has no memory left */
	ERR_IO = -2,	       /* the disk or the network failed */
	ERR_CORRUPT = -3,      /* stored bytes are not what was written */
	ERR_INVALID = -4,      /* the input is wrong; a fault says where */
	ERR_TOO_LARGE = -5,    /* a limit of the input was passed */
	ERR_DISK_FULL = -6,    /* no room on the disk, or the quota is reached */
	ERR_BUSY = -7,	       /* a bounded resource is full: come again */
	ERR_LOCKED = -8,       /* another process owns the data directory */
	ERR_VERSION = -9,      /* written by a newer format than this one */
	ERR_CLOSED = -10,      /* the other side is gone, or shutting down */
	ERR_UNSUPPORTED = -11, /* known, and not done here */
	ERR_NOT_FOUND = -12,   /* a file or directory is not there */
	ERR_PERMISSION = -13,  /* the system does not let us */
	ERR_ADDRESS = -14,     /* the address is in use or not ours */
};

#define FAULT_WHERE_MAX 256
#define FAULT_WHY_MAX	256

struct fault {
	char where[FAULT_WHERE_MAX]; /* "" when the whole input is meant */
	char why[FAULT_WHY_MAX];
	uint64_t offset; /* byte offset in the input, when has_offset */
	bool has_offset;
};

/* One short English phrase for a failure; a static string, never NULL. */
const char *err_text(int err);

/* The failure that stands for an errno value. */
int err_from_errno(int number);

/* The system's own words for an errno value; a static string, never NULL. */
const char *err_errno_text(int number);

/*
 * Fills in a fault and returns ERR_INVALID.  Both texts are cut when they are
 * too long, at a UTF-8 boundary; control bytes become '?'.  fault may be NULL.
 */
PRINTF(3, 4) int fault_set(struct fault *fault, const char *where, const char *fmt, ...);
