// PolicySet: one instance of every policy, by name, for requests that name their own. It does not
// change after construction, so any thread may use it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"

namespace cnnselect {

class PolicySet {
 public:
  PolicySet();
  /// Errors: kInvalidArgument, with the names of the policies.
  Result<const Selector*> find(std::string_view name) const;

 private:
  std::map<std::string, std::unique_ptr<Selector>, std::less<>> policies_;
};

}  // namespace cnnselect
