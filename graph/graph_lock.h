/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_lock.h - who uses a data directory
 *
 * One process owns a directory, or any number look into it, never both.  The
 * lock belongs to the open file: the system lets go of it when a process ends
 * in whatever way.
 */
#pragma once

#include "base/err.h"

#define LOCK_NONE (-1)

/*
 * Takes the lock of a directory that is there.  A look into a directory where
 * there is no lock file, since no one ever owned it, gives LOCK_NONE.
 */
NODISCARD int graph_lock(const char *path, bool readonly, int *out, struct fault *fault);
void graph_unlock(int lock);
