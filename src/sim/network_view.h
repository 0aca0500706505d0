// NetworkView: what the simulated server knows of each request's network when it arrives.
//
// A real server knows less than a simulated one could. Two such limits can be switched on.
//
// The way here is measured, not known. The server measures exactly how long a request's bytes took
// to come in. For the way of the first byte it takes half of the path's round trip. That has three
// errors: the time until the client's first byte leaves, the difference between the path's halves,
// and the change of the round trip since it was measured. `kMeasured` adds normal(0, 0.5 ms) to
// each true way here (never below 0). That is as wide as what was measured over lines of a known
// delay: within 0.6 ms (docs/benchmarks/policies.md, "T_input beside the truth"). The error is the
// same for laws and traces: a law has no first byte at which to split its time. A path that is
// slower one way errs by half of the difference, always in the same direction. That is not
// modelled.
//
// The way back is reported late. A client reports how its last answer travelled with its next
// request (last_output_ms). So it is known when that request arrives, if the answer had reached the
// client before it sent the request. Of several answers the client reports only the latest.
// `kNextRequest` does this, with the clients of the workload. `kAtOnce` reports each answer when it
// is there.
#pragma once

#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "budget/budget.h"
#include "budget/way_back.h"
#include "cnnselect/result.h"
#include "trace/network.h"

namespace cnnselect {

/// What the policy is told of the way back.
enum class NetworkKnowledge {
  kDoubleInput,  ///< T_nw = 2 T_input, the paper's estimate
  kPerfect,      ///< the true way back of an answer that leaves when this request arrives
  kLearnt,       ///< learnt from earlier requests (WayBackLearner); at first 2 T_input
  kLaw,          ///< the law itself: the way back's true distribution given this way here
};

/// When the server is told of an answer's way back.
enum class Feedback {
  kNextRequest,  ///< with this client's next request
  kAtOnce,       ///< when the answer is there
};

/// What the server is told of the way here.
enum class InputKnowledge {
  kMeasured,  ///< the truth and a small error
  kExact,     ///< the truth
};

/// "double-input", "perfect", "learnt" or "law". Errors name the text and what is allowed.
Result<NetworkKnowledge> parse_network_knowledge(std::string_view text);
/// "next-request" or "at-once". Errors likewise.
Result<Feedback> parse_feedback(std::string_view text);
/// "measured" or "exact". Errors likewise.
Result<InputKnowledge> parse_input_knowledge(std::string_view text);

/// One request at the server.
struct Visit {
  NetworkTimes network;    ///< the truth
  Duration input_error{};  ///< for kMeasured
  std::size_t client = 0;  ///< for kNextRequest
  TimePoint sent;          ///< for kNextRequest
  TimePoint received;
};

/// Every client is of the same class of networks. Not thread-safe.
class NetworkView {
 public:
  struct Options {
    NetworkKnowledge knowledge = NetworkKnowledge::kDoubleInput;
    Feedback feedback = Feedback::kAtOnce;
    InputKnowledge input = InputKnowledge::kExact;
    /// For kLaw: equally likely one-way times, ascending, and the chance that one draw serves both
    /// ways (Network::one_way_times, Network::correlation).
    std::vector<Duration> one_way_times;
    double correlation = 1;
  };

  /// `options` outlives the view.
  explicit NetworkView(const Options& options) : options_(options) {}

  /// In the order of arrival. The timing lacks its SLA.
  RequestTiming arrive(const Visit& visit);
  /// Of the request that arrived last: as in SelectionInput.
  const std::vector<Duration>& way_back() const { return way_back_; }
  /// The answer to `visit` took `output` and reaches its client at `when`, which is not before the
  /// latest arrival.
  void answered(const Visit& visit, Duration output, TimePoint when);

 private:
  struct Told {
    TimePoint when;
    TimePoint received;
    Duration input;
    Duration output;
    friend auto operator<=>(const Told&, const Told&) = default;
  };

  Duration input_of(const Visit& visit) const;
  void hear(const Visit& visit);
  void learn(const Told& told, TimePoint now);
  void know_law(Duration input);

  const Options& options_;
  WayBackLearner learner_;
  std::priority_queue<Told, std::vector<Told>, std::greater<>> to_be_told_;  // kAtOnce
  /// kNextRequest: what each client has not told yet.
  std::unordered_map<std::size_t, std::vector<Told>> by_client_;
  std::vector<Duration> way_back_;
};

}  // namespace cnnselect
