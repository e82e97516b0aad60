/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_listen.c - from "127.0.0.1:5000" to connections on the loops
 */
#define _GNU_SOURCE /* accept4() */

#include "collector/http_listen.h"

#include "base/log.h"
#include "base/metrics.h"
#include "collector/http_conn.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG		    4096
#define ACCEPTS_AT_ONCE	    64
#define OUT_OF_FDS_PAUSE_US 250000

/* Host and port of a listen text, NUL-terminated. */
struct listen_parts {
	char host[INET6_ADDRSTRLEN + 16];
	char port[6];
};

static const char listen_form[] =
	"must be ADDRESS:PORT with a numeric address, such as 127.0.0.1:5000 or "
	"[::1]:5000";

static int split(const char *text, struct listen_parts *out)
{
	const char *colon = strrchr(text, ':');
	size_t host_len = colon ? (size_t)(colon - text) : 0;
	size_t port_len = colon ? strlen(colon + 1) : 0;

	if (host_len > 1 && text[0] == '[' && text[host_len - 1] == ']') {
		text++;
		host_len -= 2;
	} else if (colon && memchr(text, ':', host_len)) {
		return ERR_INVALID; /* an IPv6 address without brackets */
	}
	if (host_len == 0 || host_len >= sizeof(out->host) || port_len == 0 ||
		port_len >= sizeof(out->port))
		return ERR_INVALID;
	if (strspn(colon + 1, "0123456789") != port_len ||
		strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return ERR_INVALID;
	memcpy(out->host, text, host_len);
	out->host[host_len] = '\0';
	memcpy(out->port, colon + 1, port_len + 1);
	if (strcmp(out->host, "localhost") == 0)
		memcpy(out->host, "127.0.0.1", sizeof("127.0.0.1"));
	return 0;
}

static int resolve(const char *text, struct addrinfo **out, struct fault *fault)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct listen_parts parts;

	if (split(text, &parts) == 0 &&
		getaddrinfo(parts.host, parts.port, &hints, out) == 0)
		return 0;
	fault_set(fault, "listen", "%s", listen_form);
	return ERR_INVALID;
}

