#include "sim/bounds.h"

#include "sim/priced_choices.h"

namespace cnnselect {

double clairvoyant_bound(const ModelSet& models, const Workload& workload, Duration sla) {
  const PricedChoices choices(models, workload, sla);
  double sum = 0;
  for (const PricedRequest& request : choices.requests()) {
    const auto offered = choices.of(request);
    sum += offered.empty() ? request.own : offered.back().accuracy;
  }
  return choices.requests().empty() ? 0 : sum / static_cast<double>(choices.requests().size());
}

double capacity_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers) {
  const PricedChoices choices(models, workload, sla);
  if (choices.requests().empty()) return 0;
  return best_one_price(choices, workers).bound / static_cast<double>(choices.requests().size());
}

}  // namespace cnnselect
