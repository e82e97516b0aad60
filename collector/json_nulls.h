/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_nulls.h - an object without the members that say nothing
 */
#pragma once

#include "base/buf.h"

/*
 * Appends checked JSON text without white space and without the members that are
 * null, at any depth.  All else keeps its bytes: numbers, NaN, escapes, and a null
 * in an array.
 */
void json_copy_without_nulls(struct slice text, struct buf *out);
