/* SPDX-License-Identifier: Apache-2.0 */

/*
 * listen.h - what an address to listen on means
 */
#pragma once

#include <stdbool.h>

/* True when "ADDRESS:PORT" or "[ADDRESS]:PORT" can only be reached from this machine. */
bool listen_is_loopback(const char *text);
