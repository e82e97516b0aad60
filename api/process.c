/* SPDX-License-Identifier: Apache-2.0 */

/*
 * process.c - what the system says of this process
 */
#include "api/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_memory(struct process_stats *out)
{
	FILE *file = fopen("/proc/self/statm", "re");
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	unsigned long long size;
	unsigned long long resident;

	if (!file)
		return;
	/* Two numbers that the kernel writes: there is nothing to convert wrongly. */
	if (fscanf(file, "%llu %llu", &size, &resident) == 2) { /* NOLINT(cert-err34-c) */
		out->virtual_bytes = size * page;
		out->resident_bytes = resident * page;
	}
	(void)fclose(file);
}

static uint64_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	uint64_t count = 0;

	if (!dir)
		return 0;
	while (readdir(dir)) /* NOLINT(concurrency-mt-unsafe): a stream of our own */
		count++;
	(void)closedir(dir);
	return count > 3 ? count - 3 : 0; /* ".", ".." and the one that counts */
}

static void read_fds(struct process_stats *out)
{
	struct rlimit limit;
	struct stat info;

	if (!getrlimit(RLIMIT_NOFILE, &limit))
		out->max_fds = limit.rlim_cur;
	/* Linux 6.2 and later tell the number as the folder's size. */
	if (!stat("/proc/self/fd", &info) && info.st_size > 0)
		out->open_fds = (uint64_t)info.st_size;
	else
		out->open_fds = count_fds();
}

static uint64_t micros(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

static void read_cpu(struct process_stats *out)
{
	struct rusage usage;

	if (!getrusage(RUSAGE_SELF, &usage))
		out->cpu_us = micros(&usage.ru_utime) + micros(&usage.ru_stime);
}

void process_stats_read(struct process_stats *out)
{
	*out = (struct process_stats){ 0 };
	read_memory(out);
	read_fds(out);
	read_cpu(out);
}
