#include "sim/bounds.h"

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

/// From the first arrival to the last moment of use, over the requests that some model can serve.
double usable_seconds(const Workload& workload, Duration sla) {
  Duration first = Duration::max();
  Duration last = Duration::zero();
  for (std::size_t i = 0; i < workload.requests().size(); ++i) {
    const SimulatedRequest& request = workload.requests()[i];
    if (!makes_it(request, std::ranges::min(workload.executions(i)), sla)) continue;
    first = std::min(first, request.sent + request.network.input);
    last = std::max(last, request.sent + sla - request.network.output);
  }
  return last > first ? to_seconds(last - first) : 0;
}

/// The bound at one price, not yet divided by the number of requests, and the worker seconds that
/// its choices take: the slope in the price is capacity less these.
struct Priced {
  double value = 0;
  double used = 0;
};

Priced at_price(const ModelSet& models, const Workload& workload, Duration sla, double price) {
  Priced sum;
  for (std::size_t i = 0; i < workload.requests().size(); ++i) {
    double best = without_server(workload, i, sla);
    double used = 0;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const Duration execution = workload.execution(i, m);
      if (!makes_it(workload.requests()[i], execution, sla)) continue;
      const double gain = models.models()[m].accuracy - price * to_seconds(execution);
      if (gain > best) {
        best = gain;
        used = to_seconds(execution);
      }
    }
    sum.value += best;
    sum.used += used;
  }
  return sum;
}

}  // namespace

double clairvoyant_bound(const ModelSet& models, const Workload& workload, Duration sla) {
  const auto requests = static_cast<double>(workload.requests().size());
  return requests == 0 ? 0 : at_price(models, workload, sla, 0).value / requests;
}

double capacity_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers) {
  const auto requests = static_cast<double>(workload.requests().size());
  if (requests == 0) return 0;
  const double capacity = workers * usable_seconds(workload, sla);
  const Priced free = at_price(models, workload, sla, 0);
  if (free.used <= capacity) return free.value / requests;
  // Convex in the price, so its smallest value is where the choices just fill the capacity. At a
  // price of accuracy 1 for the shortest execution nobody buys anything.
  double low = 0;
  double high = 1;
  while (at_price(models, workload, sla, high).used > capacity) high *= 2;
  double bound = free.value;
  constexpr int kHalvings = 50;
  for (int i = 0; i < kHalvings; ++i) {
    const double price = (low + high) / 2;
    const Priced priced = at_price(models, workload, sla, price);
    bound = std::min(bound, priced.value + price * capacity);
    (priced.used > capacity ? low : high) = price;
  }
  return bound / requests;
}

}  // namespace cnnselect
