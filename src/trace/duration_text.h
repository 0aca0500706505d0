// Durations as people type them: "200ms", "1.5s", "250us", and ranges of them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// A number >= 0 and its unit: us, ms, s or min; 24 h at most. Errors: kInvalidArgument, naming
/// what was seen.
Result<Duration> parse_duration(std::string_view text);

/// "50ms..400ms:50ms" (both ends included), or a list "50ms,100ms", or one duration; each > 0.
/// Errors also when the range is empty, its step is 0, or it has more than 10,000 values.
Result<std::vector<Duration>> parse_durations(std::string_view text);

/// "200ms", "1.5ms": milliseconds, as short as they are exact to the microsecond.
std::string duration_text(Duration d);

}  // namespace cnnselect
