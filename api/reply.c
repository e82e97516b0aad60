/* SPDX-License-Identifier: Apache-2.0 */

/*
 * reply.c - the life of a reply
 */
#include "api/call.h"

void reply_init(struct reply *reply)
{
	*reply = (struct reply){ .status = 200 };
	buf_init(&reply->body, REPLY_MAX);
	buf_init(&reply->event, REPLY_EVENT_MAX);
}

void reply_fini(struct reply *reply)
{
	buf_fini(&reply->body);
	buf_fini(&reply->event);
}
