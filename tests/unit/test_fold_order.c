/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_order.c - any order and any number of deliveries
 *
 * Random events are told, shuffled and repeated, to fresh graphs: all of them
 * must end up the same, and each in step with its own timelines and image.
 */
#include "graph/adjacency.h"
#include "graph/flow.h"
#include "graph/timeline.h"
#include "tests/unit/graph_fixture.h"

#define ROUNDS	       20
#define EVENTS_MAX     256
#define LINE_MAX_BYTES 256

struct script {
	char lines[EVENTS_MAX][LINE_MAX_BYTES];
	size_t count;
};

#define PICK(list, seed) ((list)[(size_t)rand_r(seed) % ARRAY_LEN(list)])

static const char *random_names(unsigned *seed)
{
	static const char *const lists[] = {
		"-",
		"a",
		"b",
		"a,b",
		"b,c",
		"a[s=1]",
		"a[s=2],b",
		"c[s!]",
		"d,e,f",
		"a[s=1][t=1],a[s=2]",
		"c[columnLineage=a.x>*.y:IDENTITY]",
		"c[columnLineage=b>*:JOIN;a.x>*.y:SORT],b",
		"b[columnLineage=*>*.x;z.q>*.x],c[columnLineage=?]",
		"b[columnLineage=a.x>*.x],c[columnLineage!]",
		"d[lifecycleStateChange=DROP]",
		"e[lifecycleStateChange=RENAME:d]",
		"a[symlinks=p],p[symlinks=d;b]",
		"d[symlinks=b],b[tags=x.pii;~]",
		"a[schema=x:int;y],b[ownership=me]",
		"a[schema=?],b[ownership=you;me]",
	};

	return PICK(lists, seed);
}

static const char *random_job(unsigned *seed)
{
	static const char *const jobs[] = {
		"J",
		"K",
		"unknown",
		"J[d=1]",
		"J[d=2]",
		"J[jobType=S:snapshot]",
		"unknown[jobType=S:snapshot]",
		"J[lineage=a>c]",
		"K[lineage=a.x>b.y;#J>c;*>d.z;*>b]",
		"J[lineage=b.x>c.y;#K>*;a>#K]",
		"J[lineage!]",
		"K[lineage=?]",
		"J[lineage=a>c][jobType=S:snapshot]",
		"K[tags=t:1]",
	};

	return PICK(jobs, seed);
}

static const char *random_dataset(unsigned *seed)
{
	static const char *const datasets[] = {
		"a[s=1]",
		"a[s=2]",
		"a[symlinks=b;p]",
		"d[symlinks=b]",
		"d[symlinks!]",
		"b[tags=pii;x.pii]",
		"b[tags=level:2][ownership=me;you]",
		"c[lineage=a>*;b.x>*.y]",
		"c[lineage=#K>*]",
		"c[lineage!]",
		"c[columnLineage=a.x>*.z]",
		"c[columnLineage!]",
		"c[lineage!][columnLineage=a.x>*.z]",
		"p[symlinks=d]",
		"b[lifecycleStateChange=RENAME:e]",
	};

	return PICK(datasets, seed);
}

static const char *random_parent(unsigned *seed)
{
	static const char *const parents[] = {
		"",
		"",
		"",
		"^R7:K",
		"^R9:P^R8:K",
		"^R1:J",
		"^R2:unknown^R1:J",
		"[jobDependencies=<K;>L]",
	};

	return PICK(parents, seed);
}

static const char *random_note(unsigned *seed)
{
	static const char *const notes[] = {
		"tag pii = x",
		"tag pii = y",
		"tag pii = ",
		"tag pii,a = x",
		"tags pii = x",
	};

	return PICK(notes, seed);
}

