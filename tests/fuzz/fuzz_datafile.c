/* SPDX-License-Identifier: Apache-2.0 */

/* fuzz_datafile.c - a data file of any bytes, looked at before it is mapped */

#include "graph/store/datafile.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/tmp/headwater-fuzz-XXXXXX";
static int fd = -1;

static void clean_up(void)
{
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault;
	int r;

	if (fd < 0) {
		fd = mkstemp(path);
		if (fd < 0 || atexit(clean_up))
			abort();
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	r = datafile_check(path, &fault);
	if (r != 0 && r != ERR_CORRUPT)
		abort();
	return 0;
}
