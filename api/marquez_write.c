/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_write.c - single values as Marquez writes them
 */
#include "api/marquez.h"

#include "graph/flow.h"

/* Of "...:11.080828Z", what stands behind the seconds. */
#define FRACTION_AT	 19
#define FRACTION_BYTES	 7 /* with its point */
#define HALF_FRACTION_AT (FRACTION_AT + 4)

static size_t fraction_bytes(const char *text)
{
	if (memcmp(text + FRACTION_AT, ".000000", FRACTION_BYTES) == 0)
		return 0;
	return memcmp(text + HALF_FRACTION_AT, "000", 3) == 0 ? 4 : FRACTION_BYTES;
}

void mq_time(struct jsonw *w, const char *name, int64_t us)
{
	char text[TIME_TEXT_MAX];
	size_t n;

	(void)time_format(us, text);
	n = FRACTION_AT + fraction_bytes(text);
	text[n] = 'Z';
	jsonw_key(w, name);
	jsonw_string(w, slice_of(text, n + 1));
}

void mq_time_or_null(struct jsonw *w, const char *name, int64_t us)
{
	if (us != INT64_MIN && us != INT64_MAX) {
		mq_time(w, name, us);
		return;
	}
	jsonw_key(w, name);
	jsonw_null(w);
}

void mq_uuid(struct jsonw *w, const char *name, const struct runid *id)
{
	char text[RUNID_TEXT_MAX];

	jsonw_key(w, name);
	jsonw_text(w, runid_format(id, text));
}

const char *mq_transformation(uint32_t classes)
{
	if (!(classes & (CLASSES_DIRECT | CLASSES_INDIRECT)))
		return NULL;
	if (flow_masked(classes))
		return "MASKED";
	for (unsigned bit = 0; flow_class_text(bit); bit++) {
		if (classes & (UINT32_C(1) << bit))
			return flow_class_text(bit);
	}
	return NULL;
}