static void write_line(char *line, unsigned *seed)
{
	const char *in = random_names(seed);
	const char *out = random_names(seed);
	const char *job = random_job(seed);
	int time = rand_r(seed) % 30;
	int kind = rand_r(seed) % 10;

	if (kind == 0)
		(void)snprintf(
			line, LINE_MAX_BYTES, "job %d %s %s > %s", time, job, in, out);
	else if (kind == 1)
		(void)snprintf(line, LINE_MAX_BYTES, "dataset %d %s", time,
			random_dataset(seed));
	else if (kind == 2)
		(void)snprintf(
			line, LINE_MAX_BYTES, "note %d %s", time, random_note(seed));
	else
		(void)snprintf(line, LINE_MAX_BYTES, "run R%d%s %s %d %s %s > %s",
			rand_r(seed) % 8, random_parent(seed),
			event_type_text((enum event_type)(rand_r(seed) % 6)), time, job,
			in, out);
}

/* The same words at another time: what the memo is for. */
static void write_again(char *line, const char *words, unsigned *seed)
{
	bool run = strncmp(words, "run ", 4) == 0;
	const char *time = strchr(words, ' ') + 1;

	for (int skip = run ? 2 : 0; skip; skip--)
		time = strchr(time, ' ') + 1;
	(void)snprintf(line, LINE_MAX_BYTES, "%.*s%d%s", (int)(time - words), words,
		rand_r(seed) % 30, strchr(time, ' '));
}

static void write_script(struct script *script, unsigned *seed, size_t count)
{
	script->count = count;
	for (size_t i = 0; i < count; i++)
		if (i && rand_r(seed) % 3 == 0)
			write_again(script->lines[i],
				script->lines[(size_t)rand_r(seed) % i], seed);
		else
			write_line(script->lines[i], seed);
}

static void shuffle(struct script *script, unsigned *seed)
{
	for (size_t i = script->count; i > 1; i--) {
		size_t j = (size_t)rand_r(seed) % i;
		char line[LINE_MAX_BYTES];

		memcpy(line, script->lines[i - 1], sizeof(line));
		memcpy(script->lines[i - 1], script->lines[j], sizeof(line));
		memcpy(script->lines[j], line, sizeof(line));
	}
}

static void tell_script(struct world *w, const struct script *script, unsigned *seed)
{
	for (size_t i = 0; i < script->count; i++) {
		tell(w, script->lines[i]);
		if (rand_r(seed) % 4 == 0)
			tell(w, script->lines[(size_t)rand_r(seed) % (i + 1)]);
		if (rand_r(seed) % 16 == 0)
			assert_int_equal(graph_publish(w->graph), 0);
	}
}

static void assert_image_edges(
	const struct snapshot *s, node_id id, enum direction direction)
{
	const struct image_edges *e = &image_node(s->image, id)->edges[direction];

	for (uint32_t i = 0; i < e->total; i++) {
		struct edge edge;

		assert_int_equal(
			adjacency_get(s->txn, id, direction, e->peers[i], &edge), 0);
		assert_int_equal(edge.flags, e->flags[i]);
		assert_int_equal((edge.flags & EDGE_NOW) != 0, i < e->now);
	}
}

static int count_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	size_t *count = ctx;

	(void)node;
	(void)direction;
	(void)edge;
	++*count;
	return 0;
}

static void assert_image_is_store(struct world *w)
{
	const struct snapshot *s = see(w);
	size_t stored = 0;
	size_t held = 0;

	for (node_id id = 1; id <= image_last(s->image); id++) {
		const struct image_node *node = image_node(s->image, id);

		assert_image_edges(s, id, UPSTREAM);
		assert_image_edges(s, id, DOWNSTREAM);
		held += node->edges[0].total + node->edges[1].total;
	}
	assert_int_equal(adjacency_all(s->txn, count_edge, &stored), 0);
	assert_int_equal(held, stored);
}

/* One lane of one owner: what stands, and how many segments hold each edge. */
struct lane_check {
	struct store_txn *txn;
	node_id owner;
	enum evidence lane;
	bool reads; /* it is a job: it has inputs and outputs */
	struct ioset set;
	size_t standing;
	size_t segments;
};

