// RunHeader: what a table of results was made with, so that it can be made again: version, machine,
// seed and every setting. Written as JSON beside the results.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cnnselect {

/// "AMD EPYC, 2 cores, Linux 6.1": read from this host.
std::string machine_text();

struct RunHeader {
  std::string version;
  std::string commit;  ///< of the source, "-dirty" when it was changed
  std::string machine;
  std::string time;      ///< UTC, "2026-11-23T18:00:00Z"
  bool complete = true;  ///< false: the run was interrupted
  std::vector<std::pair<std::string, std::string>> settings;

  std::string json() const;
};

/// Now, in the form of RunHeader::time.
std::string utc_now_text();

}  // namespace cnnselect
