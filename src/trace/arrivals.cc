#include "trace/arrivals.h"

#include <fmt/format.h>

#include <boost/random/gamma_distribution.hpp>
#include <cmath>

#include "trace/law_text.h"

namespace cnnselect {
namespace {

constexpr double kLeastRate = 0.001;
constexpr double kMostRate = 1e6;
constexpr double kMostClients = 1e6;

Result<double> gap_variation(std::string_view text) {
  if (text == "poisson") return 1.0;
  if (text == "uniform") return 0.0;
  const auto law = parse_law_text(text);
  if (law && law->name == "gamma" && law->arguments.size() == 1 && law->arguments[0] > 0 &&
      law->arguments[0] <= 100) {
    return law->arguments[0];
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format(
          "arrivals '{}'; allowed: poisson, uniform, gamma(CV) with CV in (0, 100], a trace .csv, "
          "closed(N) with N in [1, 1000000]",
          text));
}

std::optional<std::size_t> clients_of(std::string_view text) {
  const auto law = parse_law_text(text);
  if (!law || law->name != "closed" || law->arguments.size() != 1) return std::nullopt;
  const double clients = law->arguments[0];
  if (clients < 1 || clients > kMostClients || clients != std::floor(clients)) return std::nullopt;
  return static_cast<std::size_t>(clients);
}

}  // namespace

Result<Arrivals> Arrivals::parse(std::string_view text, std::optional<double> rate) {
  if (rate && !(*rate >= kLeastRate && *rate <= kMostRate)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("rate {} is not in [{}, {}] requests per second", *rate, kLeastRate,
                            kMostRate));
  }
  if (text.ends_with(".csv")) {
    auto trace = ArrivalTrace::load(text);
    if (!trace) return std::unexpected(trace.error());
    return Arrivals(Scaled{.trace = std::move(*trace), .rate = rate});
  }
  if (const auto clients = clients_of(text)) {
    if (!rate) return Arrivals(Closed{*clients});
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("arrivals '{}' take no rate (it is {}): the answers decide it", text, *rate));
  }
  const auto variation = gap_variation(text);
  if (!variation) return std::unexpected(variation.error());
  return Arrivals(Gaps{.rate = rate.value_or(kUsualRate), .variation = *variation});
}

std::optional<std::size_t> Arrivals::clients() const {
  const auto* closed = std::get_if<Closed>(&source_);
  if (closed == nullptr) return std::nullopt;
  return closed->clients;
}

std::vector<Duration> Arrivals::draw(std::size_t count, Rng& rng) const {
  if (const auto* gaps = std::get_if<Gaps>(&source_)) return draw_gaps(*gaps, count, rng);
  if (clients()) return std::vector<Duration>(count);
  const auto& [trace, rate] = std::get<Scaled>(source_);
  const bool scaled = rate && count > 0;
  return trace.draw(count, scaled ? trace.scale_for(count, *rate) : 1, rng);
}

std::vector<Duration> Arrivals::draw_gaps(const Gaps& gaps, std::size_t count, Rng& rng) {
  const auto& [rate, variation] = gaps;
  const double mean_ms = 1'000 / rate;
  const double shape = variation > 0 ? 1 / (variation * variation) : 1;
  // Boost's distributions, unlike the standard ones, give the same numbers everywhere.
  boost::random::gamma_distribution<double> gap_ms(shape, mean_ms / shape);
  std::vector<Duration> times;
  times.reserve(count);
  double now_ms = 0;
  for (std::size_t i = 0; i < count; ++i) {
    now_ms += variation > 0 ? gap_ms(rng) : mean_ms;
    times.push_back(from_ms(now_ms));
  }
  return times;
}

}  // namespace cnnselect
