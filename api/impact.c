/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact.c - GET and POST /api/v2/impact: what a change of a schema does
 */
#include "api/handlers.h"
#include "api/impact_report.h"

#include <stdio.h>

/* In the order of enum impact_format. */
static impact_render *const renders[] = {
	[IMPACT_JSON] = impact_render_json,
	[IMPACT_CSV] = impact_render_csv,
	[IMPACT_MARKDOWN] = impact_render_markdown,
	[IMPACT_MERMAID] = impact_render_mermaid,
	[IMPACT_SARIF] = impact_render_sarif,
	[IMPACT_JUNIT] = impact_render_junit,
};

/* What a program needs to know of the answer, whatever its format. */
static void tell_outcome(const struct impact_report *report, struct reply *reply)
{
	(void)snprintf(reply->outcome, sizeof(reply->outcome),
		"verdict=%s; coverage=%.3f; complete=%s; impacts=%llu",
		impact_verdict_text(report->verdict), report->resolved,
		report->cut == CUT_NONE ? "true" : "false",
		(unsigned long long)report->counts.total);
}

int api_impact(struct call *call, struct reply *reply)
{
	struct impact_question question;
	struct impact_report report;
	int r;

	reply->ask_less = "`horizons`, `direction` or `exclude`, or in json with `limit`";
	r = impact_question_read(call, reply, &question);
	if (!r)
		r = impact_report_make(call, &question, reply, &report);
	if (r)
		return r < 0 ? r : 0;
	r = renders[question.format](call, &report, reply);
	if (!r && reply->status == 200)
		tell_outcome(&report, reply);
	impact_report_end(call, &report);
	return r;
}
