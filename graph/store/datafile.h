/* SPDX-License-Identifier: Apache-2.0 */

/*
 * datafile.h - a look at an LMDB data file before it is mapped
 *
 * LMDB maps its file without asking how long it is: touching a page that was
 * cut off kills the process.  So the file is first read as plain bytes.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/*
 * 0 when the file is whole, empty or not there; ERR_CORRUPT when it is no LMDB
 * file of this machine's kind, or shorter than it says.
 */
NODISCARD int datafile_check(const char *path, struct fault *fault);
