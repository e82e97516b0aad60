/* SPDX-License-Identifier: Apache-2.0 */

/*
 * settings.c - every option of every command, from one table
 */

#include "collector/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/settings_file.h"

#define AT(member) offsetof(struct settings, member)
#define REACHING   (CMD_LINEAGE | CMD_DIFF)
#define ENDED	   (CMD_PATHS | CMD_EXPLAIN)
#define TIMED	   (CMD_LINEAGE | CMD_PATHS | CMD_SELECT | CMD_IMPACT | CMD_EXPOSURE)
#define WALKING	   (CMD_LINEAGE | CMD_PATHS | CMD_SELECT | CMD_DIFF)
#define LIMITED                                                             \
	(CMD_LINEAGE | CMD_SEARCH | CMD_EXPLAIN | CMD_SCHEMA | CMD_SELECT | \
		CMD_EXPOSURE | CMD_CHANGES)
#define ASK   (REACHING | ENDED | LIMITED | CMD_COLUMNS)
#define REACH (CMD_IMPORT | CMD_EXPORT | ASK | CMD_IMPACT)
#define ALL   (CMD_SERVE | REACH)
#define KB    INT64_C(1024)
#define GB    (KB * KB * KB)

const struct setting setting_rows[] = {
	{ "data", SETTING_TEXT, AT(data), "headwater-data", 0, 0, 0, ALL, "DIR",
		"the data directory" },
	{ "url", SETTING_TEXT, AT(url), NULL, 0, 0, 0, REACH, "URL",
		"ask a running server, as http://127.0.0.1:5000, not a directory" },
	{ "token", SETTING_TEXT, AT(token), NULL, 0, 0, 0, REACH, "TOKEN",
		"what to show that server; better in HEADWATER_TOKEN than here" },
	{ "listen", SETTING_TEXT, AT(listen), "127.0.0.1:5000", 0, 0, 0, CMD_SERVE,
		"ADDRESS:PORT", "where to listen; port 0 takes a free one" },
	{ "hosts", SETTING_TEXT, AT(hosts), NULL, 0, 0, 0, CMD_SERVE, "NAME,...",
		"names that clients may call this server by, beside localhost and "
		"addresses" },
	{ "tokens", SETTING_TEXT, AT(tokens), NULL, 0, 0, 0, CMD_SERVE | CMD_TOKEN,
		"FILE",
		"the token file; without one anybody who reaches the server may use it" },
	{ "web-dir", SETTING_TEXT, AT(web_dir), NULL, 0, 0, 0, CMD_SERVE, "DIR",
		"serve the built files of a web UI, as Marquez's, at /" },
	{ "loops", SETTING_NUMBER, AT(loops), NULL, 0, 0, 16, CMD_SERVE, "N",
		"threads that serve connections; 0: one a processor, at most 4" },
	{ "workers", SETTING_NUMBER, AT(workers), NULL, 0, 0, 64, CMD_SERVE, "N",
		"threads that answer questions; 0: one a processor, at most 4" },
	{ "connections", SETTING_NUMBER, AT(connections), NULL, 4096, 1, 1000000,
		CMD_SERVE, "N", "open connections at most" },
	{ "event-max", SETTING_BYTES, AT(event_max_bytes), NULL, 32 * KB *KB, KB, GB,
		CMD_SERVE | CMD_IMPORT, "BYTES",
		"the largest request with events, inflated; K, M, G may follow" },
	{ "in-flight", SETTING_BYTES, AT(in_flight_bytes), NULL, 64 * KB *KB, 64 * KB,
		64 * GB, CMD_SERVE, "BYTES", "request bodies held at a time, in all" },
	{ "quota", SETTING_BYTES, AT(quota_bytes), NULL, 0, 2 * KB *KB, INT64_MAX / 2,
		CMD_SERVE | CMD_IMPORT, "BYTES",
		"the most that the data directory may take; without it: the disk" },
	{ "no-sync", SETTING_FLAG, AT(no_sync), NULL, 0, 0, 0, CMD_SERVE, NULL,
		"for measurements only: a power cut loses acknowledged events" },
	{ "marquez", SETTING_TEXT, AT(marquez), NULL, 0, 0, 0, CMD_IMPORT, "URL",
		"load what a running Marquez has, in place of files" },
	{ "marquez-token", SETTING_TEXT, AT(marquez_token), NULL, 0, 0, 0, CMD_IMPORT,
		"TOKEN", "what to show that Marquez, or what stands before it" },
	{ "dir", SETTING_TEXT, AT(dir), NULL, 0, 0, 0, CMD_EXPORT, "DIR",
		"write one file an event, exactly as received, into this directory" },
	{ "from", SETTING_NUMBER, AT(from), NULL, 1, 1, INT64_MAX, CMD_EXPORT, "N",
		"the first sequence number" },
	{ "to", SETTING_NUMBER, AT(to), NULL, INT64_MAX, 1, INT64_MAX, CMD_EXPORT, "N",
		"the last sequence number" },
	{ "graph", SETTING_FLAG, AT(graph), NULL, 0, 0, 0, CMD_EXPORT, NULL,
		"write the graph's canonical text instead of events" },
	{ "op", SETTING_TEXT, AT(op), NULL, 0, 0, 0, CMD_IMPACT, "WHAT",
		"what is done to NODE: drop_column, alter_type, ..." },
	{ "to", SETTING_TEXT, AT(new_name), NULL, 0, 0, 0, CMD_IMPACT, "NAME",
		"of a rename: the new name" },
	{ "type", SETTING_TEXT, AT(new_type), NULL, 0, 0, 0, CMD_IMPACT, "TYPE",
		"of alter_type and add_column: the new type" },
	{ "ask", SETTING_TEXT, AT(question), NULL, 0, 0, 0, CMD_IMPACT, "FILE",
		"ask what this file says, in JSON or YAML; -: standard input" },
	{ "contract", SETTING_TEXT, AT(contract), NULL, 0, 0, 0, CMD_IMPACT, "FILE",
		"ask what this data contract (ODCS v3) would change" },
	{ "server", SETTING_TEXT, AT(server), NULL, 0, 0, 0, CMD_IMPACT, "NAME",
		"of the contract's servers, the one that counts" },
	{ "dbt-before", SETTING_TEXT, AT(dbt_before), NULL, 0, 0, 0, CMD_IMPACT, "FILE",
		"manifest.json of the main branch" },
	{ "dbt-after", SETTING_TEXT, AT(dbt_after), NULL, 0, 0, 0, CMD_IMPACT, "FILE",
		"manifest.json of the changed branch" },
	{ "namespace", SETTING_TEXT, AT(namespace), NULL, 0, 0, 0, CMD_IMPACT,
		"NAMESPACE", "where a contract's or manifest's datasets are" },
	{ "dataset", SETTING_TEXT, AT(dataset), NULL, 0, 0, 0, CMD_IMPACT, "NAME",
		"the name of a contract's one dataset" },
	{ "waivers", SETTING_TEXT, AT(waivers), NULL, 0, 0, 0, CMD_IMPACT, "FILE",
		"effects that somebody agreed to, a list in JSON or YAML" },
	{ "fail-on", SETTING_TEXT, AT(fail_on), "none", 0, 0, 0, CMD_IMPACT, "WHAT,...",
		"none, review, block, or effects that block" },
	{ "min-coverage", SETTING_TEXT, AT(min_coverage), NULL, 0, 0, 0, CMD_IMPACT,
		"SHARE", "fail when less is resolved by columns, as 0.9" },
	{ "horizons", SETTING_TEXT, AT(horizons), NULL, 0, 0, 0, CMD_IMPACT, "WHICH,...",
		"fail_stop, fix_forward; without it: both" },
	{ "exclude", SETTING_TEXT, AT(exclude), NULL, 0, 0, 0, CMD_IMPACT, "SELECTOR",
		"do not tell these" },
	{ "artifact", SETTING_TEXT, AT(artifact), NULL, 0, 0, 0, CMD_IMPACT, "PATH",
		"the file that is changed, for SARIF" },
	{ "direction", SETTING_TEXT, AT(direction), "both", 0, 0, 0, REACHING, "WHICH",
		"upstream, downstream or both" },
	{ "direction", SETTING_TEXT, AT(direction), NULL, 0, 0, 0, CMD_IMPACT, "WHICH",
		"upstream, downstream or both" },
	{ "depth", SETTING_TEXT, AT(depth), "all", 0, 0, 0, REACHING, "N",
		"hops to go, or all; 0: NODE alone" },
	{ "level", SETTING_TEXT, AT(level), NULL, 0, 0, 0, WALKING, "WHICH",
		"nodes to show: mixed, dataset, job or field" },
	{ "precise", SETTING_TEXT, AT(precise), NULL, 0, 0, 0, WALKING, "WHICH",
		"false: from every input of a job to every output" },
	{ "evidence", SETTING_TEXT, AT(evidence), NULL, 0, 0, 0,
		WALKING | CMD_IMPACT | CMD_EXPOSURE, "WHICH",
		"edges of these kinds only: observed,declared,inferred" },
	{ "as-of", SETTING_TEXT, AT(as_of), NULL, 0, 0, 0, TIMED, "TIME",
		"lineage as it was then" },
	{ "window", SETTING_TEXT, AT(window), NULL, 0, 0, 0, TIMED, "FROM/TO",
		"all lineage that was seen between two times, or in a duration as 30d" },
	{ "since", SETTING_TEXT, AT(since), NULL, 0, 0, 0, CMD_DIFF, "TIME",
		"the earlier time" },
	{ "until", SETTING_TEXT, AT(until), NULL, 0, 0, 0, CMD_DIFF, "TIME",
		"the later time; without it: now" },
	{ "kind", SETTING_TEXT, AT(kind), NULL, 0, 0, 0, REACHING | CMD_SEARCH, "KIND",
		"show nodes of this kind only: dataset or job" },
	{ "field", SETTING_TEXT, AT(field), NULL, 0, 0, 0, REACHING | ENDED | CMD_IMPACT,
		"NAME", "of NODE, a dataset, this column" },
	{ "to-field", SETTING_TEXT, AT(to_field), NULL, 0, 0, 0, ENDED, "NAME",
		"of TO, a dataset, this column" },
	{ "select", SETTING_TEXT, AT(select), NULL, 0, 0, 0, REACHING, "SELECTOR",
		"start at all of these in place of NODE" },
	{ "only", SETTING_TEXT, AT(only), NULL, 0, 0, 0, REACHING, "SELECTOR",
		"show these only; of a diff: changes" },
	{ "through", SETTING_TEXT, AT(through), NULL, 0, 0, 0, REACHING, "WHICH",
		"temporary: draw through temporary datasets" },
	{ "group-by", SETTING_TEXT, AT(group_by), NULL, 0, 0, 0, REACHING, "WHAT",
		"namespace, prefix, owner, tag, parent or root" },
	{ "group-by", SETTING_TEXT, AT(group_by), NULL, 0, 0, 0, CMD_SELECT, "WHAT",
		"owner" },
	{ "group-by", SETTING_TEXT, AT(group_by), NULL, 0, 0, 0, CMD_IMPACT, "WHAT",
		"owner or namespace" },
	{ "paths", SETTING_NUMBER, AT(paths), NULL, 0, 0, 100, CMD_PATHS, "N",
		"ways to show at most; 0: the shortest" },
	{ "between", SETTING_FLAG, AT(between), NULL, 0, 0, 0, CMD_PATHS, NULL,
		"show everything on a way between, as a graph" },
	{ "unused", SETTING_FLAG, AT(unused), NULL, 0, 0, 0, CMD_COLUMNS, NULL,
		"show columns only that nobody reads" },
	{ "indirect", SETTING_FLAG, AT(indirect), NULL, 0, 0, 0, CMD_EXPOSURE, NULL,
		"follow filters and joins too: they tell something about values" },
	{ "limit", SETTING_NUMBER, AT(limit), NULL, 0, 0, 100000, LIMITED | CMD_IMPACT,
		"N", "nodes to show at most; 0: as the server likes" },
	{ "format", SETTING_TEXT, AT(format), NULL, 0, 0, 0, ASK, "FORMAT",
		"json or text; text on a terminal, else json" },
	{ "format", SETTING_TEXT, AT(format), NULL, 0, 0, 0, CMD_IMPACT, "FORMAT",
		"json, text, csv, markdown, mermaid, sarif or junit" },
	{ "scopes", SETTING_TEXT, AT(scopes), "read,write", 0, 0, 0, CMD_TOKEN, "SCOPES",
		"what the token may do" },
	{ "log-level", SETTING_TEXT, AT(log_level), "info", 0, 0, 0,
		CMD_SERVE | CMD_IMPORT, "LEVEL", "error, warning, info or debug" },
	{ "config", SETTING_TEXT, AT(config), NULL, 0, 0, 0, ALL, "FILE",
		"a JSON object with settings by name" },
	{ 0 },
};

