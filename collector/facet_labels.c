/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Owners (OwnershipJobFacet, OwnershipDatasetFacet 1-0-1) and tags
 * (TagsJobFacet, TagsDatasetFacet 1-0-0).
 */
#include "collector/facet_parts.h"

static bool has_name(const void *entry)
{
	const struct ol_label *label = entry;

	return label->name.ptr != NULL;
}

static const struct member owner_members[] = {
	MEMBER("name", reader_text, struct ol_label, name),
	MEMBER("type", reader_text, struct ol_label, value),
	MEMBERS_END,
};

static const struct member tag_members[] = {
	MEMBER("key", reader_text, struct ol_label, name),
	MEMBER("value", reader_text, struct ol_label, value),
	MEMBER("field", reader_text, struct ol_label, field),
	MEMBERS_END,
};

static int read_owner_list(struct reader *reader, void *out)
{
	static const struct facet_entry owner = { owner_members, sizeof(struct ol_label),
		has_name };

	return facet_list_read(reader, &owner, out);
}

static int read_tag_list(struct reader *reader, void *out)
{
	static const struct facet_entry tag = { tag_members, sizeof(struct ol_label),
		has_name };

	return facet_list_read(reader, &tag, out);
}

static const struct member owners_members[] = {
	{ SLICE("owners"), read_owner_list, 0 },
	MEMBERS_END,
};

static const struct member tags_members[] = {
	{ SLICE("tags"), read_tag_list, 0 },
	MEMBERS_END,
};

static int read_labels(
	struct reader *reader, const struct member *members, struct ol_labels *out)
{
	struct facet_list labels = { .count = 0 };
	int r = facet_read(reader, members, &labels);

	if (r)
		return r;
	*out = (struct ol_labels){ labels.list, labels.count, labels.skipped };
	return 0;
}

int facet_read_owners(struct slice bytes, struct arena *arena, struct ol_labels *out,
	struct fault *fault)
{
	struct reader reader;

	reader_init(&reader, bytes, arena, fault);
	return read_labels(&reader, owners_members, out);
}

int facet_read_tags(struct slice bytes, struct arena *arena, struct ol_labels *out,
	struct fault *fault)
{
	struct reader reader;

	reader_init(&reader, bytes, arena, fault);
	return read_labels(&reader, tags_members, out);
}
