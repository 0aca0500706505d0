// Any bytes as a recorded network or as recorded arrivals: what is accepted gives times that are
// never negative, never an overflow, no shorter for more bytes, and ascending.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "trace/arrival_trace.h"
#include "trace/network_trace.h"

namespace {

void read_arrivals(std::string_view text) {
  using namespace cnnselect;
  const auto trace = ArrivalTrace::parse(text, "fuzz");
  if (!trace) return;
  Rng rng(1);
  const auto times = trace->draw(20, 20 / trace->per_second(), rng);
  require(times.size() == 20 && times.front() >= Duration::zero());
  require(std::ranges::is_sorted(times));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_arrivals(text);
  auto trace = NetworkTrace::parse(text, "fuzz");
  if (!trace) {
    require(!trace.error().message.empty());
    return 0;
  }
  require(trace->length() > Duration::zero());
  if (const auto stated = trace->with({.downlink_kbps = 1'000})) trace = *stated;
  for (const Duration start :
       {Duration::zero(), trace->length() / 2, trace->length(), Duration(std::chrono::hours(24))}) {
    const Duration small = trace->upload_time(start, 1'000);
    require(small >= Duration::zero());
    require(trace->upload_time(start, 200'000) >= small);
    require(trace->download_time(start, 1'000) >= Duration::zero());
  }
  return 0;
}
