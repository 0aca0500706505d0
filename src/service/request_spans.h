// The spans of a traced request. They are made from what is known when the request ends: one span
// for the whole, from its first byte to its answer, and within it one for each stage. Pure; any
// thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/request.h"
#include "model/catalog.h"
#include "service/metrics.h"
#include "service/request_facts.h"
#include "spans/span.h"

namespace cnnselect {

/// Both clocks, read at the same moment. This turns times of one into times of the other.
struct ClockPair {
  TimePoint steady;
  WallTime wall;
  WallTime at(TimePoint time) const { return wall + (time - steady); }
};

/// `answers`: one per image of the request, in order, at least one. If there are several, the whole
/// tells of the image that was answered last, and each stage says to which image it belongs.
/// Precondition: facts.trace.
std::vector<Span> answered_spans(const RequestFacts& facts, const Catalog& catalog,
                                 std::span<const Answer* const> answers, const StageTimes& times,
                                 std::optional<bool> in_time, const ClockPair& clocks);

/// The request ended at `clocks.steady`. Precondition: facts.trace.
std::vector<Span> failed_spans(const RequestFacts& facts, const Catalog& catalog,
                               const Error& error, const ClockPair& clocks);

}  // namespace cnnselect
