/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columnout.h - columns and schemas, as answers print them
 */
#pragma once

#include "api/jsonw.h"
#include "graph/columns.h"

/* A member with a text, or null when ptr is NULL. */
void jsonw_text_or_null(struct jsonw *w, const char *name, struct slice text);

/* The member "nullable": true, false, or null when that was not told. */
void jsonw_nullable(struct jsonw *w, enum nullability nullable);

/* The member "fields". */
void jsonw_schema_fields(struct jsonw *w, const struct ol_schema *schema);

/* The member "changes". */
void jsonw_schema_changes(struct jsonw *w, const struct schema_changes *changes);

/* The members "owners" and "tags": name and type, key and value and field. */
void jsonw_owners(struct jsonw *w, const struct ol_labels *owners);
void jsonw_tags(struct jsonw *w, const struct ol_labels *tags);

/* The same of those tags that are on one column. */
void jsonw_column_tags(
	struct jsonw *w, const struct ol_labels *tags, struct slice column);