static int check_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct lane_check *check = ctx;
	bool declared = check->lane == EVIDENCE_DECLARED;
	uint32_t now = declared ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW;
	uint32_t ever = declared ? EDGE_DECLARED_EVER : EDGE_OBSERVED_EVER;

	(void)node;
	(void)direction;
	check->standing += (edge->flags & now) != 0;
	check->segments += edge->segments[check->lane];
	assert_int_equal((edge->flags & ever) != 0, edge->segments[check->lane] != 0);
	return 0;
}

static void check_side(struct lane_check *check, enum direction direction,
	const node_id *ids, size_t count)
{
	bool declared = check->lane == EVIDENCE_DECLARED;
	struct edge edge;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(
			adjacency_get(check->txn, check->owner, direction, ids[i], &edge),
			0);
		assert_true(
			edge.flags & (declared ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW));
	}
	assert_int_equal(
		adjacency_each(check->txn, check->owner, direction, check_edge, check),
		0);
}

/* The next pair of a set: its forms are neighbours. */
static size_t skip_pair(const struct ioset *set, size_t at)
{
	const struct flow *flows = set->flows;
	size_t next = at + 1;

	while (next < set->flow_count && flows[next].target == flows[at].target &&
		flows[next].source == flows[at].source)
		next++;
	return next;
}

static size_t count_pairs(const struct ioset *set)
{
	size_t pairs = 0;

	for (size_t i = 0; i < set->flow_count; i = skip_pair(set, i))
		pairs++;
	return pairs;
}

static void check_flows(struct lane_check *check)
{
	const struct ioset *set = &check->set;

	for (size_t i = 0; i < set->flow_count; i = skip_pair(set, i)) {
		const struct flow *flow = &set->flows[i];
		struct flow_row row = { .target = flow->target,
			.source = flow->source,
			.owner = check->owner,
			.lane = check->lane };

		assert_int_equal(flow_get(check->txn, &row), 0);
		assert_int_equal(row.now, ioset_flow(set, flow->target, flow->source));
		assert_int_equal(row.implied, flow->implied);
	}
}

static int check_row(void *ctx, const struct flow_row *row)
{
	struct lane_check *check = ctx;
	struct edge edge;
	uint32_t flags;

	if (row->owner != check->owner || row->lane != check->lane)
		return 0;
	check->standing += row->now != 0;
	check->segments += row->segments;
	assert_true(row->segments > 0);
	assert_int_equal(flow_flags(check->txn, row->target, row->source, &flags), 0);
	assert_int_equal(
		adjacency_get(check->txn, row->source, DOWNSTREAM, row->target, &edge),
		0);
	assert_int_equal(edge.flags & flags, flags);
	assert_int_equal(
		adjacency_get(check->txn, row->target, UPSTREAM, row->source, &edge), 0);
	assert_int_equal(edge.flags & flags, flags);
	return 0;
}

static size_t size_of(struct lane_check *check, struct world *w, ioset_id io)
{
	struct ioset set;

	assert_int_equal(ioset_get(check->txn, io, w->arena, &set), 0);
	return set.input_count + set.output_count + count_pairs(&set);
}

static void assert_lane(struct world *w, struct lane_check *check)
{
	const struct timeline_question now = { check->owner, check->lane, TIME_OPEN,
		TIME_OPEN };
	const struct ioset *set = &check->set;
	struct run_position at = run_position_first;
	struct segment segment;
	size_t held = 0;

	assert_int_equal(timeline_held(check->txn, &now, NULL, w->arena, &check->set), 0);
	if (check->reads) {
		check_side(check, UPSTREAM, set->inputs, set->input_count);
		check_side(check, DOWNSTREAM, set->outputs, set->output_count);
	}
	check_flows(check);
	assert_int_equal(flow_all(check->txn, check_row, check), 0);
	assert_int_equal(
		check->standing, set->input_count + set->output_count + count_pairs(set));
	while (segment_next(check->txn, check->owner, check->lane, &at, &segment) == 0) {
		held += size_of(check, w, segment.io);
		at = segment.first;
	}
	assert_int_equal(check->segments, held);
}

