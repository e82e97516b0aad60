/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_tables.c - docs/IMPACT.md, its cases and the engine say the same
 *
 * The table of fix_forward has a row for each change and a column for each class
 * of flow; a cell says the effect and, behind it, as which change it goes on.  For
 * each there is the folder tests/cases/impact/ROW-CLASS.  Other rules stand in
 * tables of two columns; each is in some folder's expectation.  The engine knows
 * these rules and no others.
 */
#include "fixture.h"

#include "graph/impact.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CASES	    HEADWATER_CASES "/impact"
#define DOCUMENT    HEADWATER_DOCS "/IMPACT.md"
#define PATH_SIZE   512
#define TEXT_SIZE   64
#define CLASSES_MAX 12
#define RULES_MAX   200

struct cell {
	char row[TEXT_SIZE];
	char class[TEXT_SIZE];
	char effect[TEXT_SIZE]; /* as in the document: "values" */
	char next[TEXT_SIZE];	/* the row as which it goes on; empty when it does not */
};

typedef void visit_cell(const struct cell *cell);

/* ---- the document ---- */

static void copy_text(char out[TEXT_SIZE], const char *from, size_t len)
{
	assert_true(len < TEXT_SIZE);
	memcpy(out, from, len);
	out[len] = '\0';
}

/* Cuts a line off the front; NULL behind the last one. */
static char *next_line(char **text)
{
	char *line = *text;
	char *end = line ? strchr(line, '\n') : NULL;

	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return line;
}

/* Cuts the next cell off a line of a table, without its margins. */
static char *next_cell(char **line)
{
	char *cell = *line + strspn(*line, "| ");
	char *end = strchr(cell, '|');

	if (!end)
		return NULL;
	*line = end;
	while (end > cell && end[-1] == ' ')
		end--;
	if (*end == '|')
		(*line)++;
	*end = '\0';
	return cell;
}

/* The text in the next pair of backticks, or false. */
static bool next_quoted(const char **at, char out[TEXT_SIZE])
{
	const char *start = strchr(*at, '`');
	const char *end = start ? strchr(start + 1, '`') : NULL;

	if (!end)
		return false;
	copy_text(out, start + 1, (size_t)(end - start - 1));
	*at = end + 1;
	return true;
}

static void read_cell(const char *text, struct cell *cell)
{
	const char *at = text;

	copy_text(cell->effect, text, strcspn(text, ", "));
	cell->next[0] = '\0';
	if (next_quoted(&at, cell->next))
		return;
	if (strcmp(cell->effect, "values") == 0 || strcmp(cell->effect, "rows") == 0)
		copy_text(cell->next, cell->effect, strlen(cell->effect));
	else if (strcmp(cell->effect, "unknown") == 0)
		copy_text(cell->next, "opaque", 6);
}

static size_t read_head(char *line, char classes[CLASSES_MAX][TEXT_SIZE])
{
	size_t count = 0;
	char *text;

	assert_string_equal(next_cell(&line), "change");
	while ((text = next_cell(&line))) {
		assert_true(count < CLASSES_MAX);
		copy_text(classes[count++], text, strlen(text));
	}
	return count;
}

static void visit_row(
	char *line, char classes[CLASSES_MAX][TEXT_SIZE], size_t count, visit_cell *visit)
{
	struct cell cell;
	const char *name = next_cell(&line);

	assert_true(next_quoted(&name, cell.row));
	for (size_t i = 0; i < count; i++) {
		const char *text = next_cell(&line);

		assert_non_null(text);
		copy_text(cell.class, classes[i], strlen(classes[i]));
		read_cell(text, &cell);
		visit(&cell);
	}
}

/* The table of changes and classes. */
static void visit_table(visit_cell *visit)
{
	size_t len;
	char *text = fixture_read_file(DOCUMENT, &len);
	char *rest = strstr(text, "\n| change | IDENTITY |");
	char classes[CLASSES_MAX][TEXT_SIZE];
	size_t count;
	char *line;

	assert_non_null(rest);
	rest++;
	count = read_head(next_line(&rest), classes);
	assert_int_equal(count, 9);
	(void)next_line(&rest);
	while ((line = next_line(&rest)) && line[0] == '|')
		visit_row(line, classes, count, visit);
	free(text);
}

/* ---- the cases ---- */

static json_t *load_impacts(const char *folder)
{
	char path[PATH_SIZE];
	json_t *json;
	json_t *impacts;

	(void)snprintf(path, sizeof(path), CASES "/%s/expected.json", folder);
	json = json_load_file(path, 0, NULL);
	if (!json)
		fail_msg("there is no case %s", path);
	impacts = json_incref(json_object_get(json, "impacts"));
	json_decref(json);
	return impacts;
}

static bool says(const json_t *impact, const char *key, const char *text)
{
	const char *value = json_string_value(json_object_get(impact, key));

	return value && strcmp(value, text) == 0;
}

/* Whether some impact is by a rule and, unless key is NULL, has a value. */
static bool has_rule(
	json_t *impacts, const char *rule, const char *key, const char *value)
{
	json_t *impact;
	size_t i;

	json_array_foreach(impacts, i, impact)
	{
		if (says(impact, "rule", rule) && (!key || says(impact, key, value)))
			return true;
	}
	return false;
}

