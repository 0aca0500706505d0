#include "python_policy.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cnnselect/candidates.h"
#include "snapshot.h"

namespace cnnselect {
namespace py = pybind11;

void FirstFailure::keep_current() {
  const MutexLock lock(mutex_);
  if (!first_) first_ = std::current_exception();
}

bool FirstFailure::seen() const {
  const MutexLock lock(mutex_);
  return first_ != nullptr;
}

void FirstFailure::rethrow() const {
  std::exception_ptr first;
  {
    const MutexLock lock(mutex_);
    first = first_;
  }
  if (first) std::rethrow_exception(first);
}

PythonPolicy::PythonPolicy(const py::handle& policy, const std::vector<std::string>& names,
                           FirstFailure& failure)
    : names_(names), failure_(failure) {
  ask_ = py::reinterpret_borrow<py::object>(policy);
  if (py::hasattr(policy, "select")) ask_ = policy.attr("select");
  if (!PyCallable_Check(ask_.ptr())) {
    throw py::type_error(
        fmt::format("policies: {}; want a text such as 'ontime', a callable that "
                    "takes a snapshot, or an object with a method select",
                    std::string(py::repr(policy))));
  }
  const auto type = py::type::handle_of(policy);
  const py::object named = py::getattr(policy, "name", py::getattr(policy, "__name__", py::none()));
  name_ = std::string(py::str(named.is_none() ? py::object(type.attr("__name__")) : named));
  reads_distributions_ = py::bool_(py::getattr(policy, "reads_distributions", py::bool_(false)));
}

std::size_t PythonPolicy::ask(const SelectionInput& input, Rng& rng) const {
  const auto snapshot = std::make_shared<Snapshot>(input, rng, names_, reads_distributions_);
  struct Expiry {
    Snapshot& of;
    ~Expiry() { of.expire(); }
  } const expiry{*snapshot};
  const py::object answer = ask_(snapshot);
  const std::size_t count = input.candidates.size();
  // As an index of a list, so that numpy's integers are some and 1.0 is none.
  const Py_ssize_t index = PyNumber_AsSsize_t(answer.ptr(), nullptr);
  const bool failed = PyErr_Occurred() != nullptr;
  if (failed) PyErr_Clear();
  if (failed || index < 0 || static_cast<std::size_t>(index) >= count) {
    throw py::value_error(fmt::format("policy '{}' returned {}; want the index of a model, 0 to {}",
                                      name_, std::string(py::repr(answer)), count - 1));
  }
  return static_cast<std::size_t>(index);
}

Selection PythonPolicy::select(const SelectionInput& input, Rng& rng,
                               std::span<double> probability) const {
  std::size_t chosen = fastest(input.candidates);
  if (!failure_.seen()) {
    const py::gil_scoped_acquire lock;
    try {
      chosen = ask(input, rng);
    } catch (...) {
      failure_.keep_current();
    }
  }
  return certainly(chosen, Reason::kFixed, probability);
}

}  // namespace cnnselect
