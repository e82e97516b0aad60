/* SPDX-License-Identifier: Apache-2.0 */

/*
 * report.h - rows of the benchmark's table
 */
#pragma once

#include "base/attr.h"

/* What is compared with a goal: "at least" or "at most" it. */
enum goal_kind { GOAL_NONE, GOAL_LEAST, GOAL_MOST };

/* Prints the table's head. */
void report_start(void);

/* One row.  unit may be "".  Counts the goals that were missed. */
void report_row(const char *what, double value, const char *unit, enum goal_kind kind,
	double goal);

/* A line between the rows that says what follows. */
void report_section(const char *title);

/* How many goals were missed. */
unsigned report_missed(void);

/* The middle one of some values, which it sorts. */
double median(double *values, unsigned count);
