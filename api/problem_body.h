/* SPDX-License-Identifier: Apache-2.0 */

/*
 * problem_body.h - problems with members of their own
 *
 *	problem_open(reply, &w, 409, "means several nodes");
 *	jsonw_key(&w, "candidates");
 *	...
 *	jsonw_object_end(&w);
 */
#pragma once

#include "api/jsonw.h"
#include "api/problem.h"

/* Forgets what the reply had and writes all but the closing brace. */
void problem_open(struct reply *reply, struct jsonw *w, int status, const char *detail);
