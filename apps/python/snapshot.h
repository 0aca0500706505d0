// What a Python policy sees of one decision: SelectionInput, in milliseconds.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "cnnselect/selector.h"

namespace cnnselect {

/// Valid during one call of a policy; afterwards every look at it raises RuntimeError.
class Snapshot {
 public:
  /// All outlive the call. `distributions`: whether it shows any (Selector::reads_distributions).
  Snapshot(const SelectionInput& input, Rng& rng, const std::vector<std::string>& names,
           bool distributions)
      : input_(&input), rng_(&rng), names_(&names), distributions_(distributions) {}

  void expire() { input_ = nullptr; }

  /// Throws std::runtime_error when it has expired; so do those below.
  const SelectionInput& input() const;
  double uniform() const;
  /// In the order of the candidates.
  std::vector<std::string> models() const;
  /// ms; empty unless it shows distributions.
  std::vector<std::vector<double>> times() const;
  std::vector<double> way_back() const;

 private:
  const SelectionInput* input_;
  Rng* rng_;
  const std::vector<std::string>* names_;  // by ModelId
  bool distributions_;
};

/// Declares the class `Snapshot` in `module`.
void declare_snapshot(pybind11::module_& module);

}  // namespace cnnselect
