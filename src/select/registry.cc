#include "select/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "select/policies.h"

namespace cnnselect {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<Selector> (*make)();
};

constexpr std::array kEntries = {
    Entry{"ontime", make_ontime},
    Entry{"cnnselect", [] { return make_cnnselect({}); }},
    Entry{"cnnselect-printed", [] { return make_cnnselect({.interval_as_printed = true}); }},
    Entry{"cnnselect-frontier", [] { return make_cnnselect({.drop_dominated = true}); }},
    Entry{"cnnselect-auto", [] { return make_cnnselect({.automatic_threshold = true}); }},
    Entry{"budget-greedy", make_budget_greedy},
    Entry{"static-greedy", make_static_greedy},
    Entry{"slack-greedy", make_slack_greedy},
    Entry{"slackfit", make_slackfit},
    Entry{"mdinference", make_mdinference},
    Entry{"infaas", make_infaas},
    Entry{"model-switching", make_model_switching},
    Entry{"alert", make_alert},
    Entry{"proteus", make_proteus},
    Entry{"ramsis", make_ramsis},
    Entry{"exploration", make_exploration},
    Entry{"uniform-eligible", make_uniform_eligible},
    Entry{"weighted-eligible", make_weighted_eligible},
    Entry{"fastest", make_fastest},
    Entry{"most-accurate", make_most_accurate},
    Entry{"random", make_random},
};

constexpr auto kNames = [] {
  std::array<std::string_view, kEntries.size()> names;
  std::ranges::transform(kEntries, names.begin(), &Entry::name);
  return names;
}();
static_assert(kNames.front() == kDefaultPolicy);

}  // namespace

Result<std::unique_ptr<Selector>> make_selector(std::string_view name) {
  const auto found = std::ranges::find(kEntries, name, &Entry::name);
  if (found != kEntries.end()) return found->make();
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown policy '{}'; allowed: {}", name, fmt::join(kNames, ", ")));
}

bool plans_ahead(std::string_view name) { return name == "ramsis"; }

std::span<const std::string_view> selector_names() { return kNames; }

}  // namespace cnnselect
