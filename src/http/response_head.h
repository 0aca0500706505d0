// What stands before an answer's body on the wire, as text. Pure but for the Date field, which is
// the caller's.
#pragma once

#include <string>
#include <string_view>

#include "http/http_message.h"

namespace cnnselect {

/// Whether every header can stand on the wire: names are tokens, values carry no control
/// characters (a line break would let a value add headers of its own), status is 200..599.
bool is_sendable(const HttpResponse& response);

/// Status line and headers up to and including the blank line. `date` is an IMF-fixdate.
/// Precondition: is_sendable(response).
std::string response_head(const HttpResponse& response, bool keep_alive, std::string_view date);

/// Whether an answer of this status has a body at all (204 and 304 have none).
bool status_has_body(int status);

}  // namespace cnnselect
