/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tokens.c - who may do what: bearer tokens
 */

#include "collector/tokens.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ID_MAX	     32
#define SECRET_BYTES 24
#define HEX_MAX	     (2 * SHA256_DIGEST_LENGTH + 1)

struct token {
	unsigned scopes;
	unsigned char hash[SHA256_DIGEST_LENGTH];
};

struct tokens {
	struct token *list;
	size_t count;
};

static void to_hex(const unsigned char *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool from_hex(const char *text, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(text[2 * i]);
		int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return text[2 * n] == '\0';
}

static int scopes_from_text(const char *text, unsigned *out)
{
	static const struct {
		const char *text;
		unsigned scopes;
	} rows[] = { { "read", SCOPE_READ }, { "write", SCOPE_WRITE },
		{ "read,write", SCOPE_READ | SCOPE_WRITE },
		{ "write,read", SCOPE_READ | SCOPE_WRITE } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].text, text) == 0) {
			*out = rows[i].scopes;
			return 0;
		}
	}
	return 1;
}

static int read_line(
	struct tokens *tokens, const char *line, const char *where, struct fault *fault)
{
	struct token token;
	char id[ID_MAX + 1];
	char scopes[16];
	char hex[HEX_MAX];
	void *list;

	if (sscanf(line, "%32s %15s %64s", id, scopes, hex) != 3)
		return fault_set(fault, where, "must be: ID SCOPES SHA256");
	if (scopes_from_text(scopes, &token.scopes))
		return fault_set(
			fault, where, "scopes must be read, write or read,write");
	if (!from_hex(hex, token.hash, sizeof(token.hash)))
		return fault_set(fault, where, "the hash must have 64 hex digits");
	list = realloc(tokens->list, (tokens->count + 1) * sizeof(*tokens->list));
	if (!list)
		return ERR_NOMEM;
	tokens->list = list;
	tokens->list[tokens->count++] = token;
	return 0;
}

static bool is_content(const char *line)
{
	while (isspace((unsigned char)*line))
		line++;
	return *line && *line != '#';
}

static int read_lines(
	struct tokens *tokens, FILE *file, const char *path, struct fault *fault)
{
	char line[512];
	char where[FAULT_WHERE_MAX];

	for (unsigned n = 1; fgets(line, sizeof(line), file); n++) {
		int r;

		if (!is_content(line))
			continue;
		snprintf(where, sizeof(where), "%.200s line %u", path, n);
		r = read_line(tokens, line, where, fault);
		if (r)
			return r;
	}
	return ferror(file) ? ERR_IO : 0;
}

static int open_private(const char *path, FILE **out, struct fault *fault)
{
	FILE *file = fopen(path, "re");
	struct stat st;

	if (!file)
		return fault_set(
			fault, path, "cannot be read: %s", err_errno_text(errno));
	if (fstat(fileno(file), &st) || (st.st_mode & 077)) {
		fclose(file);
		return fault_set(fault, path,
			"can be read by others; make it private with chmod 600");
	}
	*out = file;
	return 0;
}

int tokens_load(const char *path, struct tokens **out, struct fault *fault)
{
	AUTO(tokens) struct tokens *tokens = calloc(1, sizeof(*tokens));
	FILE *file = NULL;
	int r;

	if (!tokens)
		return ERR_NOMEM;
	r = open_private(path, &file, fault);
	if (r)
		return r;
	r = read_lines(tokens, file, path, fault);
	fclose(file);
	if (r)
		return r;
	*out = TAKE(tokens);
	return 0;
}

void tokens_free(struct tokens *tokens)
{
	if (!tokens)
		return;
	free(tokens->list);
	free(tokens);
}

/* Every row is compared whole, so that time tells nothing. */
static const struct token *find_token(const struct tokens *tokens, struct slice text)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	const struct token *found = NULL;

	SHA256((const unsigned char *)text.ptr, text.len, hash);
	for (size_t i = 0; i < tokens->count; i++) {
		if (CRYPTO_memcmp(tokens->list[i].hash, hash, sizeof(hash)) == 0)
			found = &tokens->list[i];
	}
	return found;
}

enum token_verdict tokens_check(
	const struct tokens *tokens, struct slice authorization, enum token_scope scope)
{
	const struct slice bearer = SLICE("bearer ");
	const struct token *token;

	if (authorization.len <= bearer.len ||
		strncasecmp(authorization.ptr, bearer.ptr, bearer.len) != 0)
		return TOKEN_MISSING;
	token = find_token(tokens,
		slice_of(authorization.ptr + bearer.len, authorization.len - bearer.len));
	if (!token)
		return TOKEN_WRONG;
	return token->scopes & scope ? TOKEN_GOOD : TOKEN_FORBIDDEN;
}

static bool is_id(const char *id)
{
	size_t n = strlen(id);

	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)id[i]) && id[i] != '-')
			return false;
	}
	return n > 0 && n <= ID_MAX;
}

int token_make(const char *id, const char *scopes, char text[TOKEN_TEXT_MAX],
	char line[TOKEN_LINE_MAX], struct fault *fault)
{
	unsigned char secret[SECRET_BYTES];
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char hex[HEX_MAX];
	unsigned mask;

	if (!is_id(id))
		return fault_set(fault, id,
			"an id has 1 to %d letters, digits or hyphens", ID_MAX);
	if (scopes_from_text(scopes, &mask))
		return fault_set(fault, "--scopes", "must be read, write or read,write");
	if (RAND_bytes(secret, sizeof(secret)) != 1)
		return ERR_IO;
	to_hex(secret, sizeof(secret), hex);
	snprintf(text, TOKEN_TEXT_MAX, "hw_%s_%s", id, hex);
	SHA256((const unsigned char *)text, strlen(text), hash);
	to_hex(hash, sizeof(hash), hex);
	snprintf(line, TOKEN_LINE_MAX, "%s %s %s", id, scopes, hex);
	return 0;
}