static void *place(struct settings *settings, const struct setting *row)
{
	return (char *)settings + row->offset;
}

static void set_defaults(unsigned command, struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	for (const struct setting *row = setting_rows; row->name; row++) {
		if (!(row->commands & command))
			continue;
		switch (row->type) {
		case SETTING_TEXT:
			*(const char **)place(settings, row) = row->text_default;
			break;
		case SETTING_NUMBER:
		case SETTING_BYTES:
			*(int64_t *)place(settings, row) = row->number_default;
			break;
		case SETTING_FLAG:
			break;
		}
	}
}

static int unit_shift(const char *unit)
{
	if (*unit == '\0')
		return 0;
	if (unit[1] != '\0')
		return -1;
	switch (toupper((unsigned char)*unit)) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	default:
		return -1;
	}
}

static int read_number(const struct setting *row, const char *where, const char *text,
	int64_t *out, struct fault *fault)
{
	char *end;
	long long n;
	int shift = 0;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (row->type == SETTING_BYTES)
		shift = unit_shift(end);
	else if (*end)
		shift = -1;
	if (errno || end == text || shift < 0)
		return fault_set(fault, where, "is no number: %s", text);
	if (n < 0 || n > (INT64_MAX >> shift) || (n << shift) < row->min ||
		(n << shift) > row->max)
		return fault_set(fault, where, "must be between %lld and %lld",
			(long long)row->min, (long long)row->max);
	*out = n << shift;
	return 0;
}

