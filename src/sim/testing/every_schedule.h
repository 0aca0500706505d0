// For tests of bounds: what the best of all schedules earns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// The most that any order and choice of models achieves on `workers`, by trying them all: every
/// order of the requests, each with every model or dropped, on the worker that is free first.
inline double best_by_trying(const ModelSet& models, const Workload& workload, Duration sla,
                             int workers) {
  const std::size_t requests = workload.requests().size();
  std::vector<std::size_t> order(requests);
  std::iota(order.begin(), order.end(), std::size_t{0});
  double best = 0;
  std::size_t choices = 1;
  for (std::size_t i = 0; i < requests; ++i) choices *= models.size() + 1;
  do {
    for (std::size_t choice = 0; choice < choices; ++choice) {
      std::vector<Duration> free(static_cast<std::size_t>(workers), Duration::min());
      double sum = 0;
      std::size_t left = choice;
      for (const std::size_t request : order) {
        const std::size_t model = left % (models.size() + 1);
        left /= models.size() + 1;
        if (model == models.size()) continue;
        const auto& [sent, network] = workload.requests()[request];
        auto& worker = *std::ranges::min_element(free);
        const Duration end =
            std::max(worker, sent + network.input) + workload.execution(request, model);
        worker = end;
        if (end + network.output <= sent + sla) sum += models.models()[model].accuracy;
      }
      best = std::max(best, sum);
    }
  } while (std::ranges::next_permutation(order).found);
  return best / static_cast<double>(requests);
}

}  // namespace cnnselect
