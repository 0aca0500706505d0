// Any bytes as a drift file or as latency samples: what is accepted keeps the bounds that the
// headers promise.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "sim/drift.h"
#include "sim/latency_samples.h"
#include "sim/testing/small_world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  static const ModelSet models = three_models();
  static const Network network = Network::parse("constant(5)", 1).value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A network may be a file's name; reading what the fuzzer names is not what is tested here.
  if (text.find(".csv") == std::string_view::npos) {
    if (const auto drift = parse_drift(text, "fuzz", models, 1)) {
      require(!drift->changes.empty());
      require(std::ranges::is_sorted(drift->changes, {}, &Change::at));
      DriftingWorld world(*drift, models.size(), network);
      world.advance(kForever);
      const Duration slowed = world.slowed(0, from_ms(10));
      require(slowed >= from_ms(0.1) && slowed <= from_ms(1'000));
    }
  }
  if (const auto samples = parse_samples(text, "fuzz")) {
    require(!samples->empty());
    require(std::ranges::all_of(*samples, [](Duration d) { return d > Duration::zero(); }));
  }
  return 0;
}
