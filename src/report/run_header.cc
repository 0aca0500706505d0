#include "report/run_header.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <boost/json.hpp>
#include <chrono>
#include <ctime>

#include "base/processor.h"
#include "base/wall_clock.h"

namespace cnnselect {

std::string machine_text() {
  utsname system{};
  const bool known = uname(&system) == 0;
  return fmt::format("{}, {} {}", processor_text(), known ? system.sysname : "unknown system",
                     known ? system.release : "");
}

std::string RunHeader::json() const {
  boost::json::object values;
  for (const auto& [name, value] : settings) values[name] = value;
  const boost::json::object header{{"version", version},   {"commit", commit},
                                   {"machine", machine},   {"time", time},
                                   {"complete", complete}, {"settings", values}};
  return boost::json::serialize(header) + "\n";
}

std::string utc_now_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(wall_now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace cnnselect
