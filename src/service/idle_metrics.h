// What is measured in idle moments, for /metrics. Thread-safe.
#pragma once

#include <string>

#include "engine/idle_measurer.h"
#include "model/catalog.h"

namespace cnnselect {

/// In Prometheus' text form; the names are in docs/metrics.md.
std::string idle_metrics(const IdleMeasurer& measurer, const Catalog& catalog);

}  // namespace cnnselect
