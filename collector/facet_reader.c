/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/facet_reader.h"

#include "collector/facet_parts.h"

const struct facet_reader facet_reader_json = {
	.columns = facet_read_columns,
	.job_lineage = facet_read_job_lineage,
	.dataset_lineage = facet_read_dataset_lineage,
	.symlinks = facet_read_symlinks,
	.lifecycle = facet_read_lifecycle,
	.owners = facet_read_owners,
	.tags = facet_read_tags,
	.schema = facet_read_schema,
	.planned = facet_read_planned,
	.job_type = facet_read_job_type,
	.temporary = facet_read_temporary,
	.dependencies = facet_read_dependencies,
	.checks = facet_read_checks,
};
