// NetworkView: what the simulated server knows of each request's network when it arrives.
#pragma once

#include <functional>
#include <queue>
#include <string_view>
#include <vector>

#include "budget/budget.h"
#include "budget/way_back.h"
#include "cnnselect/result.h"
#include "sim/workload.h"

namespace cnnselect {

/// What the policy is told of the way back.
enum class NetworkKnowledge {
  kDoubleInput,  ///< T_nw = 2 T_input, the paper's estimate
  kPerfect,      ///< the true time of this request's way back
  kLearnt,       ///< what earlier requests' ways back were (WayBackLearner); at first 2 T_input
  kLaw,          ///< the law itself: the way back's true distribution given this way here
};

/// "double-input", "perfect", "learnt" or "law". Errors name the text and what is allowed.
Result<NetworkKnowledge> parse_network_knowledge(std::string_view text);

/// Every client tells how long its answers took to come back; here all clients are one class, and
/// a request is told of those that were answered before it arrived. Not thread-safe.
class NetworkView {
 public:
  /// For kLaw: equally likely one-way times, ascending, and the chance that one draw serves both
  /// ways (Network::one_way_times, Network::correlation).
  struct Options {
    NetworkKnowledge knowledge = NetworkKnowledge::kDoubleInput;
    std::vector<Duration> one_way_times;
    double correlation = 1;
  };

  /// `options` outlives the view.
  explicit NetworkView(const Options& options) : options_(options) {}

  /// In the order of arrival. The timing lacks its SLA.
  RequestTiming arrive(const SimulatedRequest& request, TimePoint received);
  /// Of the request that arrived last: as in SelectionInput.
  const std::vector<Duration>& way_back() const { return way_back_; }
  /// The answer to the request that was `received` here reaches its client at `when`, not before
  /// the latest arrival.
  void answered(const SimulatedRequest& request, TimePoint received, TimePoint when);

 private:
  struct Told {
    TimePoint when;
    TimePoint received;
    Duration input;
    Duration output;
    friend auto operator<=>(const Told&, const Told&) = default;
  };

  void know_law(Duration input);

  const Options& options_;
  WayBackLearner learner_;
  std::priority_queue<Told, std::vector<Told>, std::greater<>> to_be_told_;
  std::vector<Duration> way_back_;
};

}  // namespace cnnselect
