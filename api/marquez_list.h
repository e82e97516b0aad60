/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_list.h - pages of datasets and jobs that are not hidden
 */
#pragma once

#include "api/marquez.h"

/*
 * All datasets or jobs of a namespace in order of names, or of all (0), that lists
 * have and that are not hidden.  In the arena.
 */
struct mq_ids {
	node_id *ids;
	size_t count;
	size_t room;
};
NODISCARD int mq_list(
	struct mq *mq, enum node_kind kind, uint32_t namespace_id, struct mq_ids *out);

/* What of a list of so many a page has: from *begin_out up to the place returned. */
size_t mq_page_end(const struct mq_page *page, size_t count, size_t *begin_out);

/*
 * Of a long list that has to be known as a whole: asked at each item, with how many
 * were looked at before it.  Now and then looks at the clock; ERR_BUSY: it is late.
 */
NODISCARD int mq_in_time(const struct call *call, size_t looked);

/*
 * The namespace that the first arg names: 0 and its id, which is 0 when nothing is
 * in it; or 1 when the reply says that there is none.
 */
NODISCARD int mq_arg_namespace(struct call *call, struct reply *reply, uint32_t *out);