static bool leaves_open(const struct ioset *set, node_id output)
{
	for (size_t i = 0; i < set->output_count; i++)
		if (set->outputs[i] == output)
			return !set->covers || !set->covers[i];
	return false;
}

/* An output is covered when neither lane that has it leaves it open. */
static int check_cover(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	const struct lane_check *lanes = ctx;
	bool covered = edge->flags & EDGE_IO_NOW;

	(void)node;
	(void)direction;
	for (int i = EVIDENCE_OBSERVED; i <= EVIDENCE_DECLARED; i++)
		covered = covered && !leaves_open(&lanes[i].set, edge->peer);
	assert_int_equal((edge->flags & EDGE_COVERED) != 0, covered);
	return 0;
}

static void assert_edges_follow_timelines(struct world *w)
{
	const struct snapshot *s = see(w);

	for (node_id id = 1; id <= image_last(s->image); id++) {
		enum node_kind kind = image_node(s->image, id)->kind;
		struct lane_check lanes[EVIDENCE_COUNT];

		if (kind != NODE_JOB && kind != NODE_DATASET)
			continue;
		arena_reset(w->arena);
		for (int i = 0; i < EVIDENCE_COUNT; i++) {
			lanes[i] = (struct lane_check){
				.txn = s->txn,
				.owner = id,
				.lane = (enum evidence)i,
				.reads = kind == NODE_JOB && i != EVIDENCE_INFERRED,
			};
			assert_lane(w, &lanes[i]);
		}
		if (kind == NODE_JOB)
			assert_int_equal(adjacency_each(s->txn, id, DOWNSTREAM,
						 check_cover, lanes),
				0);
	}
}

static void restart(struct world *w)
{
	world_close(w);
	tempdir_remove(&w->dir);
	world_open(w);
}

/* What the image has of a node besides its edges. */
struct attributes {
	node_id parent;
	node_id canonical;
};

static struct attributes *attributes_of(struct world *w)
{
	const struct snapshot *s = see(w);
	node_id last = image_last(s->image);
	struct attributes *list = calloc((size_t)last + 1, sizeof(*list));

	assert_non_null(list);
	for (node_id id = 1; id <= last; id++)
		list[id] = (struct attributes){
			image_node(s->image, id)->parent,
			image_canonical(s->image, id),
		};
	return list;
}

static void assert_image_is_the_same_after_opening(struct world *w)
{
	struct attributes *before = attributes_of(w);
	struct attributes *after;
	size_t size = image_last(w->snapshot.image) * sizeof(*before);

	world_close(w);
	world_open(w);
	after = attributes_of(w);
	assert_memory_equal(before + 1, after + 1, size);
	assert_image_is_store(w);
	free(before);
	free(after);
}

static void assert_log_gives_the_same(struct world *w, const char *first)
{
	char path[PATH_MAX + 8];

	world_close(w);
	(void)snprintf(path, sizeof(path), "%s/graph", w->dir.path);
	tempdir_remove_path(path);
	world_open(w);
	assert_string_equal(dump(w), first);
}

static void any_order_and_any_repetition_gives_the_same_graph(void **state)
{
	struct world *w = *state;
	struct script *script = calloc(1, sizeof(*script));
	unsigned seed = 20260101;

	assert_non_null(script);
	for (int round = 0; round < ROUNDS; round++) {
		char *first;

		write_script(script, &seed, 10 + (size_t)rand_r(&seed) % 60);
		restart(w);
		tell_script(w, script, &seed);
		first = strdup(dump(w));
		assert_image_is_the_same_after_opening(w);
		assert_log_gives_the_same(w, first);
		for (int i = 0; i < 2; i++) {
			shuffle(script, &seed);
			restart(w);
			tell_script(w, script, &seed);
			assert_string_equal(dump(w), first);
			assert_image_is_store(w);
			assert_edges_follow_timelines(w);
		}
		free(first);
	}
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(any_order_and_any_repetition_gives_the_same_graph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
