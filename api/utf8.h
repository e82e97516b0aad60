/* SPDX-License-Identifier: Apache-2.0 */

/*
 * utf8.h - is it UTF-8 (RFC 3629)
 */
#pragma once

#include "base/slice.h"

/* Bytes of the well-formed sequence that s begins with; 0 when there is none. */
size_t utf8_sequence(struct slice s);

bool utf8_valid(struct slice s);
