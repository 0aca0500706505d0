#include "trace/network_law.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <charconv>
#include <cmath>

#include "trace/law_text.h"

namespace cnnselect {
namespace {

constexpr std::string_view kForms =
    "normal(MEAN,STD), lognormal(MEAN,STD), gamma(MEAN,STD), constant(TIME), "
    "mix(WEIGHT:LAW,...), times in ms";
constexpr double kShortestTimeMs = 0.001;
constexpr double kLongestTimeMs = 3'600'000;
constexpr double kMostSpread = 100;  // deviation over mean

std::unexpected<Error> wrong(std::string_view text, std::string_view why) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("network law '{}': {}; allowed: {}", text, why, kForms));
}

// The parts of "a:x(1,2),b:y(3)", split at commas outside parentheses.
std::vector<std::string_view> split_top_level(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

}  // namespace

Result<NetworkLaw::Part> NetworkLaw::parse_part(std::string_view text) {
  const auto law = parse_law_text(text);
  if (!law) return wrong(text, law.error().message);
  Part part;
  std::size_t wanted = 2;
  if (law->name == "constant") {
    wanted = 1;
  } else if (law->name == "normal") {
    part.kind = Kind::kNormal;
  } else if (law->name == "lognormal") {
    part.kind = Kind::kLognormal;
  } else if (law->name == "gamma") {
    part.kind = Kind::kGamma;
  } else {
    return wrong(text, fmt::format("'{}' is not a law", law->name));
  }
  if (law->arguments.size() != wanted) {
    return wrong(text,
                 fmt::format("{} numbers, {} takes {}", law->arguments.size(), law->name, wanted));
  }
  part.mean_ms = law->arguments[0];
  part.deviation_ms = wanted == 2 ? law->arguments[1] : 0;
  if (part.mean_ms < kShortestTimeMs || part.mean_ms > kLongestTimeMs) {
    return wrong(text, fmt::format("time {} is not in [{}, {}]", part.mean_ms, kShortestTimeMs,
                                   kLongestTimeMs));
  }
  if (part.deviation_ms < 0 || part.deviation_ms > kMostSpread * part.mean_ms) {
    return wrong(text, fmt::format("deviation {} is not in [0, {} times the mean]",
                                   part.deviation_ms, kMostSpread));
  }
  return part;
}

Result<NetworkLaw> NetworkLaw::parse(std::string_view text) {
  NetworkLaw law;
  law.text_ = text;
  if (!text.starts_with("mix(") || !text.ends_with(')')) {
    const auto part = parse_part(text);
    if (!part) return std::unexpected(part.error());
    law.parts_.push_back(*part);
    return law;
  }
  double total = 0;
  for (const auto weighted : split_top_level(text.substr(4, text.size() - 5))) {
    const auto colon = weighted.find(':');
    if (colon == std::string_view::npos) return wrong(text, "a part has no WEIGHT:");
    double weight = -1;
    const char* const end = weighted.data() + colon;
    const auto [stop, failed] = std::from_chars(weighted.data(), end, weight);
    if (failed != std::errc{} || stop != end || !std::isfinite(weight) || weight <= 0) {
      return wrong(text, fmt::format("weight '{}' is not above 0", weighted.substr(0, colon)));
    }
    auto part = parse_part(weighted.substr(colon + 1));
    if (!part) return std::unexpected(part.error());
    part->weight = weight;
    total += weight;
    law.parts_.push_back(*part);
  }
  for (Part& part : law.parts_) part.weight /= total;
  return law;
}

double NetworkLaw::draw_ms(const Part& part, Rng& rng) {
  const double mean = part.mean_ms;
  const double spread = part.deviation_ms / mean;
  if (spread == 0) return mean;
  switch (part.kind) {
    case Kind::kConstant:
      return mean;
    case Kind::kNormal:
      // With a mean above zero at least every other draw is positive.
      while (true) {
        const double ms = boost::random::normal_distribution(mean, part.deviation_ms)(rng);
        if (ms > 0) return ms;
      }
    case Kind::kLognormal: {
      const double variance = std::log1p(spread * spread);
      return boost::random::lognormal_distribution(std::log(mean) - variance / 2,
                                                   std::sqrt(variance))(rng);
    }
    case Kind::kGamma: {
      const double shape = 1 / (spread * spread);
      return boost::random::gamma_distribution(shape, mean / shape)(rng);
    }
  }
  return mean;
}

Duration NetworkLaw::sample(Rng& rng) const {
  const Part* chosen = &parts_.back();
  if (parts_.size() > 1) {
    double left = rng.uniform();
    for (const Part& part : parts_) {
      if (left < part.weight) {
        chosen = &part;
        break;
      }
      left -= part.weight;
    }
  }
  return std::clamp(from_ms(draw_ms(*chosen, rng)), Duration(1), from_ms(kLongestTimeMs));
}

NetworkTimes NetworkLaw::sample_pair(double correlation, Rng& rng) const {
  const Duration input = sample(rng);
  if (rng.uniform() < correlation) return {.input = input, .output = input};
  return {.input = input, .output = sample(rng)};
}

}  // namespace cnnselect
