/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_http_target.c - every rule of request lines, targets and hosts
 */
#include "tests/unit/http_heads.h"

static void the_request_line_is_exact(void **state)
{
	static const struct verdict verdicts[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "\r\n\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET / HTTP/1.1\n" HOST "\r\n", 400 },
		{ "GET / HTTP/1.1\r" HOST "\r\n\r\n", 400 },
		{ "GET  / HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /  HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET / HTTP/1.1 \r\n" HOST "\r\n", 400 },
		{ " GET / HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET\t/\tHTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /\r\n", 400 },
		{ "GET\r\n", 400 },
		{ "GET / \r\n", 400 },
		{ "G(T / HTTP/1.1\r\n", 400 },
		{ "GET / http/1.1\r\n", 400 },
		{ "GET / RTSP/1.0\r\n", 400 },
		{ "GET / HTTP/1.10\r\n", 400 },
		{ "GET / HTTP/1.2\r\n", 505 },
		{ "GET / HTTP/0.9\r\n", 505 },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void unknown_methods_are_told_from_unserved_ones(void **state)
{
	static const struct verdict verdicts[] = {
		{ "HEAD / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "PUT / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "DELETE / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "PATCH / HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "get / HTTP/1.1\r\n", 501 },
		{ "BREW / HTTP/1.1\r\n", 501 },
		{ "TRACE / HTTP/1.1\r\n", 405 },
		{ "CONNECT a.example:80 HTTP/1.1\r\n", 405 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void the_target_is_a_path_of_this_host(void **state)
{
	static const struct verdict verdicts[] = {
		{ "GET http://a.example/x HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "GET HTTP://A.EXAMPLE/x HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "GET http://b.example/x HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET http://a.example:80/x HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET http:/// HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET http:/// HTTP/1.0\r\n\r\n", 400 },
		{ "GET http://a.example/x HTTP/1.0\r\n\r\n", 0 },
		{ "GET https://a.example/x HTTP/1.1\r\n", 400 },
		{ "GET x HTTP/1.1\r\n", 400 },
		{ "GET * HTTP/1.1\r\n", 400 },
		{ "GET /a#b HTTP/1.1\r\n", 400 },
		{ "GET /a\"b HTTP/1.1\r\n", 400 },
		{ "GET /a<b HTTP/1.1\r\n", 400 },
		{ "GET /a\\b HTTP/1.1\r\n", 400 },
		{ "GET /a^b HTTP/1.1\r\n", 400 },
		{ "GET /a b HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /a{b} HTTP/1.1\r\n", 400 },
		{ "GET /a|b HTTP/1.1\r\n", 400 },
		{ "GET /?a=\\^{|} HTTP/1.1\r\n" HOST "\r\n", 0 },
		{ "GET /?a=\"b HTTP/1.1\r\n", 400 },
		{ "GET /\x01 HTTP/1.1\r\n", 400 },
		{ "GET /\x7f HTTP/1.1\r\n", 400 },
		{ "GET /\xc3\xa4 HTTP/1.1\r\n", 400 },
		{ "GET /%00 HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /%1f HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /%7F HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /%4 HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /%zz HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /% HTTP/1.1\r\n" HOST "\r\n", 400 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void the_path_is_decoded_once_and_kept_as_received(void **state)
{
	(void)state;
	assert_int_equal(
		read_text("GET /a%2Fb%2541%C3%a4?q=%2F HTTP/1.1\r\n" HOST "\r\n"), 0);
	assert_slice(message.head.path, "/a/b%41\xc3\xa4");
	assert_slice(message.head.raw_path, "/a%2Fb%2541%C3%a4");
	assert_slice(message.head.query, "q=%2F");
	assert_int_equal(read_text("GET http://a.example?q HTTP/1.1\r\n" HOST "\r\n"), 0);
	assert_slice(message.head.path, "/");
	assert_slice(message.head.query, "q");
	assert_int_equal(read_text("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 0);
	assert_slice(message.head.path, "*");
}

static void there_is_exactly_one_valid_host(void **state)
{
	static const struct verdict verdicts[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\n\r\n", 0 },
		{ "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
		{ "GET / HTTP/1.0\r\n" HOST HOST "\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nHost:\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0 },
		{ "GET / HTTP/1.1\r\nHost: a_b.c-d.:80\r\n\r\n", 0 },
	};

	(void)state;
	assert_verdicts(read_text, verdicts, ARRAY_LEN(verdicts));
}

static void only_addresses_localhost_and_listed_names_are_served(void **state)
{
	static const char *const names[] = { "lineage.example", NULL };

	(void)state;
	assert_true(http_host_allowed(SLICE("127.0.0.1:5000"), NULL));
	assert_true(http_host_allowed(SLICE("[2001:db8::1]"), NULL));
	assert_true(http_host_allowed(SLICE("LocalHost:1"), NULL));
	assert_true(http_host_allowed(SLICE("localhost."), NULL));
	assert_true(http_host_allowed(SLICE("Lineage.Example:80"), names));
	assert_false(http_host_allowed(SLICE("lineage.example"), NULL));
	assert_false(http_host_allowed(SLICE("evil.example"), names));
	assert_false(http_host_allowed(SLICE("127.0.0.1.evil.example"), names));
	assert_false(http_host_allowed(SLICE("localhost:x"), names));
	assert_false(http_host_allowed(SLICE(""), names));
}

/* Reads text with every byte in the place of '@'; it is accepted when it is in allowed.
 */
static void assert_bytes(const char *text, const char *allowed)
{
	char copy[128];
	char *at;

	assert_true(strlen(text) < sizeof(copy));
	for (int c = 0; c < 256; c++) {
		bool fits = c && strchr(allowed, c);

		memcpy(copy, text, strlen(text) + 1);
		at = strchr(copy, '@');
		*at = (char)c;
		if ((read_bytes(slice_of(copy, strlen(text))) == 0) != fits)
			print_error("byte %d\n", c);
		assert_int_equal(read_bytes(slice_of(copy, strlen(text))) == 0, fits);
	}
}

#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void no_other_byte_is_in_a_target_or_a_name(void **state)
{
	(void)state;
	/* '%' is the beginning of an escape, and '#' of what is never sent. */
	assert_bytes("GET /a@ HTTP/1.1\r\n" HOST "\r\n", ALNUM "!$&'()*+,-./:;=?@[]_`~");
	assert_bytes("GET /a?@ HTTP/1.1\r\n" HOST "\r\n",
		ALNUM "!$%&'()*+,-./:;=?@[\\]^_`{|}~");
	assert_bytes(
		"GET / HTTP/1.1\r\n" HOST "x@x: y\r\n\r\n", ALNUM "!#$%&'*+-.^_`|~:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_line_is_exact),
		cmocka_unit_test(unknown_methods_are_told_from_unserved_ones),
		cmocka_unit_test(the_target_is_a_path_of_this_host),
		cmocka_unit_test(the_path_is_decoded_once_and_kept_as_received),
		cmocka_unit_test(there_is_exactly_one_valid_host),
		cmocka_unit_test(only_addresses_localhost_and_listed_names_are_served),
		cmocka_unit_test(no_other_byte_is_in_a_target_or_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
