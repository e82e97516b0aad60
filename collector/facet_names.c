/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a dataset is called, and was: SymlinksDatasetFacet 1-0-1 and
 * LifecycleStateChangeDatasetFacet 1-0-1.
 */
#include "collector/facet_parts.h"

static const struct member name_members[] = {
	MEMBER("namespace", reader_text, struct ol_name, namespace),
	MEMBER("name", reader_text, struct ol_name, name),
	MEMBERS_END,
};

static bool name_is_whole(const void *entry)
{
	const struct ol_name *name = entry;

	return name->namespace.ptr && name->name.ptr;
}

static int read_identifiers(struct reader *reader, void *out)
{
	static const struct facet_entry identifier = { name_members,
		sizeof(struct ol_name), name_is_whole };

	return facet_list_read(reader, &identifier, out);
}

static const struct member symlinks_members[] = {
	{ SLICE("identifiers"), read_identifiers, 0 },
	MEMBERS_END,
};

int facet_read_symlinks(struct slice bytes, struct arena *arena, struct ol_symlinks *out,
	struct fault *fault)
{
	struct facet_list names = { .count = 0 };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, symlinks_members, &names);
	if (r)
		return r;
	*out = (struct ol_symlinks){ names.list, names.count, names.skipped };
	return 0;
}

struct change {
	struct slice word;
	struct ol_name previous;
};

static int read_previous(struct reader *reader, void *out)
{
	struct ol_name *previous = out;

	*previous = (struct ol_name){ .name = { NULL, 0 } };
	return reader_object(reader, name_members, previous);
}

static const struct member change_members[] = {
	MEMBER("lifecycleStateChange", reader_text, struct change, word),
	MEMBER("previousIdentifier", read_previous, struct change, previous),
	MEMBERS_END,
};

static enum lifecycle lifecycle_of(struct slice word)
{
	static const struct {
		struct slice word;
		enum lifecycle state;
	} words[] = {
		{ SLICE("ALTER"), LIFECYCLE_ALTER },
		{ SLICE("CREATE"), LIFECYCLE_CREATE },
		{ SLICE("DROP"), LIFECYCLE_DROP },
		{ SLICE("OVERWRITE"), LIFECYCLE_OVERWRITE },
		{ SLICE("RENAME"), LIFECYCLE_RENAME },
		{ SLICE("TRUNCATE"), LIFECYCLE_TRUNCATE },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_equal(words[i].word, word))
			return words[i].state;
	return LIFECYCLE_OTHER;
}

int facet_read_lifecycle(struct slice bytes, struct arena *arena,
	struct ol_lifecycle *out, struct fault *fault)
{
	struct change change = { .word = { NULL, 0 } };
	struct ol_lifecycle lifecycle = { .state = LIFECYCLE_OTHER };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, change_members, &change);
	if (!r && !change.word.ptr)
		r = facet_refuse_missing(fault, "/lifecycleStateChange");
	if (r)
		return r;
	lifecycle.state = lifecycle_of(change.word);
	if (lifecycle.state == LIFECYCLE_RENAME && name_is_whole(&change.previous)) {
		lifecycle.has_previous = true;
		lifecycle.previous = change.previous;
	}
	*out = lifecycle;
	return 0;
}
