// When requests are sent: a law of the gaps between them, or a recorded trace. A value; pure but
// for the Rng.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"
#include "trace/arrival_trace.h"

namespace cnnselect {

class Arrivals {
 public:
  static constexpr double kUsualRate = 20;

  /// "poisson", "uniform" (equal gaps), "gamma(CV)" (gaps with that coefficient of variation, 1 is
  /// Poisson, more is burstier), or the file of an ArrivalTrace when the text ends with ".csv".
  /// `rate`: requests per second on the average, in [0.001, 1e6]; nothing: kUsualRate for a law, a
  /// trace as it was recorded.
  static Result<Arrivals> parse(std::string_view text, std::optional<double> rate);

  /// `count` times from the beginning, ascending; the first after one gap.
  std::vector<Duration> draw(std::size_t count, Rng& rng) const;

 private:
  struct Gaps {
    double rate;       // per second
    double variation;  // of the gaps; 0: all equal
  };
  struct Scaled {
    ArrivalTrace trace;
    double scale;
  };

  explicit Arrivals(std::variant<Gaps, Scaled> source) : source_(std::move(source)) {}
  static std::vector<Duration> draw_gaps(const Gaps& gaps, std::size_t count, Rng& rng);

  std::variant<Gaps, Scaled> source_;
};

}  // namespace cnnselect
