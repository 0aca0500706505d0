#include "select/policy_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

#include "model/names.h"

namespace cnnselect {
namespace {

std::unexpected<Error> broken(const PolicyKind& kind, std::string_view what) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("policy {}: {}", in_quotes(kind.name), what));
}

bool plain_name(std::string_view name, char joint) {
  const auto fits = [joint](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == joint;
  };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::ranges::all_of(name, fits);
}

Status check_description(const PolicyKind& kind) {
  if (!plain_name(kind.name, '-')) {
    return broken(kind, "allowed in a name: a letter a to z, then a to z, 0 to 9, '-' and '_'");
  }
  if (kind.make == nullptr) return broken(kind, "PolicyKind::make is missing");
  for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
    const PolicyParameter& one = kind.parameters[i];
    const auto before = kind.parameters.first(i);
    if (!plain_name(one.name, '_')) {
      return broken(kind, fmt::format("its parameter {}; allowed in a name: a letter a to z, then "
                                      "a to z, 0 to 9 and '_'",
                                      in_quotes(one.name)));
    }
    if (std::ranges::find(before, one.name, &PolicyParameter::name) != before.end()) {
      return broken(kind, fmt::format("two parameters '{}'", one.name));
    }
    const bool bounded = std::isfinite(one.least) && std::isfinite(one.most);
    const bool usual = std::isnan(one.usual) || (one.usual >= one.least && one.usual <= one.most);
    if (!bounded || !usual) {
      return broken(kind, fmt::format("its parameter '{}' is usually {}; want a value from {} to "
                                      "{}, both finite",
                                      one.name, one.usual, one.least, one.most));
    }
  }
  return {};
}

constexpr std::array kDevice = {DeviceView{.accuracy = 0.4, .mean = from_ms(50)}};

/// A few inputs of every kind: one model to twelve, any budget, idle to overloaded.
struct MadeUpInput {
  explicit MadeUpInput(Rng& rng) {
    const auto up_to = [&rng](double most) { return most * rng.uniform(); };
    const auto count = 1 + static_cast<std::size_t>(up_to(12));
    for (std::size_t i = 0; i < count; ++i) {
      models.push_back({.model = ModelId{static_cast<std::uint32_t>(i)},
                        .accuracy = up_to(1),
                        .mean = from_ms(0.1 + up_to(200)),
                        .deviation = from_ms(up_to(20)),
                        .running = static_cast<std::size_t>(up_to(4))});
    }
    Duration soft = from_ms(up_to(500) - 100);
    if (rng.uniform() < 0.05) soft = Duration::min();
    if (rng.uniform() < 0.05) soft = Duration::max();
    input = {.candidates = models,
             .budget = {.soft = soft, .hard = soft},
             .sla = from_ms(up_to(600)),
             .output = from_ms(up_to(100)),
             .waited = from_ms(up_to(50)),
             .load = {.waiting = static_cast<std::size_t>(up_to(100)),
                      .workers = static_cast<std::size_t>(up_to(9)),
                      .arrivals_per_second = up_to(200),
                      .period_arrivals_per_second = up_to(200)}};
    if (rng.uniform() < 0.2) input.device = kDevice[0];
  }
  std::vector<Candidate> models;
  SelectionInput input;
};

Status check_choice(const PolicyKind& kind, const Selector& policy, const MadeUpInput& made_up,
                    Rng& rng) {
  const std::size_t count = made_up.models.size();
  std::vector<double> probability(count, -1.0);
  const Selection selection = policy.select(made_up.input, rng, probability);
  if (selection.chosen >= count || selection.base >= count) {
    return broken(kind, fmt::format("it chose model {} with base {} of {} models", selection.chosen,
                                    selection.base, count));
  }
  const bool proper =
      std::ranges::all_of(probability, [](double p) { return std::isfinite(p) && p >= 0; });
  const double sum = std::accumulate(probability.begin(), probability.end(), 0.0);
  if (!proper || std::abs(sum - 1) > 1e-6) {
    return broken(kind, fmt::format("its probabilities sum to {}; want a finite one, >= 0, for "
                                    "each model, together 1",
                                    sum));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Selector>> make_policy(const PolicyKind& kind,
                                              std::span<const double> values) {
  std::string why = "it made nothing";
  try {
    auto policy = kind.make(PolicyValues(kind.parameters, values));
    if (policy) return policy;
  } catch (const std::exception& error) {
    why = error.what();
  }
  return fail(ErrorCode::kInternal, fmt::format("policy '{}' cannot be made: {}", kind.name, why));
}

Status check_policy(const PolicyKind& kind) {
  if (const Status sound = check_description(kind); !sound) return sound;
  std::vector<double> usual;
  for (const PolicyParameter& parameter : kind.parameters) usual.push_back(parameter.usual);
  const auto policy = make_policy(kind, usual);
  if (!policy) return std::unexpected(policy.error());
  if ((*policy)->name() != kind.name) {
    return broken(kind, fmt::format("it calls itself {}", in_quotes((*policy)->name())));
  }
  // Its plans would take seconds.
  const int inputs = kind.plans_ahead ? 3 : 300;
  Rng rng(1);
  try {
    for (int i = 0; i < inputs; ++i) {
      const MadeUpInput made_up(rng);
      const Status kept = check_choice(kind, **policy, made_up, rng);
      if (!kept) return kept;
    }
  } catch (const std::exception& error) {
    return broken(kind, fmt::format("it threw: {}", error.what()));
  }
  return {};
}

}  // namespace cnnselect
