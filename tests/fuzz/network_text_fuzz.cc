// Any text as a network law, a law of arrivals, a duration or a range of them; what is accepted is
// drawn from, and its draws keep the bounds that the headers promise.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "trace/arrivals.h"
#include "trace/duration_text.h"
#include "trace/network_law.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  using std::chrono::hours;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Rng rng(size);
  if (const auto law = NetworkLaw::parse(text)) {
    for (int i = 0; i < 20; ++i) {
      const auto [input, output] = law->sample_pair(0.5, rng);
      require(input >= Duration(1) && input <= hours(1));
      require(output >= Duration(1) && output <= hours(1));
    }
  }
  if (const auto arrivals = Arrivals::parse(text, 0.001)) {
    const auto times = arrivals->draw(20, rng);
    require(std::ranges::is_sorted(times) && times.front() >= Duration::zero());
  }
  if (const auto duration = parse_duration(text)) {
    require(*duration >= Duration::zero() && *duration <= hours(24));
    require(parse_duration(duration_text(*duration)).has_value());
  }
  if (const auto durations = parse_durations(text)) {
    require(!durations->empty() && durations->size() <= 10'000);
    require(std::ranges::all_of(*durations, [](Duration d) { return d > Duration::zero(); }));
  }
  return 0;
}
