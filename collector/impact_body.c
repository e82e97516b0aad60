/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_body.c - the body of a question about impact, out of files and options
 */

#include "collector/impact_body.h"

#include "api/json_auto.h"
#include "collector/dbt_manifest.h"
#include "collector/document.h"
#include "collector/odcs.h"

static const char needs[] = "needs one NODE with --op, or one of --ask, --contract, and "
			    "--dbt-before with --dbt-after";

/* One thing has to be asked, in one way. */
static int check_ways(const struct settings *settings, struct fault *fault)
{
	bool dbt = settings->dbt_before && settings->dbt_after;
	int ways = (settings->argument_count == 1) + (settings->question != NULL) +
		   (settings->contract != NULL) + dbt;

	if (ways != 1 || settings->argument_count > 1 ||
		(!settings->op) != (settings->argument_count == 0))
		return fault_set(fault, "impact", "%s", needs);
	if (!dbt && (settings->dbt_before || settings->dbt_after))
		return fault_set(fault, "impact", "%s", needs);
	if (dbt && !settings->namespace)
		return fault_set(fault, "--namespace",
			"is needed: a manifest does not tell where its datasets are");
	return 0;
}

/* Only a body can have waivers, so with some one change is told in a body too. */
static int read_change(const struct settings *settings, json_t **out)
{
	if (!settings->waivers)
		return 0;
	*out = json_pack("{s:[{s:s, s:s, s:s*, s:s*, s:s*}]}", "changes", "op",
		settings->op, "node", settings->arguments[0], "column", settings->field,
		"to", settings->new_name, "type", settings->new_type);
	return *out ? 0 : ERR_NOMEM;
}

static int read_question(
	const struct settings *settings, json_t **out, struct fault *fault)
{
	AUTO(json) json_t *question = NULL;
	int r = document_read(settings->question, &question, fault);

	if (r)
		return r;
	if (!json_is_object(question))
		return fault_set(fault, "--ask", "must be an object");
	*out = TAKE(question);
	return 0;
}

static int read_contract(
	const struct settings *settings, json_t **out, json_t *notes, struct fault *fault)
{
	const struct odcs_naming naming = {
		.server = settings->server,
		.namespace = settings->namespace,
		.dataset = settings->dataset,
	};
	AUTO(json) json_t *contract = NULL;
	AUTO(json) json_t *proposed = json_array();
	int r = document_read(settings->contract, &contract, fault);

	if (r)
		return r;
	if (!proposed)
		return ERR_NOMEM;
	r = odcs_read(contract, &naming, proposed, notes, fault);
	if (r)
		return r;
	*out = json_pack("{s:O}", "proposed", proposed);
	return *out ? 0 : ERR_NOMEM;
}

static int read_manifests(
	const struct settings *settings, struct impact_body *out, struct fault *fault)
{
	AUTO(json) json_t *before = NULL;
	AUTO(json) json_t *after = NULL;
	AUTO(json) json_t *changes = json_array();
	struct dbt_manifests manifests = { .namespace = settings->namespace };
	struct dbt_told told = { .changes = changes, .notes = out->notes };
	int r = changes ? document_read_json(settings->dbt_before, &before, fault)
			: ERR_NOMEM;

	if (!r)
		r = document_read_json(settings->dbt_after, &after, fault);
	if (r)
		return r;
	manifests.before = before;
	manifests.after = after;
	r = dbt_changes(&manifests, &told, fault);
	if (r)
		return r;
	out->untold = told.unchecked;
	out->json = json_pack("{s:O}", "changes", changes);
	return out->json ? 0 : ERR_NOMEM;
}

static int add_waivers(const struct settings *settings, json_t *body, struct fault *fault)
{
	AUTO(json) json_t *waivers = NULL;
	int r = document_read(settings->waivers, &waivers, fault);

	if (r)
		return r;
	if (!json_is_array(waivers))
		return fault_set(fault, "--waivers", "must be a list of waivers");
	if (json_object_get(body, "waivers"))
		return fault_set(fault, "--waivers", "the question has waivers already");
	return json_object_set(body, "waivers", waivers) ? ERR_NOMEM : 0;
}

static int read_body(
	const struct settings *settings, struct impact_body *out, struct fault *fault)
{
	if (settings->question)
		return read_question(settings, &out->json, fault);
	if (settings->contract)
		return read_contract(settings, &out->json, out->notes, fault);
	if (settings->dbt_before)
		return read_manifests(settings, out, fault);
	return read_change(settings, &out->json);
}

int impact_body_read(
	const struct settings *settings, struct impact_body *out, struct fault *fault)
{
	int r = check_ways(settings, fault);

	if (!r)
		r = read_body(settings, out, fault);
	return r || !settings->waivers ? r : add_waivers(settings, out->json, fault);
}
