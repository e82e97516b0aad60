/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_auto.h - AUTO(json) json_t *value = NULL;
 */
#pragma once

#include "base/attr.h"

#include <jansson.h>

static inline void json_auto_release(json_t *value)
{
	json_decref(value);
}
DEFINE_AUTO(json, json_t *, json_auto_release);
