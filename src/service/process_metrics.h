// What every server tells of itself whatever it serves: its build and its process. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/process_status.h"

namespace cnnselect {

/// Which program this is.
struct BuildFacts {
  std::string version;
  std::string commit;
  std::string compiler;  ///< name and version
};

/// In Prometheus' text form: cnnselect_build_info, whose value is always 1, and the process_...
/// metrics under the names that Prometheus' own client libraries give them.
std::string process_metrics(const BuildFacts& build, const ProcessStatus& process);

}  // namespace cnnselect
