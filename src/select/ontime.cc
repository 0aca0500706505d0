// Our own policy: the largest expected effective accuracy, less the price of the worker's time
// (docs/policies.md, "ontime").
#include <algorithm>
#include <array>
#include <ranges>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"
#include "select/work_price.h"

namespace cnnselect {
namespace {

/// Chance that one execution takes at most `time`, with `below` of the model's times known to be
/// under it: linear between neighbours, each time standing for the middle of its share.
double empirical_at_most(std::span<const Duration> times, std::size_t below, double time) {
  const auto count = static_cast<double>(times.size());
  if (below == 0) return real(times.front()) == time ? 0.5 / count : 0;
  if (below == times.size()) return 1;
  const double low = real(times[below - 1]);
  const double high = real(times[below]);
  const double between = high > low ? (time - low) / (high - low) : 1;
  return (static_cast<double>(below) - 0.5 + between) / count;
}

/// P(m): the chance that execution and way back together are over within `remaining`.
double chance_in_time(const Candidate& model, double remaining,
                      std::span<const Duration> way_back) {
  const auto at_most = [&](double time, std::size_t& below) {
    if (model.times.empty()) {
      return normal_at_most(time, real(model.mean), real(model.deviation));
    }
    while (below < model.times.size() && real(model.times[below]) <= time) ++below;
    return empirical_at_most(model.times, below, time);
  };
  if (!model.times.empty()) {
    // Most models are clearly in time, or clearly not.
    if (real(model.times.back()) <= remaining - real(way_back.back())) return 1;
    if (real(model.times.front()) > remaining - real(way_back.front())) return 0;
  }
  double sum = 0;
  std::size_t below = 0;
  // The longest way back first: the time left for the execution only grows, and so does `below`.
  for (const Duration output : std::views::reverse(way_back)) {
    sum += at_most(remaining - real(output), below);
  }
  return sum / static_cast<double>(way_back.size());
}

/// What the client's own network is worth if it gets no answer from here, and whether it runs that
/// whatever this server does, so that only more than that is a gain.
struct OwnAnswer {
  double value = 0;
  bool anyway = false;
};

OwnAnswer own_answer(const SelectionInput& input, double remaining,
                     std::span<const Duration> way_back) {
  if (!input.device) return {};
  const DeviceView& device = *input.device;
  const Candidate own{
      .accuracy = device.accuracy, .mean = device.mean, .deviation = device.deviation};
  // Told to run it, it begins when the message is there.
  const double chance =
      device.duplicates ? normal_at_most(real(input.sla), real(device.mean), real(device.deviation))
                        : chance_in_time(own, remaining, way_back);
  return {.value = device.accuracy * chance, .anyway = device.duplicates};
}

class Ontime final : public Selector {
 public:
  explicit Ontime(const PolicyValues& values)
      : price_(values["price"]), least_chance_(values["least_chance"]) {}

  std::string_view name() const override { return "ontime"; }
  bool reads_distributions() const override { return true; }
  bool puts_behind() const override { return true; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const std::span<const Duration> estimate(&input.output, 1);
    const auto way_back = input.way_back.empty() ? estimate : input.way_back;
    const double remaining = real(input.budget.soft) + real(input.output);
    const OwnAnswer own = own_answer(input, remaining, way_back);
    const WorkPrice price(input, own.anyway ? own.value : 0, prices_);
    std::optional<std::size_t> best;
    double best_score = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < models.size(); ++i) {
      const double cost = price_ * price.of(models[i].mean);
      const double gain = models[i].accuracy - (own.anyway ? own.value : 0);
      // Not even certain to be in time would it win.
      if (std::max(gain, 0.0) - cost < best_score) continue;
      const double chance = chance_in_time(models[i], remaining, way_back);
      if (!(chance >= least_chance_)) continue;  // nor when it is not a number
      const double score = gain * chance - cost;
      if (!best || score > best_score ||
          (score == best_score && models[i].mean < models[*best].mean)) {
        best = i;
        best_score = score;
      }
    }
    if (own.value > 0 && (!best || best_score < (own.anyway ? 0 : own.value))) {
      return certainly(best.value_or(fastest(models)), Reason::kUseDevice, probability);
    }
    // Who cannot be in time, or is not worth the time, shall not keep others waiting.
    Selection selection = best ? certainly(*best, Reason::kBaseOnly, probability)
                               : certainly(fastest(models), Reason::kFastestFallback, probability);
    selection.others_first = !best || best_score < 0;
    return selection;
  }

 private:
  double price_;
  double least_chance_;
  PriceCache prices_;
};

constexpr std::array kOntimeParameters = {
    PolicyParameter{.name = "price",
                    .meaning = "times the price of a worker's time; 0: later requests do not count",
                    .usual = 1,
                    .least = 0,
                    .most = 100},
    PolicyParameter{.name = "least_chance",
                    .meaning = "below this chance to be in time an answer is as good as late",
                    .usual = 0.02,
                    .least = 0,
                    .most = 1}};

}  // namespace

extern const PolicyKind kOntimePolicy;
constinit const PolicyKind kOntimePolicy = {
    .name = "ontime",
    .rule = "The largest A x chance to be in time, less a price of the worker's time",
    .parameters = kOntimeParameters,
    .make = make_with_values<Ontime>};

}  // namespace cnnselect
