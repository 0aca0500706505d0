// PolicySet: one instance of every policy, by name, for requests that name their own.
// Fixed after construction; any thread.
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
  /// Errors: kInvalidArgument, naming the policies there are.
  Result<const Selector*> find(std::string_view name) const;

 private:
  std::map<std::string, std::unique_ptr<Selector>, std::less<>> policies_;
};

}  // namespace cnnselect
