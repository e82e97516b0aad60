/* SPDX-License-Identifier: Apache-2.0 */

/*
 * datafile.c - a look at an LMDB data file before it is mapped
 *
 * The file starts with two meta pages; the one with the higher transaction
 * number counts and says which page is the last.  A file may well end before
 * that page: pages that one transaction made and freed again are not written.
 * They are in the tree of free pages then, so a short file is whole when every
 * page that it lacks is found there.
 */

#include "datafile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define META_MAGIC     UINT32_C(0xBEEFC0DE)
#define META_DATA      1U
#define PAGE_BRANCH    0x01U
#define PAGE_LEAF      0x02U
#define PAGE_META      0x08U
#define NODE_BIG       0x01U /* the data are in pages of their own */
#define NODE_HEAD      8U
#define PAGE_HEAD      16U
#define PAGE_BYTES_MIN 512U
#define PAGE_BYTES_MAX 65536U
#define NO_PAGE	       UINT64_MAX
#define TREE_PAGES_MAX (UINT64_C(1) << 20)

/* As LMDB lays them out, in the machine's own order and 64 bits. */
struct page_head {
	uint64_t number;
	uint16_t pad;
	uint16_t flags;
	uint16_t lower; /* the end of the node offsets that follow the head */
	uint16_t upper;
};

struct tree {
	uint32_t pad; /* of the first tree: the page size */
	uint16_t flags;
	uint16_t depth;
	uint64_t branch_pages;
	uint64_t leaf_pages;
	uint64_t overflow_pages;
	uint64_t entries;
	uint64_t root;
};

struct meta {
	struct page_head head;
	uint32_t magic;
	uint32_t version;
	uint64_t address;
	uint64_t map_bytes;
	struct tree free;
	struct tree main;
	uint64_t last_page;
	uint64_t transaction;
};

_Static_assert(sizeof(struct page_head) == PAGE_HEAD, "LMDB's page head");
_Static_assert(sizeof(struct meta) == 152, "LMDB's meta page");

struct datafile {
	int fd;
	uint64_t bytes;
	size_t page_bytes;
	uint8_t *page;	/* the page being looked at */
	uint64_t *todo; /* pages of the free tree that are still to be read */
	size_t todo_len;
	size_t todo_max;
	uint64_t first_missing;
	uint64_t last_page;
	uint64_t found; /* missing pages that were found to be free */
};

