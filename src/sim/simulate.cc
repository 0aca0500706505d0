#include "sim/simulate.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "budget/budget.h"
#include "engine/scheduler.h"

namespace cnnselect {
namespace {

// The simulated world begins an hour after the clock's epoch, so that "earlier" stays valid.
constexpr TimePoint kBegin{std::chrono::hours(1)};

bool reachable(const SimulatedRequest& request) {
  return request.network.input != kForever && request.network.output != kForever;
}

std::optional<DeviceView> device_view(const Workload& workload, Duplication duplication) {
  if (!workload.device()) return std::nullopt;
  return DeviceView{.accuracy = workload.device()->accuracy,
                    .mean = workload.device()->mean,
                    .deviation = workload.device()->deviation,
                    .duplicates = duplication != Duplication::kOff};
}

/// What the server's answers become on the devices.
std::vector<SimulatedOutcome> on_devices(const ModelSet& models, const Workload& workload,
                                         const SimulationSetting& setting,
                                         std::vector<ServerSide> answers) {
  std::vector<SimulatedOutcome> outcomes(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ServerSide& server = answers[i];
    if (server.model) server.accuracy = models.models()[*server.model].accuracy;
    if (!workload.device()) {
      if (server.model) outcomes[i] = server_alone(server);
      continue;
    }
    outcomes[i] = with_device(server, *workload.device(), workload.own_execution(i),
                              setting.duplication, setting.sla);
  }
  return outcomes;
}

/// As the network view sees it. `received`: on the server, before the request is decoded.
Visit visit_of(const Workload& workload, std::size_t request, std::size_t client, TimePoint sent) {
  const NetworkTimes& network = workload.requests()[request].network;
  return {.network = network,
          .input_error = workload.input_error(request),
          .client = client,
          .sent = sent,
          .received = sent + network.input};
}

std::vector<ServerSide> without_waiting(const ModelSet& models, const Workload& workload,
                                        const Selector& policy, const SimulationSetting& setting) {
  Rng rng(setting.seed);
  NetworkView network(setting.network);
  const auto device = device_view(workload, setting.duplication);
  std::vector<double> probability(models.size());
  std::vector<ServerSide> answers(workload.requests().size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const SimulatedRequest& request = workload.requests()[i];
    if (!reachable(request)) continue;
    RequestTiming timing =
        network.arrive(visit_of(workload, i, workload.client(i), kBegin + request.sent));
    timing.sla = setting.sla;
    Duration here = request.network.input + setting.overhead;
    const SelectionInput input{
        .candidates = models.candidates(),
        .budget = budget_at(timing, setting.threshold, timing.received + setting.overhead),
        .sla = setting.sla,
        .way_back = network.way_back(),
        .output = timing.output,
        .load = {},
        .device = device};
    const Selection selection = policy.select(input, rng, probability);
    if (selection.reason != Reason::kUseDevice) {
      answers[i].model = selection.chosen;
      here += workload.execution(i, selection.chosen);
    }
    answers[i].total = here + workload.way_back(i, request.sent + here);
  }
  return answers;
}

/// Arrivals and completions in the order of time; of two at the same moment the completion first,
/// so that a worker is free for who comes in that moment.
class ServedWorld {
 public:
  ServedWorld(const ModelSet& models, const Workload& workload, const Selector& policy,
              const SimulationSetting& setting)
      : workload_(workload),
        policy_(policy),
        setting_(setting),
        network_(setting.network),
        memory_(memory_of(models, setting)),
        profiles_(models, workload, setting.profiles, memory_ ? &*memory_ : nullptr),
        device_(device_view(workload, setting.duplication)),
        scheduler_({.workers = setting.workers.value_or(
                        static_cast<int>(std::max<std::size_t>(workload.requests().size(), 1))),
                    .max_queue = setting.max_queue,
                    .seed = setting.seed}),
        sent_(workload.requests().size()),
        client_(workload.requests().size()),
        answers_(workload.requests().size()) {
    for (const Candidate& model : models.candidates()) all_models_.push_back(model.model);
    if (!workload.clients()) open_ = by_arrival();
    for (std::size_t i = 0; i < workload.clients().value_or(0); ++i) send(i, kBegin);
  }

  std::vector<ServerSide> run() {
    while (true) {
      if (!workload_.clients()) meet_the_next();
      if (!running_.empty() && (arriving_.empty() || running_.top().at <= arriving_.top().at)) {
        complete();
      } else if (!arriving_.empty()) {
        arrive();
      } else {
        return std::move(answers_);
      }
    }
  }

 private:
  struct Completion {
    TimePoint at;
    std::size_t request;
    ModelId model;
    Duration took;
    friend bool operator>(const Completion& one, const Completion& other) {
      return std::pair(one.at, one.request) > std::pair(other.at, other.request);
    }
  };

  struct Arrival {
    TimePoint at;  ///< at the queue
    std::size_t request;
    friend auto operator<=>(const Arrival&, const Arrival&) = default;
  };

