// Workload: the requests of a simulation and everything chance decides about them, drawn once.
//
// Common random numbers: the same request takes the same time over the network, and costs the same
// on the same model, under every policy and every SLA; so that what differs between two results is
// the policy. A value; pure but for the seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cnnselect/time.h"
#include "sim/drift.h"
#include "sim/model_set.h"
#include "trace/arrivals.h"
#include "trace/network.h"

namespace cnnselect {

/// One request, from the device's point of view.
struct SimulatedRequest {
  Duration sent{};  ///< since the beginning
  NetworkTimes network;
};

struct WorkloadOptions {
  std::size_t requests = 10'000;
  std::size_t upload_bytes = 110'000;  ///< the paper's preprocessed photo; matters to traces only
  std::size_t download_bytes = 1'000;
  std::optional<SimulatedModel> device;  ///< the phone's own network
  Drift drift;                           ///< by the time a request is sent
  std::uint64_t seed = 1;
};

class Workload {
 public:
  /// Executions of a server that runs each model before it opens.
  static constexpr std::size_t kWarmUpRuns = 10;

  Workload(const ModelSet& models, const Network& network, const Arrivals& arrivals,
           const WorkloadOptions& options);

  std::span<const SimulatedRequest> requests() const { return requests_; }
  /// Closed loop: so many clients, each of which sends when its last answer is there; `sent` of the
  /// requests means nothing then.
  std::optional<std::size_t> clients() const { return clients_; }
  /// Time of request `request` on model `model`.
  Duration execution(std::size_t request, std::size_t model) const {
    return executions_[request * models_ + model];
  }
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
  std::size_t models_;
  std::optional<std::size_t> clients_;
  std::vector<SimulatedRequest> requests_;
  std::vector<Duration> executions_;  // by request, then model
  std::vector<Duration> warm_up_;     // by model
  std::optional<SimulatedModel> device_;
  std::vector<Duration> own_executions_;  // by request; empty without a device
};

}  // namespace cnnselect
