/* SPDX-License-Identifier: Apache-2.0 */

/*
 * report.c - rows of the benchmark's table
 */

#include "tests/bench/report.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned missed;

void report_start(void)
{
	printf("| figure | measured | goal | |\n|---|---|---|---|\n");
}

void report_section(const char *title)
{
	printf("| **%s** | | | |\n", title);
	fflush(stdout);
}

static void print_number(double value, const char *unit)
{
	int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;

	printf("%.*f%s%s", digits, value, *unit ? " " : "", unit);
}

void report_row(const char *what, double value, const char *unit, enum goal_kind kind,
	double goal)
{
	int met = kind == GOAL_LEAST ? value >= goal : value <= goal;

	printf("| %s | ", what);
	print_number(value, unit);
	printf(" | ");
	if (kind != GOAL_NONE) {
		printf("%s ", kind == GOAL_LEAST ? "at least" : "at most");
		print_number(goal, unit);
		missed += !met;
	}
	printf(" | %s |\n", kind == GOAL_NONE ? "" : met ? "met" : "**missed**");
	fflush(stdout);
}

unsigned report_missed(void)
{
	return missed;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), by_size);
	return values[count / 2];
}
