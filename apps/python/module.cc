// The Python module `cnnselect`: the simulator of `cnnselect simulate`, with policies that may be
// written in Python.
#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

#include "options.h"
#include "plugin/policy_plugins.h"
#include "python_policy.h"
#include "results.h"
#include "sim/study.h"
#include "snapshot.h"

namespace cnnselect {
namespace {

namespace py = pybind11;

/// With our message: ValueError for what cannot be used, FileNotFoundError, else RuntimeError.
[[noreturn]] void raise(const Error& error) {
  PyObject* type = PyExc_RuntimeError;
  if (error.code == ErrorCode::kInvalidArgument) type = PyExc_ValueError;
  if (error.code == ErrorCode::kNotFound) type = PyExc_FileNotFoundError;
  PyErr_SetString(type, error.message.c_str());
  throw py::error_already_set();
}

template <class T>
T value_or_raise(Result<T> result) {
  if (!result) raise(result.error());
  return *std::move(result);
}

/// The policies in the order that the user gave: those of `study`, which are the texts, and between
/// them those written in Python.
void add_python_policies(Study& study, const std::vector<py::object>& order,
                         const std::vector<std::string>& names, FirstFailure& failure) {
  std::vector<SweepPolicy> texts = std::exchange(study.policies, {});
  auto next = texts.begin();
  for (const py::object& policy : order) {
    if (py::isinstance<py::str>(policy)) {
      study.policies.push_back(std::move(*next++));
      continue;
    }
    auto own = std::make_unique<PythonPolicy>(policy, names, failure);
    std::string name(own->name());
    study.policies.push_back({.text = std::move(name), .selector = std::move(own)});
  }
}

py::object run_study(const py::kwargs& given) {
  const PythonOptions options = read_options(given);
  const auto registry = value_or_raise(load_policy_plugins(options.policy_plugins));
  Study study = value_or_raise(read_study(options.study, registry));
  std::vector<std::string> names;
  for (const SimulatedModel& model : study.models.models()) names.push_back(model.name);
  FirstFailure failure;
  add_python_policies(study, options.policies, names, failure);
  std::vector<SweepPoint> points;
  {
    const py::gil_scoped_release others_may_run;
    points = run_sweep(study.models, study.workload, study.policies, study.slas, study.setting,
                       options.study.jobs,
                       options.per_request ? SweepDetail::kOutcomes : SweepDetail::kSummary);
  }
  failure.rethrow();
  return results_of(study, points);
}

constexpr const char* kSimulate =
    R"(Simulates policies at SLAs, as the command `cnnselect simulate`.

Keyword arguments are the options of the command (docs/simulator.md), with the same defaults:
  profile         path of the models' CSV, or a folder; the only one that must be given
  network         'normal(63,15)': a law of one-way ms, or a trace
  sla_ms          [50, 100, ..., 350]
  policies        ['ontime', 'cnnselect', 'static-greedy']: texts of policies, callables that take
                  a Snapshot and return an index, or objects with such a method `select`
  requests, seed, workers (None: unlimited), rate, arrivals, correlation, estimate, feedback,
  clients, input, way_back, overhead, profiles, threshold, late, device, duplicate, drift, cold,
  memory, image_bytes, jobs
And: policy_plugins, a list of paths; per_request, True for arrays with each request's outcome.

Returns an object with numpy arrays by (policy, SLA): attainment, effective_accuracy, mean_accuracy,
mean_ms, p50_ms, p95_ms, p99_ms, bound, attainment_half, effective_half, device_ran, cold; shares by
(policy, SLA, model); sla_ms; and the lists policies and models. With per_request also, by (policy,
SLA, request): request_total_ms, request_accuracy (nan: no answer), request_model (-1: none) and
request_on_device.

Raises ValueError, FileNotFoundError or TypeError with what was seen and what is allowed, and
whatever a policy raises.)";

}  // namespace
}  // namespace cnnselect

PYBIND11_MODULE(cnnselect, module) {
  module.doc() = "The simulator of cnnselect: which model answers, and what comes of it";
  cnnselect::declare_snapshot(module);
  module.def("simulate", &cnnselect::run_study, cnnselect::kSimulate);
}
