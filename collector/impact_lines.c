/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_lines.c - what the lines of a report about impact are made of
 */

#include "collector/impact_lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collector/cmd_ask.h"
#include "collector/member.h"

#define WIDTH	  80
#define WIDTH_MIN 40

const struct shade impact_shades[IMPACT_SHADES] = {
	{ "BREAKS", "31" },
	{ "CHANGES_ROWS", "33" },
	{ "CHANGES_VALUES", "33" },
	{ "CHANGES_SCHEMA", "33" },
	{ "STALE", "35" },
	{ "UNKNOWN", "36" },
	{ "UNAFFECTED", "32" },
};

void report_init(struct report *report, const json_t *answer, FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");
	bool terminal = isatty(fileno(out));
	struct winsize size;

	*report = (struct report){ .out = out, .answer = answer, .width = WIDTH };
	report->colours = terminal && !(no_colour && *no_colour);
	if (terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
		size.ws_col >= WIDTH_MIN)
		report->width = size.ws_col;
}

void put_shade(const struct report *report, const struct shade *shade)
{
	if (report->colours)
		fprintf(report->out, "\033[%sm%s\033[0m", shade->colour, shade->word);
	else
		fputs(shade->word, report->out);
}

/* Letters up to a space; what is not the first byte of one is none. */
static size_t word_width(const char *text, size_t *len_out)
{
	size_t width = 0;
	size_t len = 0;

	for (; text[len] && text[len] != ' '; len++)
		width += ((unsigned char)text[len] & 0xc0) != 0x80;
	*len_out = len;
	return width;
}

void put_sentence(const struct report *report, size_t margin, const char *text)
{
	size_t at = 0;

	while (*text) {
		size_t len;
		size_t width = word_width(text, &len);

		if (at && at + 1 + width > report->width) {
			fputc('\n', report->out);
			at = 0;
		}
		if (at == 0)
			at = (size_t)fprintf(report->out, "%*s", (int)margin, "");
		else
			at += (size_t)fprintf(report->out, " ");
		print_part(slice_of(text, len), report->out);
		at += width;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', report->out);
}

void put_section(const struct report *report, const char *title)
{
	fprintf(report->out, "\n%s\n", title);
}

void put_count(
	const struct report *report, const char *before, uint64_t n, const char *noun)
{
	fprintf(report->out, "%s%llu %s%s", before, (unsigned long long)n, noun,
		n == 1 ? "" : "s");
}

void put_counts(const struct report *report, const json_t *counts)
{
	const char *between = "";

	for (size_t i = 0; i < IMPACT_SHADES; i++) {
		uint64_t n = member_number(counts, impact_shades[i].word);

		if (n == 0)
			continue;
		fprintf(report->out, "%s%llu ", between, (unsigned long long)n);
		put_shade(report, &impact_shades[i]);
		between = ", ";
	}
}
