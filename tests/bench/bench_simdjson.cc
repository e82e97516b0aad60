// SPDX-License-Identifier: Apache-2.0

#include "bench_simdjson.h"

#include <simdjson.h>
#include <string>

void *bench_simdjson_new(void)
{
	return new simdjson::dom::parser;
}

void bench_simdjson_free(void *parser)
{
	delete static_cast<simdjson::dom::parser *>(parser);
}

int bench_simdjson_parse(void *parser, const char *text, size_t len)
{
	simdjson::dom::element element;
	auto *dom = static_cast<simdjson::dom::parser *>(parser);

	return dom->parse(text, len).get(element) == simdjson::SUCCESS;
}

const char *bench_simdjson_name(void)
{
	static const std::string name = simdjson::get_active_implementation()->name();

	return name.c_str();
}
