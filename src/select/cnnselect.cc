// The paper's rule (Ogden & Guo, section 5.1), as docs/policies.md settles what it leaves open.
#include <algorithm>
#include <array>
#include <cmath>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

// Keeps Eq. 4 from dividing by zero when mu is T_L to the nanosecond.
constexpr double kSmallestDistance = 1'000;  // 1 microsecond

struct Limits {
  double soft;  // T_U
  double hard;  // T_L
};

struct Interval {
  double low;
  double high;
  bool contains(double x) const { return low <= x && x <= high; }
};

// T_E, the values of mu that may be explored around the base model: everything no further from T_L
// than the base model is, plus sigma. Written so that an infinite T_L stays meaningful.
Interval exploration_interval(const Candidate& base, double hard, bool as_printed) {
  const double mu = real(base.mean);
  const double sigma = real(base.deviation);
  const bool below = hard > mu;
  const double mirrored = std::isinf(hard) ? hard : 2 * hard - mu;
  if (as_printed) {
    return below ? Interval{mu + sigma, mirrored + sigma} : Interval{mirrored + sigma, mu + sigma};
  }
  return below ? Interval{mu - sigma, mirrored + sigma} : Interval{mirrored - sigma, mu + sigma};
}

// U(m), Eq. 4. With T_U infinite its factor is common to all models and cancels in the draw; with
// T_L infinite as well, so does the divisor, and accuracy alone is left.
double utility(const Candidate& model, const Limits& limits) {
  const double mu = real(model.mean);
  const double room = std::isinf(limits.soft) ? 1.0 : limits.soft - (mu + real(model.deviation));
  const double distance =
      std::isinf(limits.hard) ? 1.0 : std::max(std::abs(limits.hard - mu), kSmallestDistance);
  return model.accuracy * room / distance;
}

// What is not known of the way back: from its middle to where one request in six is beyond, a
// deviation if it were normal. 0 when there is but one estimate.
double spread(std::span<const Duration> way_back) {
  if (way_back.empty()) return 0;
  return real(way_back[way_back.size() * 5 / 6]) - real(way_back[way_back.size() / 2]);
}

bool dominated(const Candidate& model, std::span<const Candidate> all) {
  return std::ranges::any_of(all, [&](const Candidate& other) {
    return (other.accuracy >= model.accuracy && other.mean < model.mean) ||
           (other.accuracy > model.accuracy && other.mean <= model.mean);
  });
}

struct CnnselectOptions {
  std::string_view name;
  // The exploration interval as the paper prints it, instead of the distance that its Fig. 11
  // shows. The printed one can leave out the base model itself.
  bool interval_as_printed = false;
  // First leave out models that another one beats in both accuracy and mean time. Quadratic in the
  // number of models.
  bool drop_dominated = false;
  // Each model has its own T_threshold, by what is not known of this request and of the model.
  bool automatic_threshold = false;
  // Of T_threshold, ns, where it is stated; else the budget's counts.
  std::optional<double> threshold = std::nullopt;
  double margin = 1;  // of the automatic threshold
};

class Cnnselect final : public Selector {
 public:
  explicit Cnnselect(const CnnselectOptions& options) : options_(options) {}

  std::string_view name() const override { return options_.name; }
  bool reads_distributions() const override { return options_.automatic_threshold; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    const auto limits = [&, network = spread(input.way_back)](const Candidate& model) {
      const double soft = real(input.budget.soft);
      return Limits{.soft = soft, .hard = hard_limit(input.budget, network, model)};
    };
    const auto base = base_model(input.candidates, limits);
    if (!base) {
      return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
    }
    weigh(input.candidates, *base, limits(input.candidates[*base]), probability);
    return draw(*base, rng, probability);
  }

 private:
  double hard_limit(const Budget& budget, double network, const Candidate& model) const {
    const double soft = real(budget.soft);
    if (options_.automatic_threshold) {
      return soft - options_.margin * (network + real(model.deviation));
    }
    return options_.threshold ? soft - *options_.threshold : real(budget.hard);
  }

  // Stage 1 (Eqs. 1-3).
  template <class LimitsOf>
  std::optional<std::size_t> base_model(std::span<const Candidate> all,
                                        const LimitsOf& limits_of) const {
    return most_accurate(all, [&](const Candidate& model) {
      const Limits limits = limits_of(model);
      return fits(model, limits.soft) && real(model.mean) - real(model.deviation) < limits.hard &&
             !(options_.drop_dominated && dominated(model, all));
    });
  }

  // Stage 2, who may be explored, and stage 3's utilities of those.
  void weigh(std::span<const Candidate> all, std::size_t base, const Limits& limits,
             std::span<double> weight) const {
    const Interval explored =
        exploration_interval(all[base], limits.hard, options_.interval_as_printed);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Candidate& model = all[i];
      const bool eligible = explored.contains(real(model.mean)) && fits(model, limits.soft) &&
                            !(options_.drop_dominated && dominated(model, all));
      weight[i] = eligible ? utility(model, limits) : 0.0;
    }
  }

  CnnselectOptions options_;
};

constexpr std::array kCnnselectParameters = {
    PolicyParameter{.name = "threshold",
                    .meaning = "T_threshold; absent: the request's threshold_ms, else --threshold",
                    .unit = "ms",
                    .least = 0,
                    .most = 60'000}};
constexpr std::array kAutoParameters = {
    PolicyParameter{.name = "margin",
                    .meaning = "T_threshold over spread of the way back + sigma",
                    .usual = 1,
                    .least = 0,
                    .most = 10}};

std::unique_ptr<Selector> with_threshold(CnnselectOptions options, const PolicyValues& values) {
  if (const double ms = values["threshold"]; !std::isnan(ms)) options.threshold = ms * 1e6;
  return std::make_unique<Cnnselect>(options);
}

}  // namespace

extern const PolicyKind kCnnselectPolicy;
constinit const PolicyKind kCnnselectPolicy = {.name = "cnnselect",
                                               .rule = "The paper's three stages",
                                               .parameters = kCnnselectParameters,
                                               .make = [](const PolicyValues& values) {
                                                 return with_threshold({.name = "cnnselect"},
                                                                       values);
                                               }};

extern const PolicyKind kCnnselectPrintedPolicy;
constinit const PolicyKind kCnnselectPrintedPolicy = {
    .name = "cnnselect-printed",
    .rule = "As cnnselect, with the exploration interval as the paper prints it",
    .parameters = kCnnselectParameters,
    .make = [](const PolicyValues& values) {
      return with_threshold({.name = "cnnselect-printed", .interval_as_printed = true}, values);
    }};

extern const PolicyKind kCnnselectFrontierPolicy;
constinit const PolicyKind kCnnselectFrontierPolicy = {
    .name = "cnnselect-frontier",
    .rule = "As cnnselect, without models that another one beats in accuracy and time",
    .parameters = kCnnselectParameters,
    .make = [](const PolicyValues& values) {
      return with_threshold({.name = "cnnselect-frontier", .drop_dominated = true}, values);
    }};

extern const PolicyKind kCnnselectAutoPolicy;
constinit const PolicyKind kCnnselectAutoPolicy = {
    .name = "cnnselect-auto",
    .rule = "As cnnselect, with T_threshold from what is not known",
    .parameters = kAutoParameters,
    .make = [](const PolicyValues& values) -> std::unique_ptr<Selector> {
      return std::make_unique<Cnnselect>(CnnselectOptions{
          .name = "cnnselect-auto", .automatic_threshold = true, .margin = values["margin"]});
    }};

}  // namespace cnnselect
