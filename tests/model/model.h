/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model.h - docs/SEMANTICS.md once more, slow and obvious
 *
 * A second reading of the rules that shares no code with the engine: it keeps
 * all events in a list and makes everything afresh from it.  Where it and the
 * engine disagree, one of them misread the document, or the document is not
 * clear.  Only words come from the engine's contracts: the names of kinds,
 * classes, levels and lanes.
 *
 *	struct model *m = model_new();
 *
 *	model_add(m, text, received_us);	as often as wanted, in any order
 *	model_build(m);
 *	model_view_make(m, &asked, &view);
 *	...
 *	model_free(m);
 *
 * Lists have a fixed size; a test that needs more stops with an assertion.
 * Names must not hold NUL.  Events are as json_dumps() writes them with
 * JSON_COMPACT, so that a facet's bytes can be made again from its value.
 */
#pragma once

#include "base/runid.h"
#include "graph/flow.h"
#include "graph/label.h"
#include "graph/lineage.h"

#include <jansson.h>

#define MODEL_EVENTS 64
#define MODEL_NODES  256
#define MODEL_IO     32
#define MODEL_FLOWS  192
#define MODEL_PLACES 160
#define MODEL_FACETS 512
#define MODEL_EDGES  1024
#define MODEL_LABELS 512

struct model_node {
	enum node_kind kind;
	const char *namespace; /* of a field: its dataset's */
	const char *name;
	const char *field; /* NODE_FIELD, else "" */
	int dataset;	   /* of a field and a whole; else itself */
};

struct model_flow {
	int target;
	int source;
	unsigned classes; /* with one form, or several where sets are united */
	bool implied;
};

/* What one event says, or several together. */
struct model_set {
	int inputs[MODEL_IO];
	size_t input_count;
	int outputs[MODEL_IO];
	unsigned covers[MODEL_IO]; /* enum cover of the contracts, 0: open */
	size_t output_count;
	struct model_flow flows[MODEL_FLOWS];
	size_t flow_count;
	bool stated; /* has a place although it may be empty */
};

struct model_event {
	json_t *json;
	const char *text;
	uint64_t hash;
	int64_t time_us;
	enum event_kind kind;
	enum event_type type;
	struct runid run;
	int job; /* -1: a dataset event, or a note */
	int dataset;
	bool snapshot;
	struct model_set set;
};

/* Who started a run, as one of its events says. */
struct model_ancestors {
	int parent; /* the job; -1: not told */
	int root;   /* the same */
	struct runid parent_run;
	struct runid root_run;
	int64_t time_us;
};

struct model_run {
	struct runid id;
	int job;
	bool own; /* it sent events itself */
	enum event_type state;
	int64_t start_us;
	int64_t first_us;
	int64_t last_us;
	int64_t end_us; /* INT64_MAX: none */
	struct model_ancestors told;
	struct model_set set;
};

/* A place in a lane of an owner's timeline. */
struct model_place {
	int owner;
	enum evidence lane;
	int64_t start_us;
	struct runid run;
	int64_t settled_us; /* INT64_MAX: never */
	struct model_set set;
};

struct model_facet {
	int node;
	const char *name;
	int64_t time_us;
	uint64_t hash; /* of its bytes; 0: deleted */
	json_t *json;  /* borrowed from the event */
};

/* A content that a facet had at some time. */
struct model_past {
	int node;
	const char *name;
	uint64_t hash; /* 0: deleted */
	int64_t first_us;
	int64_t last_us;
};

struct model_life {
	int64_t written_us; /* INT64_MIN: never */
	int64_t dropped_us;
};

struct model_label {
	enum label_kind kind;
	const char *text;
	int node;
};

/* A note that stands, or was taken back. */
struct model_note {
	json_t *json; /* the member of the event, borrowed */
	int64_t time_us;
	uint64_t hash; /* of its content; 0: taken back */
};

struct model {
	struct model_event events[MODEL_EVENTS];
	size_t event_count;
	struct model_node nodes[MODEL_NODES];
	size_t node_count;
	struct model_run runs[MODEL_EVENTS * 3];
	size_t run_count;
	struct model_place places[MODEL_PLACES];
	size_t place_count;
	struct model_facet facets[MODEL_FACETS]; /* those that stand, and deletions */
	size_t facet_count;
	struct model_past pasts[MODEL_FACETS]; /* of facets with a history */
	size_t past_count;
	struct model_life lives[MODEL_NODES];
	int claimed_by[MODEL_NODES];		     /* -1: nobody has this name */
	int canonical[MODEL_NODES];		     /* the node that stands for it */
	struct model_ancestors parents[MODEL_NODES]; /* of jobs */
	struct model_label labels[MODEL_LABELS];
	size_t label_count;
	struct model_note notes[MODEL_EVENTS];
	size_t note_count;
	struct arena *arena;
};

struct model *model_new(void);
void model_free(struct model *model);
DEFINE_AUTO(model, struct model *, model_free);

/* The bytes of one event; the same ones twice count once. */
void model_add(struct model *model, const char *text, int64_t received_us);

/* Makes all of the above from the events. */
void model_build(struct model *model);

/* What is asked: a time, and whose word counts. */
struct model_asked {
	enum lineage_time time;
	int64_t from_us; /* as of; or a window's ends */
	int64_t to_us;
	bool lanes[EVIDENCE_COUNT];
};

/* What the sets of one lane say of an output. */
struct model_cover {
	bool open;	   /* one of them leaves it open */
	bool settled;	   /* a completed run has it ... */
	bool settled_open; /* ... and leaves it open */
};

struct model_edge {
	int from; /* as they were told, not canonical */
	int to;
	bool told[EVIDENCE_COUNT]; /* as an input or output */
	bool flow[EVIDENCE_COUNT];
	struct model_cover covers[EVIDENCE_COUNT];
	bool covered; /* of these */
	bool implied;
	unsigned classes;
};

/* Everything that stands then. */
struct model_view {
	struct model_edge edges[MODEL_EDGES];
	size_t edge_count;
};

void model_view_make(const struct model *model, const struct model_asked *asked,
	struct model_view *out);

struct model_walk {
	int root;
	enum lineage_level level;
	bool precise;
	enum direction direction;
};

/*
 * Whether an edge leads from one canonical node to another at this level.  The
 * root counts when it is of a kind that the level hides: it is shown then.
 */
struct model_hops {
	bool leads[MODEL_NODES][MODEL_NODES];
};
void model_hops(const struct model *model, const struct model_view *view,
	const struct model_walk *walk, struct model_hops *out);

/* depth[i]: of canonical node i, -1 when it is not reached. */
void model_walk(const struct model *model, const struct model_hops *hops,
	const struct model_walk *walk, int depth[MODEL_NODES]);

/* Run events of a type from one time up to another. */
size_t model_count_events(
	const struct model *model, int64_t from_us, int64_t to_us, enum event_type type);

/* -1 when there is no such node. */
int model_find(const struct model *model, const struct model_node *key);
