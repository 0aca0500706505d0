#include "model/family_gaps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string_view>

namespace cnnselect {
namespace {

/// "model 'a'", "models 'a', 'b'".
std::string models_text(const std::vector<std::string_view>& names) {
  return fmt::format("model{} '{}'", names.size() == 1 ? "" : "s", fmt::join(names, "', '"));
}

std::string family_text(const Family& family) {
  return fmt::format("family '{}' ({})", family.name, family.file.string());
}

/// Which of the two keys is missing; empty: none.
std::string_view missing_keys(const FamilyMember& member) {
  if (member.states_mean) return member.states_std ? "" : "'std'";
  return member.states_std ? "'mean'" : "'mean' and no 'std'";
}

}  // namespace

Status check_measured(const Family& family) {
  std::vector<std::string_view> names;
  for (const FamilyMember& member : family.members) {
    if (!member.top1) names.push_back(member.name);
  }
  if (names.empty()) return {};
  const auto folder = family.file.parent_path();
  std::string only;
  if (names.size() < family.members.size()) {
    for (const auto name : names) only += fmt::format(" --model {}", name);
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("{}: no 'top1' for {}, so {} accuracy would count as 0; want a fraction from 0 "
                  "to 1. To measure and write it: `cnnselect models evaluate {} --family {} "
                  "--images FOLDER --labels TABLE.tsv{} --write`",
                  family_text(family), models_text(names), names.size() == 1 ? "its" : "their",
                  folder.empty() ? "." : folder.string(), family.name, only));
}

std::vector<std::string> unstated_normalisation(const Family& family,
                                                std::span<const ElementType> inputs) {
  struct Key {
    std::string_view missing;
    float scale;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, std::vector<std::string_view>> members;
  for (std::size_t i = 0; i < family.members.size(); ++i) {
    const FamilyMember& member = family.members[i];
    const std::string_view missing = missing_keys(member);
    if (missing.empty() || inputs[i] == ElementType::kUint8) continue;
    members[{missing, member.input.scale}].push_back(member.name);
  }
  std::vector<std::string> said;
  for (const auto& [key, names] : members) {
    said.push_back(fmt::format(
        "{}: no {} for {}: mean 0 and std 1 are assumed where they are missing, of pixels from 0 "
        "to {}. Most networks were trained on other values, and answer worse with these. State "
        "both under [input] or [[model]]; ImageNet's are mean = [0.485, 0.456, 0.406], "
        "std = [0.229, 0.224, 0.225]; if these are right, mean = 0, std = 1 says so",
        family_text(family), key.missing, models_text(names), key.scale));
  }
  return said;
}

}  // namespace cnnselect
