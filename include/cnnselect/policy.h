// PolicyKind: what a program has to know of a policy to offer it: its name, its rule, its
// parameters, and how to make one.
//
// Each policy's file defines one, with static storage and for as long as the program runs. A new
// policy needs no more than that and a line where it is registered (docs/write-a-policy.md).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "cnnselect/selector.h"

namespace cnnselect {

/// A number that users may set: `slack-greedy:quantile=0.99`.
struct PolicyParameter {
  std::string_view name;     ///< lower-case letters, digits and '_': "quantile"
  std::string_view meaning;  ///< a few words, for the documentation
  std::string_view unit;     ///< "ms", or empty for a plain number; users may write it or not
  /// When nobody sets it. NaN: nothing then; `meaning` says what the policy does without.
  double usual = std::numeric_limits<double>::quiet_NaN();
  double least = 0;    ///< the smallest that is allowed, finite
  double most = 0;     ///< the largest, finite
  bool whole = false;  ///< only whole numbers
};

/// A value for each parameter, within its bounds. Valid for the call it is passed to.
class PolicyValues {
 public:
  /// `values`: one for each of `parameters`, in their order.
  PolicyValues(std::span<const PolicyParameter> parameters, std::span<const double> values)
      : parameters_(parameters), values_(values) {}

  /// As set, else the usual value. A name that the policy does not declare is a bug in it, and
  /// ends the program with a message.
  double operator[](std::string_view name) const {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (parameters_[i].name == name) return values_[i];
    }
    std::fprintf(stderr, "cnnselect: a policy asks for '%.*s', which it has not declared\n",
                 static_cast<int>(name.size()), name.data());
    std::abort();
  }

 private:
  std::span<const PolicyParameter> parameters_;
  std::span<const double> values_;
};

struct PolicyKind {
  std::string_view name;  ///< lower-case letters, digits, '-' and '_'; begins with a letter
  std::string_view rule;  ///< one sentence
  std::span<const PolicyParameter> parameters;
  /// A policy whose Selector::name() is `name`. Called once for each setting of the parameters.
  std::unique_ptr<Selector> (*make)(const PolicyValues& values) = nullptr;
  /// Whether it computes a plan, for milliseconds, when it is first asked about an SLA or a load. A
  /// server cannot do that while requests wait; so only `simulate` offers it.
  bool plans_ahead = false;
};

/// PolicyKind::make of a policy without parameters.
template <class Policy>
std::unique_ptr<Selector> make_plain(const PolicyValues&) {
  return std::make_unique<Policy>();
}

/// PolicyKind::make of a policy whose constructor takes the values.
template <class Policy>
std::unique_ptr<Selector> make_with_values(const PolicyValues& values) {
  return std::make_unique<Policy>(values);
}

}  // namespace cnnselect
