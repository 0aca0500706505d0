// For test plugins: a policy of any name that always takes the same place among the models.
#pragma once

#include <string_view>

#include "cnnselect/candidates.h"
#include "cnnselect/policy_plugin.h"

namespace cnnselect {

template <std::size_t place, const char* text>
class FixedPolicy final : public Selector {
 public:
  std::string_view name() const override { return text; }
  Selection select(const SelectionInput&, Rng&, std::span<double> probability) const override {
    return certainly(place, Reason::kFixed, probability);
  }
};

}  // namespace cnnselect
