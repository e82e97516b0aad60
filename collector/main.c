/* SPDX-License-Identifier: Apache-2.0 */

/*
 * main.c - headwater COMMAND
 */

#include "collector/program.h"

int main(int argc, char **argv)
{
	return program_main(argc, argv);
}
