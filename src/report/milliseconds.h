// Durations that may be unknown, as tables and CSV show them. Pure.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>

#include "cnnselect/time.h"

namespace cnnselect {

/// NaN for an unknown one: csv_number() leaves its cell empty.
inline double ms_or_nan(const std::optional<Duration>& duration) {
  return duration ? to_ms(*duration) : std::numeric_limits<double>::quiet_NaN();
}

/// With so many decimals; "-" for an unknown one.
inline std::string ms_text(const std::optional<Duration>& duration, int decimals) {
  return duration ? fmt::format("{:.{}f}", to_ms(*duration), decimals) : "-";
}

}  // namespace cnnselect
