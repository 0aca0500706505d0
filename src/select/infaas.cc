// INFaaS (Romero et al., USENIX ATC 2021): of the models that meet the request's limits the one
// that is least busy.
//
// Simplified to what this server does: batch 1, every model loaded, and no least accuracy, since
// requests state none. Accuracy is a limit to INFaaS and not a goal: without one it spreads the
// load.
#include <array>
#include <tuple>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

bool less_busy(const Candidate& one, const Candidate& other) {
  return std::tuple(one.running, one.mean, other.accuracy) <
         std::tuple(other.running, other.mean, one.accuracy);
}

class Infaas final : public Selector {
 public:
  explicit Infaas(const PolicyValues& values) : interfered_(values["interfered"]) {}

  std::string_view name() const override { return "infaas"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double soft = real(input.budget.soft);
    const auto models = input.candidates;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (real(as_loaded(models[i])) > soft || interfered(models[i])) continue;
      if (!best || less_busy(models[i], models[*best])) best = i;
    }
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    // The least time to load and to answer; all are loaded.
    return certainly(fastest(models), Reason::kFastestFallback, probability);
  }

 private:
  bool interfered(const Candidate& model) const {
    return real(model.mean) > interfered_ * real(as_loaded(model));
  }

  double interfered_;
};

// Usually 1.5: two executions that share a core take 2, which must show; a profile of ten warm-up
// runs that lack the picture's preparation is off by a few tens of percent, which must not.

constexpr std::array kParametersOfInfaas = {
    PolicyParameter{.name = "interfered",
                    .meaning = "a model is left out above so many times its profiled mean",
                    .unit = "",
                    .usual = 1.5,
                    .least = 1,
                    .most = 100}};

}  // namespace

extern const PolicyKind kInfaasPolicy;
constinit const PolicyKind kInfaasPolicy = {
    .name = "infaas",
    .rule =
        "Of the models with mu, as profiled, <= T_U, the one with the fewest executions under way, "
        "else the fastest",
    .parameters = kParametersOfInfaas,
    .make = make_with_values<Infaas>};

}  // namespace cnnselect
