#include "trace/network.h"

#include <fmt/format.h>

namespace cnnselect {

Result<Network> Network::parse(std::string_view text, double correlation) {
  if (!(correlation >= 0 && correlation <= 1)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("correlation {} is not in [0, 1]", correlation));
  }
  if (text.ends_with(".csv")) {
    auto trace = NetworkTrace::load(text);
    if (!trace) return std::unexpected(trace.error());
    if (!trace->has_rtt() && !trace->has_uplink()) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}: has neither rtt_ms nor uplink_kbps; the way to the server cannot "
                      "be told from downlink_kbps alone",
                      text));
    }
    return Network(std::string(text), std::move(*trace), correlation);
  }
  auto law = NetworkLaw::parse(text);
  if (!law) return std::unexpected(law.error());
  return Network(std::string(text), std::move(*law), correlation);
}

NetworkTimes Network::draw(Duration start, std::size_t upload_bytes, std::size_t download_bytes,
                           Rng& rng) const {
  if (const auto* law = std::get_if<NetworkLaw>(&source_)) {
    return law->sample_pair(correlation_, rng);
  }
  const auto& trace = std::get<NetworkTrace>(source_);
  const Duration input = trace.upload_time(start, upload_bytes);
  if (input == kForever) return {.input = kForever, .output = kForever};
  return {.input = input, .output = trace.download_time(start + input, download_bytes)};
}

}  // namespace cnnselect
