/* SPDX-License-Identifier: Apache-2.0 */

/*
 * routes.c - the table of routes, and the page that prints it
 *
 * The route of every event stands first: the table is searched from the top.
 * A row here has its section in docs/API.md and its path in docs/openapi.yaml;
 * a test holds the three together.
 */
#include "api/handlers.h"
#include "api/health.h"

const struct route api_routes[] = {
	{ "POST", "/api/v1/lineage", ROUTE_EVENT, NULL,
		"takes one OpenLineage event, or an array of them", false },
	{ "POST", "/api/v1/lineage/batch", ROUTE_BATCH, NULL,
		"takes an array of events and says which were refused", false },
	{ "GET", "/api/v2/lineage", ROUTE_QUERY, api_lineage,
		"what is upstream and downstream of a node", true },
	{ "GET", "/api/v2/paths", ROUTE_QUERY, api_paths, "ways from one node to another",
		true },
	{ "GET", "/api/v2/diff", ROUTE_QUERY, api_diff,
		"what changed in a lineage between two times", true },
	{ "GET", "/api/v2/explain", ROUTE_QUERY, api_explain,
		"who says that there is an edge, or why there is none", false },
	{ "GET", "/api/v2/schema", ROUTE_QUERY, api_schema,
		"every schema that a dataset had", false },
	{ "GET", "/api/v2/columns", ROUTE_QUERY, api_columns,
		"the columns of a dataset, and who reads them", false },
	{ "GET", "/api/v2/impact", ROUTE_QUERY, api_impact,
		"what a change of a schema breaks, and what it changes silently", false },
	{ "POST", "/api/v2/impact", ROUTE_QUERY, api_impact,
		"the same of several changes, or of a proposed schema", false },
	{ "GET", "/api/v2/exposure", ROUTE_QUERY, api_exposure,
		"where the values of tagged columns can be read", false },
	{ "GET", "/api/v2/changes", ROUTE_QUERY, api_changes,
		"the planned changes, and whether they are safe by now", false },
	{ "GET", "/api/v2/changes/{id}", ROUTE_QUERY, api_change,
		"one planned change, and who still reads what goes", false },
	{ "PUT", "/api/v2/changes/{id}", ROUTE_WRITE, api_change_put,
		"registers a planned change, or replaces it", false },
	{ "DELETE", "/api/v2/changes/{id}", ROUTE_WRITE, api_change_end,
		"ends a planned change", false },
	{ "GET", "/api/v2/selection", ROUTE_QUERY, api_selection,
		"the nodes that a selector means, with owners and tags", false },
	{ "GET", "/api/v2/nodes", ROUTE_QUERY, api_nodes,
		"lists datasets, jobs and fields", false },
	{ "GET", "/api/v2/node", ROUTE_QUERY, api_node,
		"one node with its facets, neighbours and last run", false },
	{ "GET", "/api/v2/namespaces", ROUTE_QUERY, api_namespaces, "lists namespaces",
		false },
	{ "GET", "/api/v2/search", ROUTE_QUERY, api_search,
		"finds datasets and jobs as you type", false },
	{ "GET", "/api/v2/runs", ROUTE_QUERY, api_runs, "lists runs, newest first",
		false },
	{ "GET", "/api/v2/runs/{runId}", ROUTE_QUERY, api_run,
		"one run with its facets, inputs and outputs", false },
	{ "GET", "/api/v2/events", ROUTE_QUERY, api_events,
		"the events as they were received", false },
	{ "GET", "/api/v2/events/{sequence}", ROUTE_QUERY, api_event,
		"one event, byte for byte", false },
	{ "GET", "/livez", ROUTE_INLINE, api_livez, "the process runs", false },
	{ "GET", "/readyz", ROUTE_INLINE, api_readyz,
		"the process takes events and questions", false },
	{ "GET", "/version", ROUTE_INLINE, api_version, "what is running, and since when",
		false },
	{ "GET", "/metrics", ROUTE_INLINE, api_metrics, "numbers for Prometheus", false },
	{ "GET", "/", ROUTE_INLINE, api_index, "this table, as JSON", false },
	{ NULL, NULL, 0, NULL, NULL, false },
};

static void write_route(struct jsonw *w, const struct route *route)
{
	jsonw_object(w);
	jsonw_key(w, "method");
	jsonw_text(w, route->method);
	jsonw_key(w, "path");
	jsonw_text(w, route->pattern);
	jsonw_key(w, "summary");
	jsonw_text(w, route->summary);
	jsonw_object_end(w);
}

int api_index(struct call *call, struct reply *reply)
{
	struct jsonw w;

	answer_json(&w, reply);
	jsonw_key(&w, "name");
	jsonw_text(&w, "headwater");
	jsonw_key(&w, "version");
	jsonw_text(&w, call->state->version);
	jsonw_key(&w, "documentation");
	jsonw_text(&w, "docs/API.md");
	jsonw_key(&w, "routes");
	jsonw_array(&w);
	for (const struct route *route = api_routes; route->method; route++)
		write_route(&w, route);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return 0;
}