static int listen_on(int fd, const struct addrinfo *address)
{
	const int on = 1, off = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return errno;
	/* Inherited by what is accepted: one call for all connections. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		return errno;
	if (address->ai_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		return errno;
	if (bind(fd, address->ai_addr, address->ai_addrlen) < 0)
		return errno;
	return listen(fd, BACKLOG) < 0 ? errno : 0;
}

static int say_why(const char *text, int number, struct fault *fault)
{
	switch (number) {
	case EADDRINUSE:
		fault_set(fault, "listen",
			"%s is in use: stop what listens there, or choose another port",
			text);
		return ERR_ADDRESS;
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		fault_set(fault, "listen", "%s is no address of this machine", text);
		return ERR_ADDRESS;
	case EACCES:
	case EPERM:
		fault_set(fault, "listen",
			"%s needs a privilege: choose a port above 1023", text);
		return ERR_PERMISSION;
	default:
		fault_set(fault, "listen", "cannot listen on %s", text);
		return err_from_errno(number);
	}
}

static int open_listener(const char *text, int *out, struct fault *fault)
{
	struct addrinfo *address = NULL;
	int number, fd;
	int r = resolve(text, &address, fault);

	if (r)
		return r;
	fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	number = fd < 0 ? errno : listen_on(fd, address);
	freeaddrinfo(address);
	if (number == 0) {
		*out = fd;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	return say_why(text, number, fault);
}

/* What the address is now: port 0 has become a real one. */
static int write_address(int fd, char out[HTTP_ADDRESS_MAX])
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	struct sockaddr *generic = (struct sockaddr *)&address;
	char host[INET6_ADDRSTRLEN + 16];
	char port[6];
	bool brackets;

	if (getsockname(fd, generic, &len) < 0)
		return err_from_errno(errno);
	if (getnameinfo(generic, len, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return ERR_IO;
	brackets = address.ss_family == AF_INET6;
	snprintf(out, HTTP_ADDRESS_MAX, brackets ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

/* Tells the client to come again, as far as that is possible without waiting. */
static void turn_away(int fd)
{
	static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
				     "Content-Length: 0\r\n"
				     "Retry-After: 1\r\n"
				     "Connection: close\r\n\r\n";
	char unread[4096];

	/* What came is read, else closing would reset the answer away. */
	(void)!recv(fd, unread, sizeof(unread), MSG_DONTWAIT);
	(void)!send(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	close(fd);
	metric_add(M_HTTP_REFUSED, 1);
	metric_add(M_HTTP_OVERLOAD, 1);
}

static bool admit(struct http_common *common, const struct sockaddr *address,
	struct http_peer *peer_out)
{
	static struct log_limit full, crowd;

	if (atomic_load(&common->connections) >= common->options.connections_max) {
		log_limited(&full, LOG_WARNING, "turned a connection away: too many");
		return false;
	}
	if (http_peers_enter(common->peers, address, peer_out))
		return true;
	log_limited(&crowd, LOG_WARNING,
		"turned a connection away: too many from its address");
	return false;
}

static void take_connection(
	struct http_acceptor *acceptor, int fd, const struct sockaddr *address)
{
	struct http_common *common = acceptor->common;
	struct http_loop *loop = &acceptor->loops[acceptor->next_loop];
	struct http_peer peer;
	struct http_conn *conn;

	metric_add(M_HTTP_ACCEPTED, 1);
	if (!admit(common, address, &peer)) {
		turn_away(fd);
		return;
	}
	conn = http_conn_new(common, fd, peer);
	if (!conn) {
		http_peers_leave(common->peers, peer);
		turn_away(fd);
		return;
	}
	acceptor->next_loop = (acceptor->next_loop + 1) % acceptor->loop_count;
	if (loop == acceptor->loops)
		http_conn_open(conn, loop);
	else
		http_loop_give(loop, conn);
}

/* Without a pause the readable listener would spin. */
static void pause_accepting(struct http_acceptor *acceptor, int number)
{
	static struct log_limit limit;
	struct timeval pause = http_timeval(OUT_OF_FDS_PAUSE_US);

	log_limited(&limit, LOG_ERROR, "cannot accept connections for now: %s",
		number == EMFILE || number == ENFILE ? "out of file descriptors"
						     : "out of memory");
	if (event_add(&acceptor->resume, &pause) == 0)
		event_del(&acceptor->accept);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct http_acceptor *acceptor = arg;
	struct timeval pause = http_timeval(OUT_OF_FDS_PAUSE_US);

	(void)fd;
	(void)what;
	if (event_add(&acceptor->accept, NULL) < 0)
		event_add(&acceptor->resume, &pause);
}

/* False when there is nothing more to accept now. */
static bool accept_one(struct http_acceptor *acceptor)
{
	struct sockaddr_storage storage;
	struct sockaddr *address = (struct sockaddr *)&storage;
	socklen_t len = sizeof(storage);
	int fd = accept4(acceptor->fd, address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		take_connection(acceptor, fd, address);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EINVAL: /* http_acceptor_stop() */
	case EBADF:
		event_del(&acceptor->accept);
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		pause_accepting(acceptor, errno);
		return false;
	default: /* that one connection failed */
		return true;
	}
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct http_acceptor *acceptor = arg;

	(void)fd;
	(void)what;
	http_loop_tick(acceptor->loops);
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		if (!accept_one(acceptor))
			return;
	}
}

int http_acceptor_init(struct http_acceptor *acceptor, struct http_common *common,
	struct http_loop *loops, struct fault *fault)
{
	struct event_base *base = loops->base;
	int r;

	acceptor->common = common;
	acceptor->loops = loops;
	acceptor->loop_count = common->options.loops;
	r = open_listener(common->options.listen, &acceptor->fd, fault);
	if (r)
		return r;
	r = write_address(acceptor->fd, acceptor->address);
	if (r)
		return r;
	event_assign(&acceptor->accept, base, acceptor->fd, EV_READ | EV_PERSIST,
		on_accept, acceptor);
	event_assign(&acceptor->resume, base, -1, 0, on_resume, acceptor);
	return event_add(&acceptor->accept, NULL) < 0 ? ERR_NOMEM : 0;
}

/* The descriptor stays, so that no other file can get its number meanwhile. */
void http_acceptor_stop(struct http_acceptor *acceptor)
{
	if (acceptor->fd >= 0)
		shutdown(acceptor->fd, SHUT_RDWR);
}

void http_acceptor_fini(struct http_acceptor *acceptor)
{
	if (acceptor->fd < 0)
		return;
	if (event_initialized(&acceptor->accept))
		event_del(&acceptor->accept);
	if (event_initialized(&acceptor->resume))
		event_del(&acceptor->resume);
	close(acceptor->fd);
	acceptor->fd = -1;
}