  static std::optional<ModelMemory> memory_of(const ModelSet& models,
                                              const SimulationSetting& setting) {
    if (!setting.cold) return std::nullopt;
    const int workers = setting.workers.value_or(std::numeric_limits<int>::max());
    return ModelMemory(models, *setting.cold, static_cast<std::size_t>(workers), setting.seed);
  }

  /// Requests that are sent whatever becomes of the others, by their arrival.
  std::vector<Arrival> by_arrival() {
    std::vector<Arrival> order;
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      const SimulatedRequest& request = workload_.requests()[i];
      sent_[i] = kBegin + request.sent;
      client_[i] = workload_.client(i);
      if (reachable(request)) order.push_back({queued(i), i});
    }
    std::ranges::sort(order);
    return order;
  }

  /// They are met one by one: what waits to arrive stays small.
  void meet_the_next() {
    if (arriving_.empty() && next_ < open_.size()) arriving_.push(open_[next_++]);
  }

  TimePoint queued(std::size_t request) const {
    return sent_[request] + workload_.requests()[request].network.input + setting_.overhead;
  }

  Visit visit(std::size_t request) const {
    return visit_of(workload_, request, client_[request], sent_[request]);
  }

  /// A client of the closed loop sends the next request of all.
  void send(std::size_t client, TimePoint now) {
    if (next_ == answers_.size()) return;
    const std::size_t index = next_++;
    sent_[index] = now;
    client_[index] = client;
    if (reachable(workload_.requests()[index])) arriving_.push({queued(index), index});
  }

  void arrive() {
    const auto [now, index] = arriving_.top();
    arriving_.pop();
    RequestTiming timing = network_.arrive(visit(index));
    timing.sla = setting_.sla;
    const Status admitted = scheduler_.admit({.id = RequestId{index},
                                              .candidates = all_models_,
                                              .terms = {.timing = timing,
                                                        .threshold = setting_.threshold,
                                                        .policy = &policy_,
                                                        .way_back = network_.way_back(),
                                                        .device = device_,
                                                        .late = setting_.late}},
                                             now);
    if (!admitted) answered(index, std::nullopt, now);
    start(now);
  }

  void complete() {
    const Completion ended = running_.top();
    running_.pop();
    profiles_.record(ended.model, ended.took, ended.at);
    scheduler_.finished(RequestId{ended.request}, ended.took, ended.at);
    if (memory_) memory_->release(ended.model, ended.at);
    start(ended.at);
  }

  void start(TimePoint now) {
    if (memory_) memory_->advance(now);
    while (const auto next = scheduler_.next(now, profiles_)) {
      if (const auto* const over = std::get_if<GivenUp>(&*next)) {
        answered(over->request.value, std::nullopt, now);
        continue;
      }
      const auto& start = std::get<Start>(*next);
      const std::size_t request = start.request.value;
      const TimePoint begin = memory_ ? memory_->use(start.model, now) : now;
      if (memory_ && start.wished) memory_->wished(*start.wished, now);
      const Duration took = workload_.execution(request, start.model.value);
      answered(request, start.model.value, begin + took);
      answers_[request].cold = begin > now;
      running_.push({.at = begin + took, .request = request, .model = start.model, .took = took});
    }
  }

  /// The server's last word leaves it at `end`.
  void answered(std::size_t index, std::optional<std::size_t> model, TimePoint end) {
    const Duration output = workload_.way_back(index, end - kBegin);
    const TimePoint here = end + output;
    answers_[index] = {.model = model, .accuracy = 0, .total = here - sent_[index]};
    network_.answered(visit(index), output, here);
    if (workload_.clients()) send(client_[index], here);
  }

  const Workload& workload_;
  const Selector& policy_;
  const SimulationSetting& setting_;
  NetworkView network_;
  std::optional<ModelMemory> memory_;
  ProfileView profiles_;
  const std::optional<DeviceView> device_;
  Scheduler scheduler_;
  std::vector<ModelId> all_models_;
  std::vector<Arrival> open_;  // of an open loop, by arrival
  std::size_t next_ = 0;       // in open_; of a closed loop the next request to be sent
  std::vector<TimePoint> sent_;
  std::vector<std::size_t> client_;  // who sent it
  std::vector<ServerSide> answers_;
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arriving_;
  std::priority_queue<Completion, std::vector<Completion>, std::greater<>> running_;
};

}  // namespace

std::vector<SimulatedOutcome> simulate(const ModelSet& models, const Workload& workload,
                                       const Selector& policy, const SimulationSetting& setting) {
  const bool nothing_learnt = setting.profiles == ProfileKnowledge::kTrue &&
                              setting.network.knowledge != NetworkKnowledge::kLearnt;
  const bool alone = !setting.workers && nothing_learnt && !setting.cold;
  return on_devices(models, workload, setting,
                    alone ? without_waiting(models, workload, policy, setting)
                          : ServedWorld(models, workload, policy, setting).run());
}

}  // namespace cnnselect
