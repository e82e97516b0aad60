/* SPDX-License-Identifier: Apache-2.0 */

/*
 * attr.h - the compiler's extensions that this project allows
 *
 * NODISCARD and PRINTF go before a declaration.  AUTO(kind) releases a
 * pointer at the end of its scope, last declared first; the module that owns
 * the type says DEFINE_AUTO(kind, type, release) in its header.  TAKE(x)
 * hands a pointer on and leaves NULL behind, so that AUTO lets go of it.
 */
#pragma once

#include <stddef.h>

#define NODISCARD	__attribute__((warn_unused_result))
#define PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#define AUTO(kind)	__attribute__((cleanup(auto_##kind)))
#define LIKELY(x)	__builtin_expect(!!(x), 1)
#define UNLIKELY(x)	__builtin_expect(!!(x), 0)

#define DEFINE_AUTO(kind, type, fn)               \
	static inline void auto_##kind(type *var) \
	{                                         \
		if (*var)                         \
			fn(*var);                 \
	}                                         \
	_Static_assert(sizeof(type) == sizeof(void *), "AUTO holds pointers")

#define TAKE(var)                                 \
	({                                        \
		__typeof__(var) *take_p = &(var); \
		__typeof__(var) take_v = *take_p; \
		*take_p = NULL;                   \
		take_v;                           \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
