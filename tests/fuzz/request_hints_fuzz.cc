// Any text as a query string, and as the value of every hint's header: what is accepted is within
// the bounds that request_hints.h promises.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/request_hints.h"
#include "http/url_text.h"
#include "require.h"

namespace {

using namespace cnnselect;
using cnnselect::Duration;
using cnnselect::require;

void check(const RequestHints& hints) {
  using std::chrono::hours;
  for (const std::optional<Duration>& time :
       {hints.sla, hints.rtt, hints.elapsed, hints.device, hints.last_output, hints.threshold}) {
    require(!time || (*time >= Duration::zero() && *time <= hours(1)));
  }
  require(!hints.timeout || *hints.timeout >= Duration::zero());
  require(!hints.sla || *hints.sla > Duration::zero());
  require(!hints.device_top1 || (*hints.device_top1 >= 0 && *hints.device_top1 <= 1));
  require(hints.policy.size() <= 64 && hints.network_class.size() <= 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  RequestHints hints;
  const auto query = decode_query(text);
  if (query) (void)apply_hint_query(*query, hints);
  check(hints);
  for (const char* const name :
       {"x-cnnselect-sla-ms", "X-CNNSELECT-device-top1", "x-cnnselect-policy", "x-cnnselect-rtt-ms",
        "x-cnnselect-timeout"}) {
    (void)apply_hint_headers({{name, std::string(text)}}, hints);
    check(hints);
  }
  return 0;
}
