#include "sim/priced_choices.h"

#include <algorithm>

namespace cnnselect {
namespace {

bool makes_it(const SimulatedRequest& request, Duration execution, Duration sla) {
  const auto& [input, output] = request.network;
  // Written without sums that could overflow: either way may take forever.
  return input <= sla && output <= sla - input && execution <= sla - input - output;
}

/// What the device's own network makes of it, at no cost to the server.
double without_server(const Workload& workload, std::size_t request, Duration sla) {
  const auto& device = workload.device();
  return device && workload.own_execution(request) <= sla ? device->accuracy : 0;
}

/// The first arrival among the requests that some model can serve.
Duration first_arrival(const Workload& workload, Duration sla) {
  Duration first = Duration::max();
  for (std::size_t i = 0; i < workload.requests().size(); ++i) {
    const SimulatedRequest& request = workload.requests()[i];
    if (!makes_it(request, std::ranges::min(workload.executions(i)), sla)) continue;
    first = std::min(first, request.sent + request.network.input);
  }
  return first;
}

/// The bound at one price, and the worker seconds that its choices take: the slope in the price is
/// capacity less these.
struct Priced {
  double value = 0;
  double used = 0;
};

Priced at_price(const PricedChoices& choices, double price) {
  Priced sum;
  for (const PricedRequest& request : choices.requests()) {
    double best = request.own;
    double used = 0;
    for (const auto& [accuracy, seconds] : choices.of(request)) {
      const double gain = accuracy - price * seconds;
      if (gain <= best) continue;
      best = gain;
      used = seconds;
    }
    sum.value += best;
    sum.used += used;
  }
  return sum;
}

}  // namespace

PricedChoices::PricedChoices(const ModelSet& models, const Workload& workload, Duration sla) {
  const Duration first = first_arrival(workload, sla);
  requests_.reserve(workload.requests().size());
  std::vector<PricedChoice> all;
  for (std::size_t i = 0; i < workload.requests().size(); ++i) {
    const SimulatedRequest& request = workload.requests()[i];
    all.clear();
    for (std::size_t m = 0; m < models.size(); ++m) {
      const Duration execution = workload.execution(i, m);
      if (!makes_it(request, execution, sla)) continue;
      all.push_back({.accuracy = models.models()[m].accuracy, .seconds = to_seconds(execution)});
    }
    std::ranges::sort(all, {}, &PricedChoice::seconds);
    PricedRequest priced{.own = without_server(workload, i, sla),
                         .arrival = 0,
                         .deadline = 0,
                         .begin = choices_.size(),
                         .end = 0};
    if (!all.empty()) {
      priced.arrival = to_seconds(request.sent + request.network.input - first);
      priced.deadline = to_seconds(request.sent + (sla - request.network.output) - first);
      span_ = std::max(span_, priced.deadline);
    }
    double best = priced.own;
    for (const PricedChoice& choice : all) {
      if (choice.accuracy <= best) continue;
      best = choice.accuracy;
      choices_.push_back(choice);
    }
    priced.end = choices_.size();
    requests_.push_back(priced);
  }
}

OnePrice best_one_price(const PricedChoices& choices, int workers) {
  const double capacity = workers * choices.span();
  const Priced free = at_price(choices, 0);
  OnePrice best{.bound = free.value, .price = 0};
  if (free.used <= capacity) return best;
  // Convex in the price, so its smallest value is where the choices just fill the capacity. At a
  // price of accuracy 1 for the shortest execution nobody buys anything.
  double low = 0;
  double high = 1;
  while (at_price(choices, high).used > capacity) high *= 2;
  constexpr int kHalvings = 50;
  for (int i = 0; i < kHalvings; ++i) {
    const double price = (low + high) / 2;
    const Priced priced = at_price(choices, price);
    const double bound = priced.value + price * capacity;
    if (bound < best.bound) best = {.bound = bound, .price = price};
    (priced.used > capacity ? low : high) = price;
  }
  return best;
}

}  // namespace cnnselect
