// What became of calls by API key, as Prometheus text. Thread-safe.
#pragma once

#include <string>

#include "access/key_ring.h"

namespace cnnselect {

/// Keys are named, never shown.
std::string key_metrics(const KeyRing& keys);

}  // namespace cnnselect
