/* SPDX-License-Identifier: Apache-2.0 */

/*
 * csv.h - cells of a table in text (RFC 4180)
 */
#pragma once

#include "base/buf.h"

/*
 * Text from outside as one cell.  One that a spreadsheet would take for a formula
 * gets an apostrophe before it.
 */
void csv_cell(struct buf *buf, struct slice text);
