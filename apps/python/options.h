// Keyword arguments of cnnselect.simulate() as the options of a study.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "sim/study.h"

namespace cnnselect {

struct PythonOptions {
  /// Its policies are the texts among `policies`, in their order.
  StudyOptions study;
  /// Texts, and policies written in Python.
  std::vector<pybind11::object> policies;
  std::vector<std::string> policy_plugins;
  bool per_request = false;
};

/// Throws TypeError for a name that is none, or a value of another type, with what is allowed.
PythonOptions read_options(const pybind11::kwargs& given);

}  // namespace cnnselect
