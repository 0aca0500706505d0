#include "results.h"

#include <pybind11/stl.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace cnnselect {
namespace {

namespace py = pybind11;
using namespace py::literals;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double ms_or_nan(const std::optional<Duration>& time) { return time ? to_ms(*time) : kNone; }

/// By way of numpy itself and not of its headers: so any numpy will do.
template <class T>
py::object array(const std::vector<T>& values, const char* type, const py::tuple& shape) {
  const py::module_ numpy = py::module_::import("numpy");
  const py::bytearray bytes(reinterpret_cast<const char*>(values.data()),
                            values.size() * sizeof(T));
  return numpy.attr("frombuffer")(bytes, "dtype"_a = type).attr("reshape")(shape);
}

/// One number of each cell, by policy and SLA.
template <class Value>
py::object cells(const Study& study, const std::vector<SweepPoint>& points, Value value) {
  std::vector<double> values;
  for (const SweepPoint& point : points) values.push_back(value(point));
  return array(values, "float64", py::make_tuple(study.policies.size(), study.slas.size()));
}

void add_summaries(py::dict& results, const Study& study, const std::vector<SweepPoint>& points) {
  using Summary = const SimulationSummary&;
  const auto add = [&](const char* name, auto value) {
    results[name] =
        cells(study, points, [&](const SweepPoint& point) { return value(point.summary); });
  };
  add("attainment", [](Summary s) { return s.attainment; });
  add("attainment_half", [](Summary s) { return s.attainment_half; });
  add("effective_accuracy", [](Summary s) { return s.effective_accuracy; });
  add("effective_half", [](Summary s) { return s.effective_half; });
  add("mean_accuracy", [](Summary s) { return s.mean_accuracy; });
  add("mean_ms", [](Summary s) { return ms_or_nan(s.mean); });
  add("p50_ms", [](Summary s) { return ms_or_nan(s.p50); });
  add("p95_ms", [](Summary s) { return ms_or_nan(s.p95); });
  add("p99_ms", [](Summary s) { return ms_or_nan(s.p99); });
  add("device_ran", [](Summary s) { return s.device_ran; });
  add("cold", [](Summary s) { return s.cold; });
  results["bound"] = cells(study, points, [](const SweepPoint& point) { return point.bound; });
  std::vector<double> shares;
  for (const SweepPoint& point : points) {
    shares.insert(shares.end(), point.summary.shares.begin(), point.summary.shares.end());
  }
  results["shares"] =
      array(shares, "float64",
            py::make_tuple(study.policies.size(), study.slas.size(), study.models.size()));
}

void add_outcomes(py::dict& results, const Study& study, const std::vector<SweepPoint>& points) {
  const auto shape =
      py::make_tuple(study.policies.size(), study.slas.size(), study.workload.requests().size());
  std::vector<double> total;
  std::vector<double> accuracy;
  std::vector<std::int64_t> model;
  std::vector<std::uint8_t> on_device;
  for (const SweepPoint& point : points) {
    for (const SimulatedOutcome& outcome : point.outcomes) {
      total.push_back(outcome.answered() ? to_ms(outcome.total) : kNone);
      accuracy.push_back(outcome.answered() ? outcome.accuracy : kNone);
      model.push_back(outcome.model ? static_cast<std::int64_t>(*outcome.model) : -1);
      on_device.push_back(outcome.on_device ? 1 : 0);
    }
  }
  results["request_total_ms"] = array(total, "float64", shape);
  results["request_accuracy"] = array(accuracy, "float64", shape);
  results["request_model"] = array(model, "int64", shape);
  results["request_on_device"] = array(on_device, "bool", shape);
}

}  // namespace

py::object results_of(const Study& study, const std::vector<SweepPoint>& points) {
  py::dict results;
  std::vector<std::string> policies;
  for (const SweepPolicy& policy : study.policies) policies.push_back(policy.text);
  std::vector<std::string> models;
  for (const SimulatedModel& model : study.models.models()) models.push_back(model.name);
  std::vector<double> slas;
  for (const Duration sla : study.slas) slas.push_back(to_ms(sla));
  results["policies"] = policies;
  results["models"] = models;
  results["sla_ms"] = array(slas, "float64", py::make_tuple(slas.size()));
  add_summaries(results, study, points);
  if (!points.empty() && !points.front().outcomes.empty()) add_outcomes(results, study, points);
  return py::module_::import("types").attr("SimpleNamespace")(**results);
}

}  // namespace cnnselect