static int read_flag(const char *where, const char *text, bool *out, struct fault *fault)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

	if (!yes && strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
		return fault_set(fault, where, "must be true or false");
	*out = yes;
	return 0;
}

int settings_set(struct settings *settings, const struct setting *row, const char *where,
	const char *text, struct fault *fault)
{
	switch (row->type) {
	case SETTING_TEXT:
		*(const char **)place(settings, row) = text;
		return 0;
	case SETTING_NUMBER:
	case SETTING_BYTES:
		return read_number(row, where, text, place(settings, row), fault);
	case SETTING_FLAG:
		return read_flag(where, text, place(settings, row), fault);
	}
	return ERR_INVALID;
}

const struct setting *settings_find(unsigned command, const char *name, size_t len)
{
	const struct setting *found = NULL;

	for (const struct setting *row = setting_rows; row->name; row++) {
		if (strlen(row->name) != len || strncmp(row->name, name, len) != 0)
			continue;
		if (row->commands & command)
			return row;
		found = row;
	}
	return found;
}

static void variable_name(const struct setting *row, char *out, size_t size)
{
	snprintf(out, size, "HEADWATER_%s", row->name);
	for (char *p = out; *p; p++) {
		if (*p == '-')
			*p = '_';
		else if (*p >= 'a' && *p <= 'z')
			*p -= 'a' - 'A';
	}
}

