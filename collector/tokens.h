/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tokens.h - who may do what: bearer tokens
 *
 * A token is "hw_ID_SECRET".  A token file (mode 0600) has one line for each:
 * "ID SCOPES SHA256", the last being the hash of the whole token in hex, and
 * SCOPES some of "read,write".  Lines that begin with '#' are comments.  The
 * secret is never stored and never logged; hashes are compared in constant time.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

struct tokens;

enum token_scope { SCOPE_READ = 1, SCOPE_WRITE = 2 };

/* The fault says which line is wrong, or that others can read the file. */
NODISCARD int tokens_load(const char *path, struct tokens **out, struct fault *fault);
void tokens_free(struct tokens *tokens);
DEFINE_AUTO(tokens, struct tokens *, tokens_free);

enum token_verdict { TOKEN_GOOD, TOKEN_MISSING, TOKEN_WRONG, TOKEN_FORBIDDEN };

/* authorization: the field as received, "Bearer hw_..."; any thread. */
enum token_verdict tokens_check(
	const struct tokens *tokens, struct slice authorization, enum token_scope scope);

#define TOKEN_TEXT_MAX 96
#define TOKEN_LINE_MAX 160

/* Makes a token and its line for the token file; scopes as they stand there. */
NODISCARD int token_make(const char *id, const char *scopes, char text[TOKEN_TEXT_MAX],
	char line[TOKEN_LINE_MAX], struct fault *fault);
