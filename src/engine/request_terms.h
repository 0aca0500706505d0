// RequestTerms: how one request is to be treated. The same value goes from the service through the
// engine to the scheduler.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "budget/budget.h"
#include "cnnselect/selector.h"

namespace cnnselect {

/// What becomes of a request whose budget T_U is less than the mean time of its fastest model.
enum class Late {
  kAnswer,  ///< its policy chooses all the same; in the paper the fastest model, best effort
  /// The same, but after all requests that can be in time, unless its policy says itself which
  /// these are (Selector::puts_behind). If the second queue is full, one request of its lowest
  /// class is given up: the one that has been late for longest.
  kLast,
  kReject,  ///< it is given up
  kDevice,  ///< it is given up if the client has a network of its own; else as kLast
};

struct RequestTerms {
  RequestTiming timing;
  Duration threshold{};              ///< T_threshold, >= 0
  const Selector* policy = nullptr;  ///< not null when it is used; outlives the request
  std::string_view policy_text;      ///< with its parameters, as the server offers it; so too
  std::vector<Duration> way_back;    ///< as in SelectionInput; empty: nothing learnt
  std::optional<DeviceView> device;  ///< only if the server may leave the request to the device
  Late late = Late::kAnswer;
  std::uint32_t priority = 1;   ///< its class; 1 goes first, larger ones after all smaller ones
  Duration timeout = kForever;  ///< how long it may wait for a worker, >= 0

  bool has_sla() const { return timing.sla != kForever; }
};

}  // namespace cnnselect