static int read_environment(
	unsigned command, struct settings *settings, struct fault *fault)
{
	char name[64];

	for (const struct setting *row = setting_rows; row->name; row++) {
		const char *text;
		int r;

		variable_name(row, name, sizeof(name));
		text = getenv(name);
		if (!text || !(row->commands & command))
			continue;
		r = settings_set(settings, row, name, text, fault);
		if (r)
			return r;
	}
	return 0;
}

/* One option with its value; *used says how many words it took. */
static int read_option(unsigned command, char **words, struct settings *settings,
	int *used, struct fault *fault)
{
	const char *name = words[0] + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct setting *row = settings_find(command, name, len);
	const char *value = equals ? equals + 1 : words[1];

	*used = 1;
	if (!row || !(row->commands & command))
		return fault_set(fault, words[0], "is no option of this command");
	if (row->type == SETTING_FLAG && !equals)
		value = "true";
	else if (!equals)
		*used = 2;
	if (!value)
		return fault_set(fault, words[0], "needs a value");
	return settings_set(settings, row, words[0], value, fault);
}

static int read_words(unsigned command, int argc, char **argv, struct settings *settings,
	struct fault *fault)
{
	bool options = true;
	int used;

	for (int i = 0; i < argc; i += used) {
		int r;

		used = 1;
		if (!options || strncmp(argv[i], "-", 1) != 0 ||
			strcmp(argv[i], "-") == 0) {
			settings->arguments[settings->argument_count++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			options = false;
			continue;
		}
		if (strncmp(argv[i], "--", 2) != 0)
			return fault_set(
				fault, argv[i], "is no option; options begin with --");
		r = read_option(command, argv + i, settings, &used, fault);
		if (r)
			return r;
	}
	return 0;
}

/* The file counts less than all else, and its name may come from any of them. */
int settings_read(unsigned command, int argc, char **argv, struct settings *out,
	struct fault *fault)
{
	const char *config;
	int r;

