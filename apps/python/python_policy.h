// PythonPolicy: a policy written in Python, asked by the simulator's own threads.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/selector.h"

namespace cnnselect {

/// What went wrong first in any Python policy of a run. Any thread may call it.
class FirstFailure {
 public:
  /// Keeps the exception that is being handled, unless there is one.
  void keep_current();
  bool seen() const;
  /// Throws it, if there is one.
  void rethrow() const;

 private:
  mutable Mutex mutex_;
  std::exception_ptr first_ CNNSELECT_GUARDED_BY(mutex_);
};

/// Takes the interpreter's lock for each decision. It cannot fail: after the first exception of any
/// Python policy the fastest model answers, and who runs the simulation asks `failure`.
class PythonPolicy final : public Selector {
 public:
  /// `policy`: callable with a Snapshot, or with a method `select` that is. It returns an index.
  /// Optional attributes: `name`, a text; `reads_distributions`, a truth. `names` of the models, by
  /// ModelId, and `failure` outlive it. Throws if it is neither. With the interpreter's lock; so is
  /// the destructor.
  PythonPolicy(const pybind11::handle& policy, const std::vector<std::string>& names,
               FirstFailure& failure);

  std::string_view name() const override { return name_; }
  bool reads_distributions() const override { return reads_distributions_; }
  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override;

 private:
  std::size_t ask(const SelectionInput& input, Rng& rng) const;

  std::string name_;
  bool reads_distributions_ = false;
  pybind11::object ask_;
  const std::vector<std::string>& names_;
  FirstFailure& failure_;
};

}  // namespace cnnselect
