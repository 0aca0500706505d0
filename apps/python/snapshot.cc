#include "snapshot.h"

#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace cnnselect {
namespace {

namespace py = pybind11;

std::vector<double> all_ms(std::span<const Duration> times) {
  std::vector<double> ms;
  ms.reserve(times.size());
  for (const Duration time : times) ms.push_back(to_ms(time));
  return ms;
}

/// A list with one value of each candidate.
template <class Value>
auto of_each(Value value) {
  return [value](const Snapshot& snapshot) {
    std::vector<std::invoke_result_t<Value, const Candidate&>> values;
    for (const Candidate& model : snapshot.input().candidates) values.push_back(value(model));
    return values;
  };
}

/// One value of the input.
template <class Value>
auto of_all(Value value) {
  return [value](const Snapshot& snapshot) { return value(snapshot.input()); };
}

using Device = std::tuple<double, double, double, bool>;

std::optional<Device> device_of(const SelectionInput& input) {
  if (!input.device) return std::nullopt;
  const DeviceView& device = *input.device;
  return Device{device.accuracy, to_ms(device.mean), to_ms(device.deviation), device.duplicates};
}

void declare_models(py::class_<Snapshot, std::shared_ptr<Snapshot>>& snapshot) {
  snapshot.def_property_readonly("models", &Snapshot::models, "Names, in the order of the lists")
      .def_property_readonly("accuracy", of_each([](const Candidate& m) { return m.accuracy; }),
                             "A, fractions")
      .def_property_readonly("mean_ms", of_each([](const Candidate& m) { return to_ms(m.mean); }),
                             "mu")
      .def_property_readonly(
          "deviation_ms", of_each([](const Candidate& m) { return to_ms(m.deviation); }), "sigma")
      .def_property_readonly("profiled_ms",
                             of_each([](const Candidate& m) { return to_ms(as_loaded(m)); }),
                             "The means when the models were loaded")
      .def_property_readonly("running", of_each([](const Candidate& m) { return m.running; }),
                             "Executions under way")
      .def_property_readonly("times_ms", &Snapshot::times,
                             "Equally likely times of each; only with reads_distributions");
}

void declare_request(py::class_<Snapshot, std::shared_ptr<Snapshot>>& snapshot) {
  using In = const SelectionInput&;
  snapshot
      .def_property_readonly("budget_ms", of_all([](In in) { return to_ms(in.budget.soft); }),
                             "T_U: what is left of the SLA for waiting and inference")
      .def_property_readonly("hard_ms", of_all([](In in) { return to_ms(in.budget.hard); }),
                             "T_L: T_U less the threshold")
      .def_property_readonly("sla_ms", of_all([](In in) { return to_ms(in.sla); }), "The SLA")
      .def_property_readonly("waited_ms", of_all([](In in) { return to_ms(in.waited); }),
                             "Since the request was received")
      .def_property_readonly("output_ms", of_all([](In in) { return to_ms(in.output); }),
                             "T_output as the budget took it off")
      .def_property_readonly("way_back_ms", &Snapshot::way_back,
                             "Equally likely values of it; only with reads_distributions")
      .def_property_readonly("device", of_all(device_of),
                             "None, or the client's own network: accuracy, mean and deviation in "
                             "ms, whether it runs untold");
}

void declare_load(py::class_<Snapshot, std::shared_ptr<Snapshot>>& snapshot) {
  using In = const SelectionInput&;
  snapshot
      .def_property_readonly("waiting", of_all([](In in) { return in.load.waiting; }),
                             "Requests in the queue, without this one")
      .def_property_readonly("workers", of_all([](In in) { return in.load.workers; }),
                             "0: no limit, nobody ever waits")
      .def_property_readonly("running_work_ms",
                             of_all([](In in) { return to_ms(in.load.running_work); }),
                             "What the executions under way still take, together")
      .def_property_readonly("usual_slack_ms",
                             of_all([](In in) { return to_ms(in.load.usual_slack); }),
                             "Mean T_U of recent requests on arrival; 0: nothing is known")
      .def_property_readonly("arrivals_per_second",
                             of_all([](In in) { return in.load.arrivals_per_second; }), "Recent")
      .def_property_readonly("period_arrivals_per_second",
                             of_all([](In in) { return in.load.period_arrivals_per_second; }),
                             "As when the current 10 s began")
      .def_property_readonly("slowdown_mean", of_all([](In in) { return in.load.slowdown_mean; }),
                             "Recent executions over their profiled means");
}

}  // namespace

const SelectionInput& Snapshot::input() const {
  if (input_ == nullptr) {
    throw std::runtime_error(
        "a snapshot is only valid while the policy is asked; copy what you "
        "want to keep");
  }
  return *input_;
}

double Snapshot::uniform() const {
  input();
  return rng_->uniform();
}

std::vector<std::string> Snapshot::models() const {
  std::vector<std::string> models;
  for (const Candidate& model : input().candidates) models.push_back(names_->at(model.model.value));
  return models;
}

std::vector<std::vector<double>> Snapshot::times() const {
  std::vector<std::vector<double>> times;
  for (const Candidate& model : input().candidates) {
    times.push_back(distributions_ ? all_ms(model.times) : std::vector<double>());
  }
  return times;
}

std::vector<double> Snapshot::way_back() const {
  const SelectionInput& seen = input();
  return distributions_ ? all_ms(seen.way_back) : std::vector<double>();
}

void declare_snapshot(py::module_& module) {
  py::class_<Snapshot, std::shared_ptr<Snapshot>> snapshot(
      module, "Snapshot",
      "What a policy sees of one decision (docs/write-a-policy.md). Valid while it is asked.");
  declare_models(snapshot);
  declare_request(snapshot);
  declare_load(snapshot);
  snapshot.def("uniform", &Snapshot::uniform,
               "Draws from [0, 1), from the simulation's own seed: take no other chance");
}

}  // namespace cnnselect