	set_defaults(command, out);
	out->arguments = calloc((size_t)argc + 1, sizeof(char *));
	if (!out->arguments)
		return ERR_NOMEM;
	r = read_environment(command, out, fault);
	if (!r)
		r = read_words(command, argc, argv, out, fault);
	config = out->config;
	if (r || !config)
		return r;
	out->argument_count = 0;
	r = settings_read_file(command, config, out, fault);
	if (!r)
		r = read_environment(command, out, fault);
	return r ? r : read_words(command, argc, argv, out, fault);
}

void settings_fini(struct settings *settings)
{
	free(settings->arguments);
	free(settings->owned);
}

static void print_default(const struct setting *row, FILE *out)
{
	if (row->text_default)
		fprintf(out, " [%s]", row->text_default);
	else if (row->type == SETTING_BYTES && row->number_default >= KB * KB)
		fprintf(out, " [%lldM]", (long long)(row->number_default / KB / KB));
	else if (row->type == SETTING_NUMBER && row->number_default &&
		 row->number_default != INT64_MAX)
		fprintf(out, " [%lld]", (long long)row->number_default);
}

void settings_help(unsigned command, FILE *out)
{
	for (const struct setting *row = setting_rows; row->name; row++) {
		char left[48];

		if (!(row->commands & command))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", row->name, row->value ? " " : "",
			row->value ? row->value : "");
		fprintf(out, "  %-26s %s", left, row->help);
		print_default(row, out);
		fputc('\n', out);
	}
}
