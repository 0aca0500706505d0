#include "trace/network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "stats/percentile.h"

namespace cnnselect {
namespace {

constexpr std::string_view kSuffix = ".csv";

// "rtt_ms=30,downlink_kbps=50000"; bounds are checked by NetworkTrace::with().
Result<AssumedNetwork> parse_assumed(std::string_view text) {
  AssumedNetwork assumed;
  while (true) {
    const auto comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const auto equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    std::optional<double>* const value = name == "rtt_ms"          ? &assumed.rtt_ms
                                         : name == "uplink_kbps"   ? &assumed.uplink_kbps
                                         : name == "downlink_kbps" ? &assumed.downlink_kbps
                                                                   : nullptr;
    double number = 0;
    const char* const last = item.data() + item.size();
    if (value != nullptr && equals != std::string_view::npos) {
      const auto [end, failed] = std::from_chars(item.data() + equals + 1, last, number);
      if (failed == std::errc{} && end == last && !value->has_value()) *value = number;
    }
    if (value == nullptr || !value->has_value() || **value != number) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' behind a trace; allowed, each once: rtt_ms=N, uplink_kbps=N, "
                              "downlink_kbps=N",
                              item));
    }
    if (comma == std::string_view::npos) return assumed;
    text.remove_prefix(comma + 1);
  }
}

Result<NetworkTrace> load_whole_trace(std::string_view file, std::string_view assumptions) {
  auto trace = NetworkTrace::load(file);
  if (trace && !assumptions.empty()) {
    const auto assumed = parse_assumed(assumptions);
    if (!assumed) return std::unexpected(assumed.error());
    trace = trace->with(*assumed);
    if (!trace) return std::unexpected(trace.error().within(file));
  }
  if (!trace) return trace;
  std::vector<std::string_view> lacking;
  if (!trace->has_rtt()) lacking.emplace_back("rtt_ms");
  if (!trace->has_uplink()) lacking.emplace_back("uplink_kbps");
  if (!trace->has_downlink()) lacking.emplace_back("downlink_kbps");
  if (lacking.empty()) return trace;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} has no {}; state what to take for it, such as {}:{}=N", file,
                          fmt::join(lacking, ", "), file, fmt::join(lacking, "=N,")));
}

}  // namespace

Result<Network> Network::parse(std::string_view text, double correlation) {
  if (!(correlation >= 0 && correlation <= 1)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("correlation {} is not in [0, 1]", correlation));
  }
  const auto colon = text.rfind(".csv:");
  const bool stated = colon != std::string_view::npos;
  if (stated || text.ends_with(kSuffix)) {
    const auto file = stated ? text.substr(0, colon + kSuffix.size()) : text;
    const auto assumptions = stated ? text.substr(colon + kSuffix.size() + 1) : std::string_view();
    auto trace = load_whole_trace(file, assumptions);
    if (!trace) return std::unexpected(trace.error());
    return Network(std::string(text), std::move(*trace), correlation);
  }
  auto law = NetworkLaw::parse(text);
  if (!law) return std::unexpected(law.error());
  return Network(std::string(text), std::move(*law), correlation);
}

std::vector<Duration> Network::one_way_times(std::size_t count) const {
  const auto* law = std::get_if<NetworkLaw>(&source_);
  if (law == nullptr) return {};
  constexpr std::size_t kDrawsPerTime = 100;
  Rng rng(1);
  std::vector<Duration> draws;
  for (std::size_t i = 0; i < count * kDrawsPerTime; ++i) draws.push_back(law->sample(rng));
  std::ranges::sort(draws);
  std::vector<Duration> times;
  append_evenly(std::span<const Duration>(draws), count, times);
  return times;
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

std::optional<Duration> Network::way_back(Duration departs, std::size_t bytes) const {
  const auto* trace = std::get_if<NetworkTrace>(&source_);
  if (trace == nullptr) return std::nullopt;
  return trace->download_time(departs, bytes);
}

std::optional<Duration> Network::latest_departure(Duration earliest, Duration until,
                                                  std::size_t bytes) const {
  const auto* trace = std::get_if<NetworkTrace>(&source_);
  return trace == nullptr ? std::nullopt : trace->latest_departure(earliest, until, bytes);
}

}  // namespace cnnselect
