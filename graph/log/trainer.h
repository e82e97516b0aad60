/* SPDX-License-Identifier: Apache-2.0 */

/*
 * trainer.h - makes dictionaries of the log's own traffic
 *
 * A thread of its own waits until enough events were offered, then trains a
 * dictionary on most of the samples and tries it on the others.  It is taken
 * when it packs them measurably better than the one before, or than none.
 * The next try is after 16 times as many events.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdint.h>

struct dictset;
struct trainer;

struct trainer_options {
	struct dictset *dictionaries;
	int dir;	      /* where they are stored */
	uint32_t train_after; /* events */
	uint64_t seen;	      /* events there are already */
};

/* dir and the dictionaries must outlive it. */
NODISCARD int trainer_new(const struct trainer_options *options, struct trainer **out);

/* Waits for a training under way: up to a second or so. */
void trainer_free(struct trainer *trainer);

/* One more event.  Any thread; waits for nobody. */
void trainer_offer(struct trainer *trainer, struct slice event);

/* Waits until no training is due or under way. */
void trainer_settle(struct trainer *trainer);
