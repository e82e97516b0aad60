/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answer.h - from a reply of the API floor to one of the HTTP layer
 */
#pragma once

#include "api/call.h"
#include "collector/http_server.h"

/* Sends the reply as the request's answer; takes both. */
void answer_send(struct http_request *request, struct reply *reply);

/* Fills in the HTTP layer's form of a reply and takes its body. */
void answer_from_reply(struct http_reply *out, struct reply *reply);

/* A fault as one JSON string: "POINTER: why (byte N)". */
void answer_put_fault(struct buf *body, const struct fault *fault);
