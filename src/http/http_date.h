// The Date field of an answer.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace cnnselect {

/// "Mon, 23 Nov 2026 18:00:00 GMT" (RFC 9110, 5.6.7), whatever the locale.
std::string http_date(std::time_t when);

/// http_date of the current second. The view stays valid until this thread's next call.
std::string_view http_date_now();

}  // namespace cnnselect
