// TermDefaults: the terms of requests that do not state their own.
#pragma once

#include <cstdint>
#include <string>

#include "engine/request_terms.h"
#include "select/registry.h"

namespace cnnselect {

struct TermDefaults {
  std::string policy{kDefaultPolicy};
  Duration threshold = std::chrono::milliseconds(10);  ///< T_threshold
  Late late = Late::kLast;                             ///< no request can state its own
  std::uint32_t priority_levels = 3;                   ///< classes of requests, >= 1
  std::uint32_t default_priority = 2;  ///< of requests that ask for none, 1..priority_levels
  Duration queue_timeout = kForever;   ///< how long any request may wait, > 0
};

}  // namespace cnnselect
