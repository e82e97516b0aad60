/* SPDX-License-Identifier: Apache-2.0 */

/*
 * standalone.c - runs a fuzz target over its corpus, without libFuzzer
 *
 *	fuzz_clock FILE-OR-DIRECTORY...
 *
 * So every build, by every compiler, runs the corpus as a plain test.  Each
 * input lies in memory of exactly its size, where the address sanitizer sees
 * a read past the end.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int die(const char *path)
{
	perror(path);
	return -1;
}

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!file)
		return die(path);
	if (fstat(fileno(file), &st)) {
		(void)fclose(file);
		return die(path);
	}
	size = (size_t)st.st_size;
	data = malloc(size ? size : 1);
	if (!data || fread(data, 1, size, file) != size) {
		free(data);
		(void)fclose(file);
		return die(path);
	}
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

/* Returns how many inputs ran, or -1. */
static int run_directory(const char *path)
{
	struct dirent **entries;
	char file[4096];
	int count = scandir(path, &entries, NULL, alphasort);
	int ran = 0;

	if (count < 0)
		return die(path);
	for (int i = 0; i < count; i++) {
		int len = snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);

		if (entries[i]->d_name[0] != '.' && ran >= 0)
			ran = len < (int)sizeof(file) && run_file(file) == 1 ? ran + 1
									     : -1;
		free(entries[i]);
	}
	free(entries);
	return ran;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;
		int ran;

		if (stat(argv[i], &st))
			return die(argv[i]) ? 1 : 0;
		ran = S_ISDIR(st.st_mode) ? run_directory(argv[i]) : run_file(argv[i]);
		if (ran < 0)
			return 1;
		total += ran;
	}
	(void)printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
