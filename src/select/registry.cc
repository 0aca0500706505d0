#include "select/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "model/names.h"
#include "select/policy_check.h"
#include "select/policy_text.h"

namespace cnnselect {

#define CNNSELECT_POLICY(file, kind) extern const PolicyKind kind;
#include "select/policies.def"
#undef CNNSELECT_POLICY

namespace {

constexpr std::array kBuiltIn = {
#define CNNSELECT_POLICY(file, kind) &(kind),
#include "select/policies.def"
#undef CNNSELECT_POLICY
};

std::vector<std::string_view> names_of(std::span<const PolicyKind* const> kinds) {
  std::vector<std::string_view> names;
  for (const PolicyKind* kind : kinds) names.push_back(kind->name);
  return names;
}

}  // namespace

PolicyRegistry::PolicyRegistry() : kinds_(kBuiltIn.begin(), kBuiltIn.end()) {}

const PolicyKind* PolicyRegistry::find(std::string_view name) const {
  const auto found = std::ranges::find(kinds_, name, &PolicyKind::name);
  return found == kinds_.end() ? nullptr : *found;
}

Status PolicyRegistry::add(const PolicyKind& kind) {
  if (const Status sound = check_policy(kind); !sound) return sound;
  if (find(kind.name) != nullptr || kind.name == kOracle) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("there is a policy '{}' already; want another name than {}", kind.name,
                            fmt::join(names_of(kinds_), ", ")));
  }
  kinds_.push_back(&kind);
  return {};
}

Result<std::unique_ptr<Selector>> PolicyRegistry::make(std::string_view text) const {
  const std::string_view name = policy_name_of(text);
  const PolicyKind* kind = find(name);
  if (kind == nullptr) {
    const auto names = names_of(kinds_);
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unknown policy {}; nearest is '{}' of {}", in_quotes(name),
                            nearest(name, names), fmt::join(names, ", ")));
  }
  const auto values = parse_policy_values(*kind, text);
  if (!values) return std::unexpected(values.error());
  return make_policy(*kind, *values);
}

bool PolicyRegistry::plans_ahead(std::string_view text) const {
  const PolicyKind* kind = find(policy_name_of(text));
  return kind != nullptr && kind->plans_ahead;
}

Result<std::unique_ptr<Selector>> make_selector(std::string_view text) {
  return PolicyRegistry().make(text);
}

std::span<const std::string_view> selector_names() {
  static const std::vector<std::string_view> kNames = names_of(kBuiltIn);
  return kNames;
}

}  // namespace cnnselect