static int read_at(const struct datafile *file, uint64_t offset, void *out, size_t len)
{
	uint8_t *at = out;

	if (offset > file->bytes || len > file->bytes - offset)
		return ERR_CORRUPT;
	while (len) {
		ssize_t n = pread(file->fd, at, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_from_errno(errno) : ERR_CORRUPT;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static bool meta_valid(const struct meta *meta)
{
	size_t page = meta->free.pad;

	return meta->head.flags & PAGE_META && meta->magic == META_MAGIC &&
	       (meta->version & 0xff) == META_DATA && page >= PAGE_BYTES_MIN &&
	       page <= PAGE_BYTES_MAX && (page & (page - 1)) == 0 &&
	       meta->last_page < UINT64_MAX / PAGE_BYTES_MAX;
}

/* Reads both metas and keeps the one that counts. */
static int read_meta(const struct datafile *file, struct meta *out)
{
	struct meta other;
	int r = read_at(file, 0, out, sizeof(*out));

	if (r)
		return r;
	if (!meta_valid(out))
		return ERR_CORRUPT;
	r = read_at(file, out->free.pad, &other, sizeof(other));
	if (r)
		return r;
	if (!meta_valid(&other) || other.free.pad != out->free.pad)
		return ERR_CORRUPT;
	if (other.transaction > out->transaction)
		*out = other;
	return 0;
}

/* Counts the missing pages in one list of free ones: how many, and their numbers. */
static int count_free(struct datafile *file, const uint8_t *list, size_t bytes)
{
	uint64_t count, page;

	if (bytes < sizeof(count))
		return ERR_CORRUPT;
	memcpy(&count, list, sizeof(count));
	if (count > bytes / sizeof(page) - 1)
		return ERR_CORRUPT;
	for (uint64_t i = 1; i <= count; i++) {
		memcpy(&page, list + i * sizeof(page), sizeof(page));
		if (page >= file->first_missing && page <= file->last_page)
			file->found++;
	}
	return 0;
}

static int count_big(struct datafile *file, uint64_t page, uint32_t bytes)
{
	uint8_t *list;
	int r;

	if (page > file->last_page || bytes > file->bytes)
		return ERR_CORRUPT;
	list = malloc((size_t)bytes + 1);
	if (!list)
		return ERR_NOMEM;
	r = read_at(file, page * file->page_bytes + PAGE_HEAD, list, bytes);
	if (r == 0)
		r = count_free(file, list, bytes);
	free(list);
	return r;
}

/* A node's head: a number of 32 bits, flags, and the length of its key. */
struct node {
	uint32_t number; /* a leaf's data length; a branch's page, low bits */
	uint16_t flags;	 /* a branch's page, high bits */
	uint16_t key_bytes;
};

static int read_leaf(struct datafile *file, const struct node *node, size_t offset)
{
	size_t data = offset + NODE_HEAD + node->key_bytes;
	uint64_t page;

	if (node->flags & NODE_BIG) {
		if (data + sizeof(page) > file->page_bytes)
			return ERR_CORRUPT;
		memcpy(&page, file->page + data, sizeof(page));
		return count_big(file, page, node->number);
	}
	if (data > file->page_bytes || node->number > file->page_bytes - data)
		return ERR_CORRUPT;
	return count_free(file, file->page + data, node->number);
}

static int push(struct datafile *file, uint64_t page)
{
	if (page > file->last_page || file->todo_len == file->todo_max)
		return ERR_CORRUPT;
	file->todo[file->todo_len++] = page;
	return 0;
}

static int read_node(struct datafile *file, bool leaf, size_t index)
{
	struct node node;
	uint16_t offset;

	memcpy(&offset, file->page + PAGE_HEAD + index * sizeof(offset), sizeof(offset));
	if (offset + NODE_HEAD > file->page_bytes)
		return ERR_CORRUPT;
	memcpy(&node, file->page + offset, sizeof(node));
	if (leaf)
		return read_leaf(file, &node, offset);
	return push(file, (uint64_t)node.flags << 32 | node.number);
}

static int read_page(struct datafile *file, uint64_t number)
{
	struct page_head head;
	size_t nodes;
	int r = read_at(file, number * file->page_bytes, file->page, file->page_bytes);

	if (r)
		return r;
	memcpy(&head, file->page, sizeof(head));
	if (head.number != number || !(head.flags & (PAGE_BRANCH | PAGE_LEAF)) ||
		head.lower < PAGE_HEAD || head.lower > file->page_bytes)
		return ERR_CORRUPT;
	nodes = (head.lower - PAGE_HEAD) / sizeof(uint16_t);
	for (size_t i = 0; i < nodes && r == 0; i++)
		r = read_node(file, head.flags & PAGE_LEAF, i);
	return r;
}

static int walk_free(struct datafile *file, const struct tree *tree)
{
	uint64_t left = file->todo_max;
	int r;

	if (tree->root == NO_PAGE)
		return 0;
	r = push(file, tree->root);
	while (r == 0 && file->todo_len) {
		/* A damaged tree may have a circle. */
		if (left-- == 0)
			return ERR_CORRUPT;
		r = read_page(file, file->todo[--file->todo_len]);
	}
	return r;
}

static int missing_are_free(struct datafile *file, const struct tree *tree)
{
	uint64_t pages;
	int r;

	if (__builtin_add_overflow(tree->branch_pages, tree->leaf_pages, &pages) ||
		pages > TREE_PAGES_MAX)
		return ERR_CORRUPT;
	file->todo_max = (size_t)pages;
	file->page = malloc(file->page_bytes);
	file->todo = calloc(file->todo_max + 1, sizeof(*file->todo));
	r = file->page && file->todo ? walk_free(file, tree) : ERR_NOMEM;
	free(file->page);
	free(file->todo);
	if (r)
		return r;
	return file->found == file->last_page + 1 - file->first_missing ? 0 : ERR_CORRUPT;
}

static int check_open(struct datafile *file)
{
	struct meta meta;
	int r;

	if (file->bytes == 0)
		return 0;
	r = read_meta(file, &meta);
	if (r)
		return r;
	file->page_bytes = meta.free.pad;
	file->last_page = meta.last_page;
	file->first_missing = file->bytes / file->page_bytes;
	if (file->first_missing > file->last_page)
		return 0;
	return missing_are_free(file, &meta.free);
}

int datafile_check(const char *path, struct fault *fault)
{
	struct datafile file = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct stat status;
	int r = 0;

	if (file.fd < 0)
		return errno == ENOENT ? 0 : err_from_errno(errno);
	if (fstat(file.fd, &status) != 0)
		r = err_from_errno(errno);
	file.bytes = r ? 0 : (uint64_t)status.st_size;
	if (r == 0)
		r = check_open(&file);
	close(file.fd);
	if (r == ERR_CORRUPT)
		fault_set(fault, "",
			"%s is damaged or cut off: move its folder away, and the "
			"graph is made again from the log",
			path);
	return r;
}
