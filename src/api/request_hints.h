// Request hints: what a client says about its request, read the same way wherever it says it.
//
// One table of keys with one set of bounds serves OIP `parameters`, form fields, the query string
// and headers (`sla_ms` travels there as `x-cnnselect-sla-ms`). Precedence: parameters and form
// fields over the query over headers; so a reader applies headers first and lets later ones
// overwrite. Within one source the last wins. A blank value means "not told". Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/inference_api.h"
#include "base/text.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// Milliseconds that any hint may say at most: one hour.
inline constexpr double kMaxHintMs = 3'600'000;
/// And the shortest SLA: one microsecond.
inline constexpr double kMinSlaMs = 0.001;

/// "sla_ms, rtt_ms, ...": for messages.
std::string_view hint_keys();

bool is_hint(std::string_view key);

/// Sets the hint named `key` from its text; false when no hint has that name. Errors:
/// kInvalidArgument, naming the key, the value seen and the range allowed.
Result<bool> set_hint(RequestHints& hints, std::string_view key, std::string_view text);
/// The same from a number that need not be whole.
Result<bool> set_hint(RequestHints& hints, std::string_view key, double number);

/// Whether it is `priority` or `timeout`, the protocol's own: whole numbers, which a protocol that
/// has types carries as integers and as nothing else.
bool is_whole_hint(std::string_view key);
/// What those want, for messages.
inline constexpr std::string_view kWholeHintWanted =
    "a whole number from 0 to 18446744073709551615";
/// Sets one of those; the function above does not.
void set_whole_hint(RequestHints& hints, std::string_view key, std::uint64_t value);

/// Applies every header `x-cnnselect-<key with dashes>` (case-insensitive). Headers of that prefix
/// with another key are an error: a mistyped SLA must not go unnoticed.
Status apply_hint_headers(const TextPairs& headers, RequestHints& hints);

/// Applies decoded query pairs; keys that are not hints are ignored.
Status apply_hint_query(const TextPairs& query, RequestHints& hints);

}  // namespace cnnselect
