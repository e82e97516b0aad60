/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columnout.c - columns and schemas, as answers print them
 */
#include "api/columnout.h"

void jsonw_text_or_null(struct jsonw *w, const char *name, struct slice text)
{
	jsonw_key(w, name);
	if (text.ptr)
		jsonw_string(w, text);
	else
		jsonw_null(w);
}

void jsonw_nullable(struct jsonw *w, enum nullability nullable)
{
	jsonw_key(w, "nullable");
	switch (nullable) {
	case NULLABLE_UNTOLD:
		jsonw_null(w);
		break;
	case NULLABLE_YES:
		jsonw_bool(w, true);
		break;
	case NULLABLE_NO:
		jsonw_bool(w, false);
		break;
	}
}

void jsonw_schema_fields(struct jsonw *w, const struct ol_schema *schema)
{
	jsonw_key(w, "fields");
	jsonw_array(w);
	for (size_t i = 0; i < schema->count; i++) {
		jsonw_object(w);
		jsonw_key(w, "path");
		jsonw_string(w, schema->list[i].path);
		jsonw_text_or_null(w, "type", schema->list[i].type);
		jsonw_text_or_null(w, "description", schema->list[i].description);
		jsonw_nullable(w, schema->list[i].nullable);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static const char *change_text(enum column_change what)
{
	switch (what) {
	case COLUMN_ADDED:
		return "added";
	case COLUMN_REMOVED:
		return "removed";
	case COLUMN_RETYPED:
		return "retyped";
	case COLUMN_MOVED:
		return "moved";
	}
	return "unknown";
}

void jsonw_schema_changes(struct jsonw *w, const struct schema_changes *changes)
{
	jsonw_key(w, "changes");
	jsonw_array(w);
	for (size_t i = 0; i < changes->count; i++) {
		const struct schema_change *change = &changes->list[i];

		jsonw_object(w);
		jsonw_key(w, "what");
		jsonw_text(w, change_text(change->what));
		jsonw_key(w, "path");
		jsonw_string(w, change->path);
		if (change->what == COLUMN_RETYPED) {
			jsonw_text_or_null(w, "before", change->type_before);
			jsonw_text_or_null(w, "after", change->type_after);
		}
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void jsonw_owners(struct jsonw *w, const struct ol_labels *owners)
{
	jsonw_key(w, "owners");
	jsonw_array(w);
	for (size_t i = 0; i < owners->count; i++) {
		jsonw_object(w);
		jsonw_key(w, "name");
		jsonw_string(w, owners->list[i].name);
		jsonw_text_or_null(w, "type", owners->list[i].value);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_tag(struct jsonw *w, const struct ol_label *tag)
{
	jsonw_object(w);
	jsonw_key(w, "key");
	jsonw_string(w, tag->name);
	jsonw_text_or_null(w, "value", tag->value);
	jsonw_text_or_null(w, "field", tag->field);
	jsonw_object_end(w);
}

void jsonw_tags(struct jsonw *w, const struct ol_labels *tags)
{
	jsonw_key(w, "tags");
	jsonw_array(w);
	for (size_t i = 0; i < tags->count; i++)
		write_tag(w, &tags->list[i]);
	jsonw_array_end(w);
}

void jsonw_column_tags(struct jsonw *w, const struct ol_labels *tags, struct slice column)
{
	jsonw_key(w, "tags");
	jsonw_array(w);
	for (size_t i = 0; i < tags->count; i++) {
		if (tags->list[i].field.ptr && slice_equal(tags->list[i].field, column))
			write_tag(w, &tags->list[i]);
	}
	jsonw_array_end(w);
}
