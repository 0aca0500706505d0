#include "base/processor.h"

#include <fmt/format.h>

#include <fstream>
#include <initializer_list>
#include <string_view>
#include <thread>

namespace cnnselect {
namespace {

/// What /proc/cpuinfo says of the first processor under the first of `names` that it has.
std::string processor_field(std::initializer_list<std::string_view> names) {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    for (const std::string_view name : names) {
      if (!line.starts_with(name)) continue;
      const auto colon = line.find(": ");
      if (colon != std::string::npos) return line.substr(colon + 2);
    }
  }
  return {};
}

}  // namespace

std::string processor_text() {
  const std::string name = processor_field({"model name"});
  return fmt::format("{}, {} cores", name.empty() ? "unknown processor" : name,
                     std::thread::hardware_concurrency());
}

std::string processor_features() {
  // x86 has flags, Arm has Features and a CPU part.
  return fmt::format("{}; {}", processor_field({"model name", "CPU part"}),
                     processor_field({"flags", "Features"}));
}

}  // namespace cnnselect