/* Whether nothing changes at fix_forward. */
static bool is_unaffected(json_t *impacts)
{
	json_t *impact;
	size_t i;

	json_array_foreach(impacts, i, impact)
	{
		if (says(impact, "horizon", "fix_forward") &&
			!says(impact, "effect", "UNAFFECTED"))
			return false;
	}
	return true;
}

/* Whether some case has a rule at a horizon. */
static bool is_in_a_case(const char *rule, const char *horizon)
{
	struct dirent *entry;
	bool found = false;
	DIR *folder = opendir(CASES);

	assert_non_null(folder);
	while (!found && (entry = readdir(folder))) {
		json_t *impacts;

		if (entry->d_name[0] == '.')
			continue;
		impacts = load_impacts(entry->d_name);
		found = has_rule(impacts, rule, "horizon", horizon);
		json_decref(impacts);
	}
	(void)closedir(folder);
	return found;
}

/* ---- tests ---- */

static const char *effect_name(const char *word)
{
	static const struct {
		const char *word;
		const char *name;
	} effects[] = {
		{ "breaks", "BREAKS" },
		{ "rows", "CHANGES_ROWS" },
		{ "values", "CHANGES_VALUES" },
		{ "schema", "CHANGES_SCHEMA" },
		{ "unknown", "UNKNOWN" },
		{ "unaffected", "UNAFFECTED" },
	};

	for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
		if (strcmp(effects[i].word, word) == 0)
			return effects[i].name;
	}
	fail_msg("no effect: %s", word);
	return NULL;
}

/* The effect, and the rule of what takes the result as it is. */
static void assert_case(const struct cell *cell)
{
	char name[2 * TEXT_SIZE + 2];
	char rule[2 * TEXT_SIZE + 2];
	char next[TEXT_SIZE + 16];
	json_t *impacts;

	(void)snprintf(name, sizeof(name), "%s-%s", cell->row, cell->class);
	(void)snprintf(rule, sizeof(rule), "%s/%s", cell->row, cell->class);
	(void)snprintf(next, sizeof(next), "%s/IDENTITY", cell->next);
	impacts = load_impacts(name);
	if (!has_rule(impacts, rule, "effect", effect_name(cell->effect)) ||
		(cell->next[0] ? !has_rule(impacts, next, NULL, NULL)
			       : !is_unaffected(impacts)))
		fail_msg("case %s is not what docs/IMPACT.md says: %s, %s", name,
			cell->effect, cell->next);
	json_decref(impacts);
}

static void each_cell_of_the_table_is_a_case(void **state)
{
	(void)state;
	visit_table(assert_case);
}

/* All rules the document has, in no order. */
static struct {
	char list[RULES_MAX][2 * TEXT_SIZE + 2];
	size_t count;
} rules;

static bool is_documented(const char *rule)
{
	for (size_t i = 0; i < rules.count; i++) {
		if (strcmp(rules.list[i], rule) == 0)
			return true;
	}
	return false;
}

static void add_rule(const char *rule)
{
	if (is_documented(rule))
		return;
	assert_true(rules.count < RULES_MAX);
	(void)snprintf(rules.list[rules.count++], sizeof(rules.list[0]), "%s", rule);
}

static void add_cell(const struct cell *cell)
{
	char rule[2 * TEXT_SIZE + 2];

	(void)snprintf(rule, sizeof(rule), "%s/%s", cell->row, cell->class);
	add_rule(rule);
}

/* The rules in the first cells of a table that begins "| rule | |". */
static void add_listed(char **rest, const char *horizon)
{
	char *line;

	(void)next_line(rest);
	while ((line = next_line(rest)) && line[0] == '|') {
		const char *ids = next_cell(&line);
		char rule[TEXT_SIZE];

		assert_non_null(ids);
		while (next_quoted(&ids, rule)) {
			add_rule(rule);
			if (!is_in_a_case(rule, horizon))
				fail_msg("no case has %s at %s", rule, horizon);
		}
	}
}

static void each_rule_of_the_document_is_in_a_case(void **state)
{
	size_t len;
	char *text = fixture_read_file(DOCUMENT, &len);
	char *rest = text;
	/* Of the tables in their order: the last one is of added columns. */
	static const char *const horizons[] = { "fail_stop", "fix_forward", "fix_forward",
		NULL };
	size_t tables = 0;
	char *line;

	(void)state;
	while ((line = next_line(&rest))) {
		if (strcmp(line, "| rule | |") != 0)
			continue;
		assert_non_null(horizons[tables]);
		add_listed(&rest, horizons[tables++]);
	}
	free(text);
	assert_int_equal(tables, 3);
}

/* Follows the test above, which has read the rules outside of the table. */
static void the_engine_has_the_rules_of_the_document(void **state)
{
	size_t count = 0;

	(void)state;
	visit_table(add_cell);
	for (uint16_t i = 0; impact_rule_text(i); i++) {
		if (strcmp(impact_rule_text(i), "change") == 0)
			continue;
		count++;
		if (!is_documented(impact_rule_text(i)))
			fail_msg("docs/IMPACT.md lacks %s", impact_rule_text(i));
	}
	assert_int_equal(count, rules.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_of_the_table_is_a_case),
		cmocka_unit_test(each_rule_of_the_document_is_in_a_case),
		cmocka_unit_test(the_engine_has_the_rules_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
