#include "service/policy_set.h"

#include "select/registry.h"

namespace cnnselect {

PolicySet::PolicySet() {
  for (const auto name : selector_names()) {
    // Every name that the registry lists can be made.
    policies_.emplace(name, make_selector(name).value());
  }
}

Result<const Selector*> PolicySet::find(std::string_view name) const {
  const auto found = policies_.find(name);
  if (found != policies_.end()) return found->second.get();
  // Not in the set, so not in the registry either; its error names what there is.
  return std::unexpected(make_selector(name).error());
}

}  // namespace cnnselect
