// Workload: the requests of a simulation and everything chance decides about them, drawn once.
//
// Common random numbers: under every policy and every SLA, the same request takes the same time
// over the network, and the same time on the same model. So only the policy differs between two
// results. A value; pure but for the seed.
//
// A recorded network goes on while a request is served. So the way back of the answer depends on
// when it leaves (kAtDeparture). It is looked up in the trace at that moment, and nothing is drawn.
// So answers that leave at the same time have the same way back under every policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cnnselect/time.h"
#include "sim/drift.h"
#include "sim/model_set.h"
#include "trace/arrivals.h"
#include "trace/network.h"

namespace cnnselect {

/// One request, from the device's point of view.
struct SimulatedRequest {
  Duration sent{};       ///< since the beginning
  NetworkTimes network;  ///< the way back of an answer that leaves when the request arrives
};

/// The moment of a recorded network from which an answer's way back is taken. For a law it makes no
/// difference: its draws know no time.
enum class WayBackTime {
  kAtDeparture,  ///< when the answer leaves the server
  kAtArrival,    ///< when the request arrives there
};

/// "at-departure" or "at-arrival". Errors name the text and what is allowed.
Result<WayBackTime> parse_way_back_time(std::string_view text);

struct WorkloadOptions {
  std::size_t requests = 10'000;
  std::size_t upload_bytes = 110'000;  ///< the paper's preprocessed photo; matters to traces only
  std::size_t download_bytes = 1'000;
  std::optional<SimulatedModel> device;  ///< the phone's own network
  Drift drift;                           ///< by the time a request is sent
  WayBackTime way_back = WayBackTime::kAtArrival;
  /// Open loop: each request's sender is drawn from so many clients (>= 1), all alike.
  std::size_t clients = 100;
  std::uint64_t seed = 1;
};

class Workload {
 public:
  /// Executions of a server that runs each model before it opens.
  static constexpr std::size_t kWarmUpRuns = 10;
  /// Deviation of what a server measures of the way here (sim/network_view.h says why so much).
  static constexpr Duration kInputDeviation = std::chrono::microseconds(500);

  Workload(const ModelSet& models, const Network& network, const Arrivals& arrivals,
           const WorkloadOptions& options);

  std::span<const SimulatedRequest> requests() const { return requests_; }
  /// Closed loop: the number of clients. Each sends when its last answer is there, and `sent` of
  /// the requests means nothing.
  std::optional<std::size_t> clients() const { return clients_; }
  /// Time of request `request` on model `model`.
  Duration execution(std::size_t request, std::size_t model) const {
    return executions_[request * models_ + model];
  }
  /// The way back of an answer that leaves `departs` after the beginning; an hour at most.
  Duration way_back(std::size_t request, Duration departs) const;
  /// Time from "send" to the answer of `model` on the device, if nobody waits. If either way takes
  /// forever, so does this.
  Duration whole_time(std::size_t request, std::size_t model) const;
  /// For bounds: this workload with other ways back. There a request that runs at once makes `sla`
  /// if and only if its answer leaves by the last moment at which one can still make it. So
  /// whatever makes the SLA here makes it there. Nothing if the ways back do not depend on
  /// departures.
  std::optional<Workload> at_latest_departures(Duration sla) const;
  /// Error of the server's measurement of the way here, if it measures.
  Duration input_error(std::size_t request) const { return input_errors_[request]; }
  /// Open loop: the sender, below WorkloadOptions::clients.
  std::size_t client(std::size_t request) const { return senders_[request]; }
  /// The row of all models.
  std::span<const Duration> executions(std::size_t request) const {
    return std::span(executions_).subspan(request * models_, models_);
  }
  /// Times of `model` before the first request.
  std::span<const Duration> warm_up(std::size_t model) const {
    return std::span(warm_up_).subspan(model * kWarmUpRuns, kWarmUpRuns);
  }
  /// The phone's own network, if it has one, and its time for one request.
  const std::optional<SimulatedModel>& device() const { return device_; }
  Duration own_execution(std::size_t request) const { return own_executions_[request]; }

 private:
  void remember(const Network& network);
  void draw_what_is_told(std::size_t clients, Rng& rng);

  std::size_t models_;
  std::optional<std::size_t> clients_;
  std::vector<SimulatedRequest> requests_;
  std::vector<Duration> executions_;  // by request, then model
  std::vector<Duration> warm_up_;     // by model
  std::optional<SimulatedModel> device_;
  std::vector<Duration> own_executions_;  // by request; empty without a device
  std::vector<Duration> input_errors_;    // by request
  std::vector<std::size_t> senders_;      // by request
  // Networks that drift comes to one after another, and by request which of them it meets; both
  // empty where the ways back do not depend on departures.
  std::vector<Network> networks_;
  std::vector<std::size_t> network_of_;
  std::size_t download_bytes_;
};

}  // namespace cnnselect
