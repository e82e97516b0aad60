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
	{ "GET", "/api/v1/namespaces", ROUTE_QUERY, api_mq_namespaces,
		"(Marquez) lists namespaces", false },
	{ "GET", "/api/v1/namespaces/{namespace}", ROUTE_QUERY, api_mq_namespace,
		"(Marquez) one namespace", false },
	{ "GET", "/api/v1/sources", ROUTE_QUERY, api_mq_sources,
		"(Marquez) lists sources", false },
	{ "GET", "/api/v1/sources/{source}", ROUTE_QUERY, api_mq_source,
		"(Marquez) one source", false },
	{ "GET", "/api/v1/namespaces/{namespace}/datasets", ROUTE_QUERY, api_mq_datasets,
		"(Marquez) lists the datasets of a namespace", false },
	{ "GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}", ROUTE_QUERY,
		api_mq_dataset, "(Marquez) one dataset", false },
	{ "GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions",
		ROUTE_QUERY, api_mq_dataset_versions,
		"(Marquez) the versions of a dataset", false },
	{ "GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions/{version}",
		ROUTE_QUERY, api_mq_dataset_version, "(Marquez) one version of a dataset",
		false },
	{ "GET", "/api/v1/jobs", ROUTE_QUERY, api_mq_jobs, "(Marquez) lists jobs",
		false },
	{ "GET", "/api/v1/namespaces/{namespace}/jobs", ROUTE_QUERY, api_mq_jobs,
		"(Marquez) lists the jobs of a namespace", false },
	{ "GET", "/api/v1/namespaces/{namespace}/jobs/{job}", ROUTE_QUERY, api_mq_job,
		"(Marquez) one job", false },
	{ "GET", "/api/v1/namespaces/{namespace}/jobs/{job}/versions", ROUTE_QUERY,
		api_mq_job_versions, "(Marquez) the versions of a job", false },
	{ "GET", "/api/v1/namespaces/{namespace}/jobs/{job}/versions/{version}",
		ROUTE_QUERY, api_mq_job_version, "(Marquez) one version of a job",
		false },
	{ "GET", "/api/v1/namespaces/{namespace}/jobs/{job}/runs", ROUTE_QUERY,
		api_mq_job_runs, "(Marquez) the runs of a job", false },
	{ "GET", "/api/v1/jobs/runs/{runId}", ROUTE_QUERY, api_mq_run,
		"(Marquez) one run", false },
	{ "GET", "/api/v1/jobs/runs/{runId}/facets", ROUTE_QUERY, api_mq_run_facets,
		"(Marquez) the facets of a run, or those that it told of its job",
		false },
	{ "GET", "/api/v1/tags", ROUTE_QUERY, api_mq_tags, "(Marquez) lists tags",
		false },
	{ "GET", "/api/v1/lineage", ROUTE_QUERY, api_mq_lineage,
		"(Marquez) the jobs and datasets around a node", false },
	{ "GET", "/api/v1/column-lineage", ROUTE_QUERY, api_mq_columns,
		"(Marquez) which columns columns come from", false },
	{ "GET", "/api/v1/runlineage/upstream", ROUTE_QUERY, api_mq_upstream,
		"(Marquez) the runs before a run", false },
	{ "GET", "/api/v1/events/lineage", ROUTE_QUERY, api_mq_events,
		"(Marquez) run events by their own time", false },
	{ "GET", "/api/v1/search", ROUTE_QUERY, api_mq_search,
		"(Marquez) datasets and jobs by a part of their name", false },
	{ "GET", "/api/v1/stats/lineage-events", ROUTE_QUERY, api_mq_stats_events,
		"(Marquez) run events by hour or day", false },
	{ "GET", "/api/v1/stats/jobs", ROUTE_QUERY, api_mq_stats_jobs,
		"(Marquez) how many jobs there were", false },
	{ "GET", "/api/v1/stats/datasets", ROUTE_QUERY, api_mq_stats_datasets,
		"(Marquez) how many datasets there were", false },
	{ "GET", "/api/v1/stats/sources", ROUTE_QUERY, api_mq_stats_sources,
		"(Marquez) how many sources there were", false },
	{ "GET", "/api/v2beta/search/jobs", ROUTE_QUERY, api_mq_search_jobs,
		"(Marquez) jobs by phrases in what is known of them", false },
	{ "GET", "/api/v2beta/search/datasets", ROUTE_QUERY, api_mq_search_datasets,
		"(Marquez) datasets by phrases in what is known of them", false },
	{ "PUT", "/api/v1/namespaces/{namespace}", ROUTE_WRITE, api_mq_namespace_put,
		"(Marquez) tells of a namespace", false },
	{ "DELETE", "/api/v1/namespaces/{namespace}", ROUTE_WRITE, api_mq_namespace_hide,
		"(Marquez) hides a namespace and what is in it", false },
	{ "PUT", "/api/v1/sources/{source}", ROUTE_WRITE, api_mq_source_put,
		"(Marquez) tells of a source", false },
	{ "PUT", "/api/v1/tags/{tag}", ROUTE_WRITE, api_mq_tag_put,
		"(Marquez) tells of a tag", false },
	{ "PUT", "/api/v1/namespaces/{namespace}/datasets/{dataset}", ROUTE_WRITE,
		api_mq_dataset_put, "(Marquez) tells of a dataset", false },
	{ "DELETE", "/api/v1/namespaces/{namespace}/datasets/{dataset}", ROUTE_WRITE,
		api_mq_dataset_hide, "(Marquez) hides a dataset", false },
	{ "POST", "/api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}",
		ROUTE_WRITE, api_mq_dataset_tag, "(Marquez) gives a dataset a tag",
		false },
	{ "DELETE", "/api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}",
		ROUTE_WRITE, api_mq_dataset_untag, "(Marquez) takes a tag from a dataset",
		false },
	{ "POST",
		"/api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/"
		"{tag}",
		ROUTE_WRITE, api_mq_field_tag, "(Marquez) gives a field a tag", false },
	{ "DELETE",
		"/api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/"
		"{tag}",
		ROUTE_WRITE, api_mq_field_untag, "(Marquez) takes a tag from a field",
		false },
	{ "PUT", "/api/v1/namespaces/{namespace}/jobs/{job}", ROUTE_WRITE, api_mq_job_put,
		"(Marquez) tells of a job", false },
	{ "DELETE", "/api/v1/namespaces/{namespace}/jobs/{job}", ROUTE_WRITE,
		api_mq_job_hide, "(Marquez) hides a job", false },
	{ "POST", "/api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}", ROUTE_WRITE,
		api_mq_job_tag, "(Marquez) gives a job a tag", false },
	{ "DELETE", "/api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}", ROUTE_WRITE,
		api_mq_job_untag, "(Marquez) takes a tag from a job", false },
	{ "POST", "/api/v1/namespaces/{namespace}/jobs/{job}/runs", ROUTE_WRITE,
		api_mq_run_post, "(Marquez) makes a run that has not begun", false },
	{ "POST", "/api/v1/jobs/runs/{runId}/start", ROUTE_WRITE, api_mq_run_start,
		"(Marquez) a run begins", false },
	{ "POST", "/api/v1/jobs/runs/{runId}/complete", ROUTE_WRITE, api_mq_run_complete,
		"(Marquez) a run is complete", false },
	{ "POST", "/api/v1/jobs/runs/{runId}/fail", ROUTE_WRITE, api_mq_run_fail,
		"(Marquez) a run failed", false },
	{ "POST", "/api/v1/jobs/runs/{runId}/abort", ROUTE_WRITE, api_mq_run_abort,
		"(Marquez) a run was ended", false },
	{ "GET", "/livez", ROUTE_INLINE, api_livez, "the process runs", false },
	{ "GET", "/readyz", ROUTE_INLINE, api_readyz,
		"the process takes events and questions", false },
	{ "GET", "/version", ROUTE_INLINE, api_version, "what is running, and since when",
		false },
	{ "GET", "/metrics", ROUTE_INLINE, api_metrics, "numbers for Prometheus", false },
	{ "GET", "/api", ROUTE_INLINE, api_index,
		"this table, where a web UI has the root", false },
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
