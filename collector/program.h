/* SPDX-License-Identifier: Apache-2.0 */

/*
 * program.h - the command line as a whole
 */
#pragma once

/* Finds the command, reads its settings, runs it. Returns the exit code. */
int program_main(int argc, char **argv);
