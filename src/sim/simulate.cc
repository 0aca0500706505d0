#include "sim/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

#include "budget/budget.h"
#include "budget/way_back.h"
#include "engine/scheduler.h"

namespace cnnselect {
namespace {

// The simulated world begins an hour after the clock's epoch, so that "earlier" stays valid.
constexpr TimePoint kBegin{std::chrono::hours(1)};

/// What the server knows of each request's network when it arrives. Every client tells, with its
/// next request, how long its last answer took; here they are one class and each request is told
/// about all that came before it.
class NetworkView {
 public:
  explicit NetworkView(const SimulationSetting& setting) : setting_(setting) {}

  /// To be called in the order of arrival.
  RequestTiming arrive(const SimulatedRequest& request) {
    const auto& [input, output] = request.network;
    RequestTiming timing{.sla = setting_.sla,
                         .elapsed = {},
                         .input = input,
                         .output = input,
                         .received = kBegin + request.sent + input};
    way_back_.clear();
    if (setting_.knowledge == NetworkKnowledge::kPerfect) timing.output = output;
    if (setting_.knowledge == NetworkKnowledge::kLaw) know_law(input);
    if (setting_.knowledge == NetworkKnowledge::kLearnt) {
      learner_.estimate(input, way_back_);
      learner_.add(input, output);
    }
    if (!way_back_.empty()) timing.output = way_back_[way_back_.size() / 2];
    return timing;
  }
  /// Of the request that arrived last.
  const std::vector<Duration>& way_back() const { return way_back_; }

 private:
  /// As many of each as the correlation says: this way's own time, and the law's.
  void know_law(Duration input) {
    const auto& times = setting_.one_way_times;
    const auto same = static_cast<std::size_t>(
        std::lround(setting_.correlation * static_cast<double>(times.size())));
    const std::size_t others = times.size() - same;
    way_back_.assign(same, input);
    for (std::size_t i = 0; i < others; ++i) {
      way_back_.push_back(times[(2 * i + 1) * times.size() / (2 * others)]);
    }
    std::ranges::sort(way_back_);
  }

  const SimulationSetting& setting_;
  WayBackLearner learner_;
  std::vector<Duration> way_back_;
};

bool reachable(const SimulatedRequest& request) {
  return request.network.input != kForever && request.network.output != kForever;
}

std::vector<SimulatedOutcome> without_waiting(const ModelSet& models, const Workload& workload,
                                              const Selector& policy,
                                              const SimulationSetting& setting) {
  Rng rng(setting.seed);
  NetworkView network(setting);
  std::vector<double> probability(models.size());
  std::vector<SimulatedOutcome> outcomes(workload.requests().size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SimulatedRequest& request = workload.requests()[i];
    if (!reachable(request)) continue;
    const RequestTiming timing = network.arrive(request);
    const SelectionInput input{.candidates = models.candidates(),
                               .budget = budget_at(timing, setting.threshold, timing.received),
                               .sla = setting.sla,
                               .way_back = network.way_back(),
                               .output = timing.output,
                               .load = {}};
    const std::size_t chosen = policy.select(input, rng, probability).chosen;
    outcomes[i] = {
        .model = chosen,
        .total = request.network.input + workload.execution(i, chosen) + request.network.output};
  }
  return outcomes;
}

class TrueProfiles final : public ModelProfiles {
 public:
  explicit TrueProfiles(const ModelSet& models) : models_(models) {}
  Candidate candidate(ModelId id) const override { return models_.candidates()[id.value]; }

 private:
  const ModelSet& models_;
};

/// Arrivals and completions in the order of time; of two at the same moment the completion first,
/// so that a worker is free for who comes in that moment.
class QueueingWorld {
 public:
  QueueingWorld(const ModelSet& models, const Workload& workload, const Selector& policy,
                const SimulationSetting& setting)
      : workload_(workload),
        policy_(policy),
        setting_(setting),
        network_(setting),
        profiles_(models),
        scheduler_(
            {.workers = *setting.workers, .max_queue = setting.max_queue, .seed = setting.seed}),
        outcomes_(workload.requests().size()) {
    for (const Candidate& model : models.candidates()) all_models_.push_back(model.model);
  }

  std::vector<SimulatedOutcome> run() {
    for (const std::size_t index : by_arrival()) {
      const RequestTiming timing = network_.arrive(workload_.requests()[index]);
      complete_until(timing.received);
      const RequestId id{index};
      const Status admitted = scheduler_.admit({.id = id,
                                                .candidates = all_models_,
                                                .timing = timing,
                                                .threshold = setting_.threshold,
                                                .policy = &policy_,
                                                .way_back = network_.way_back()},
                                               timing.received);
      if (admitted) start(timing.received);
    }
    complete_until(TimePoint::max());
    return std::move(outcomes_);
  }

 private:
  struct Completion {
    TimePoint at;
    std::size_t request;
    friend auto operator<=>(const Completion&, const Completion&) = default;
  };

  std::vector<std::size_t> by_arrival() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      if (reachable(workload_.requests()[i])) order.push_back(i);
    }
    std::ranges::sort(order, {}, [&](std::size_t i) {
      const SimulatedRequest& request = workload_.requests()[i];
      return std::pair(request.sent + request.network.input, i);
    });
    return order;
  }

  void complete_until(TimePoint when) {
    while (!running_.empty() && running_.top().at <= when) {
      const auto [at, request] = running_.top();
      running_.pop();
      scheduler_.finished(RequestId{request});
      start(at);
    }
  }

  void start(TimePoint now) {
    while (const auto next = scheduler_.next(now, profiles_)) {
      const std::size_t request = next->request.value;
      const TimePoint end = now + workload_.execution(request, next->model.value);
      const SimulatedRequest& sent = workload_.requests()[request];
      outcomes_[request] = {.model = next->model.value,
                            .total = end - (kBegin + sent.sent) + sent.network.output};
      running_.push({.at = end, .request = request});
    }
  }

  const Workload& workload_;
  const Selector& policy_;
  const SimulationSetting& setting_;
  NetworkView network_;
  TrueProfiles profiles_;
  Scheduler scheduler_;
  std::vector<ModelId> all_models_;
  std::vector<SimulatedOutcome> outcomes_;
  std::priority_queue<Completion, std::vector<Completion>, std::greater<>> running_;
};

}  // namespace

Result<NetworkKnowledge> parse_network_knowledge(std::string_view text) {
  if (text == "double-input") return NetworkKnowledge::kDoubleInput;
  if (text == "perfect") return NetworkKnowledge::kPerfect;
  if (text == "learnt") return NetworkKnowledge::kLearnt;
  if (text == "law") return NetworkKnowledge::kLaw;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}'; allowed: double-input, perfect, learnt, law", text));
}

std::vector<SimulatedOutcome> simulate(const ModelSet& models, const Workload& workload,
                                       const Selector& policy, const SimulationSetting& setting) {
  if (!setting.workers) return without_waiting(models, workload, policy, setting);
  return QueueingWorld(models, workload, policy, setting).run();
}

}  // namespace cnnselect
