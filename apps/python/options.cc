#include "options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "model/names.h"

namespace cnnselect {
namespace {

namespace py = pybind11;

struct Keyword {
  std::string_view name;
  std::string_view wanted;  // for a person who gave something else
  void (*set)(PythonOptions& options, const py::handle& value);
};

/// Sets a member of the study's options to the value as it is.
template <auto Member>
void plain(PythonOptions& options, const py::handle& value) {
  auto& field = options.study.*Member;
  field = value.cast<std::remove_reference_t<decltype(field)>>();
}

// numpy's numbers too.
void set_slas(PythonOptions& options, const py::handle& value) {
  options.study.sla.clear();
  for (const double ms : value.cast<std::vector<double>>()) {
    options.study.sla += fmt::format("{}{}ms", options.study.sla.empty() ? "" : ",", ms);
  }
}

void set_policies(PythonOptions& options, const py::handle& value) {
  options.study.policies.clear();
  options.policies = value.cast<std::vector<py::object>>();
  for (const py::object& policy : options.policies) {
    if (py::isinstance<py::str>(policy)) {
      options.study.policies.push_back(policy.cast<std::string>());
    }
  }
}

void set_workers(PythonOptions& options, const py::handle& value) {
  options.study.workers =
      value.is_none() ? "unlimited" : std::to_string(value.cast<std::int64_t>());
}

void set_plugins(PythonOptions& options, const py::handle& value) {
  options.policy_plugins = value.cast<std::vector<std::string>>();
}

constexpr std::string_view kText = "a text";
constexpr std::string_view kNumber = "a number";
constexpr std::string_view kWhole = "a whole number";
constexpr std::string_view kTruth = "True or False";

constexpr std::array kKeywords = {
    Keyword{"profile", kText, plain<&StudyOptions::profile>},
    Keyword{"network", kText, plain<&StudyOptions::network>},
    Keyword{"sla_ms", "a list of numbers", set_slas},
    Keyword{"policies", "a list of texts and of policies", set_policies},
    Keyword{"requests", kWhole, plain<&StudyOptions::requests>},
    Keyword{"seed", kWhole, plain<&StudyOptions::seed>},
    Keyword{"workers", "a whole number, or None", set_workers},
    Keyword{"rate", "a number, or None", plain<&StudyOptions::rate>},
    Keyword{"arrivals", kText, plain<&StudyOptions::arrivals>},
    Keyword{"correlation", kNumber, plain<&StudyOptions::correlation>},
    Keyword{"estimate", kText, plain<&StudyOptions::estimate>},
    Keyword{"feedback", kText, plain<&StudyOptions::feedback>},
    Keyword{"clients", kWhole, plain<&StudyOptions::clients>},
    Keyword{"input", kText, plain<&StudyOptions::input>},
    Keyword{"way_back", kText, plain<&StudyOptions::way_back>},
    Keyword{"overhead", kText, plain<&StudyOptions::overhead>},
    Keyword{"profiles", kText, plain<&StudyOptions::profiles>},
    Keyword{"threshold", kText, plain<&StudyOptions::threshold>},
    Keyword{"late", kText, plain<&StudyOptions::late>},
    Keyword{"device", kText, plain<&StudyOptions::device>},
    Keyword{"duplicate", kText, plain<&StudyOptions::duplicate>},
    Keyword{"drift", kText, plain<&StudyOptions::drift>},
    Keyword{"cold", kTruth, plain<&StudyOptions::cold>},
    Keyword{"memory", kText, plain<&StudyOptions::memory>},
    Keyword{"image_bytes", kWhole, plain<&StudyOptions::image_bytes>},
    Keyword{"jobs", kWhole, plain<&StudyOptions::jobs>},
    Keyword{"per_request", kTruth,
            [](PythonOptions& options, const py::handle& value) {
              options.per_request = value.cast<bool>();
            }},
    Keyword{"policy_plugins", "a list of paths", set_plugins},
};

void set(PythonOptions& options, const std::string& name, const py::handle& value) {
  const auto keyword = std::ranges::find(kKeywords, name, &Keyword::name);
  if (keyword == kKeywords.end()) {
    std::vector<std::string_view> names;
    for (const Keyword& known : kKeywords) names.push_back(known.name);
    throw py::type_error(fmt::format("no option {}; nearest is '{}' of {}", in_quotes(name),
                                     nearest(name, names), fmt::join(names, ", ")));
  }
  try {
    keyword->set(options, value);
  } catch (const py::cast_error&) {
    throw py::type_error(
        fmt::format("{} is {}; want {}", name, std::string(py::repr(value)), keyword->wanted));
  }
}

}  // namespace

PythonOptions read_options(const py::kwargs& given) {
  PythonOptions options;
  for (const std::string& policy : options.study.policies) {
    options.policies.emplace_back(py::str(policy));
  }
  for (const auto& [name, value] : given) set(options, name.cast<std::string>(), value);
  if (options.study.profile.empty()) {
    throw py::type_error("profile is missing; want a path, such as 'data/paper/table5.csv'");
  }
  return options;
}

}  // namespace cnnselect
