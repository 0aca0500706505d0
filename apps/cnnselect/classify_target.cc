#include "classify_target.h"

#include <fmt/format.h>

#include <boost/url.hpp>

namespace cnnselect {

std::string classify_target(const std::string& family, Duration sla, const std::string& policy) {
  boost::urls::url url;
  url.set_path_absolute(true);
  url.segments().assign({"v1", "families", family, "classify"});
  if (sla != kForever) url.params().append({"sla_ms", fmt::format("{}", to_ms(sla))});
  if (!policy.empty()) url.params().append({"policy", policy});
  return url.buffer();
}

}  // namespace cnnselect
