// From Error to HTTP: the one place where an ErrorCode gets its status, and the one shape of an
// error's body, {"error": "text"}, which every client of the Open Inference Protocol reads. Bytes
// of a client's that are not text are named in it, "\\xff". Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "http/http_message.h"

namespace cnnselect {

/// 400, 401, 403, 404, 405, 408, 413, 415, 429, 499, 500, 501, 503 or 504, as listed at ErrorCode.
int status_of(ErrorCode code);

/// `body` is JSON text.
HttpResponse json_response(int status, std::string body);

/// An error that has no ErrorCode: HTTP's own. {"error": "message"}.
HttpResponse refusal(int status, std::string_view message);

/// The status of the code, the message as {"error": ...}; a 503 or 429 says `Retry-After: 1`
/// (second), a 401 how to authenticate, a 504 why in "reason", "too-late" or "use-device".
HttpResponse error_response(const Error& error);

}  // namespace cnnselect
