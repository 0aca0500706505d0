// --late: what to do with a request whose SLA even the fastest model cannot keep.
#pragma once

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cnnselect/result.h"
#include "engine/scheduler.h"

namespace cnnselect {

inline constexpr std::array<std::pair<std::string_view, Late>, 4> kLateNames = {
    {{"last", Late::kLast},
     {"answer", Late::kAnswer},
     {"reject", Late::kReject},
     {"device", Late::kDevice}}};

/// One of `allowed`; the error names the flag, the text and what is allowed.
inline Result<Late> parse_late(
    std::string_view text,
    std::span<const std::pair<std::string_view, Late>> allowed = kLateNames) {
  for (const auto& [name, late] : allowed) {
    if (text == name) return late;
  }
  std::string names;
  for (const auto& [name, late] : allowed) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("--late: '{}'; allowed: {}", text, names));
}

}  // namespace cnnselect
