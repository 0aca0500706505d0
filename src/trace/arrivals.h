// When requests are sent: a law of the gaps between them, a recorded trace, or a number of clients
// of whom each waits for its answer first. A value; pure but for the Rng.
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
  /// Poisson, more is burstier), the file of an ArrivalTrace when the text ends with ".csv", or
  /// "closed(N)": N clients, 1 .. 1e6, each of which sends when its last answer has reached it.
  /// `rate`: requests per second on the average, in [0.001, 1e6]; nothing: kUsualRate for a law, a
  /// trace as it was recorded. A trace's counts are scaled so that the requests which are drawn,
  /// not the whole trace, come at that rate (ArrivalTrace::scale_for); closed(N) takes none, for
  /// its rate is its answers'.
  static Result<Arrivals> parse(std::string_view text, std::optional<double> rate);

  /// Nothing when requests are sent whether answers come or not.
  std::optional<std::size_t> clients() const;

  /// `count` times from the beginning, ascending; the first after one gap. All zero for closed(N),
  /// whose times only the answers decide.
  std::vector<Duration> draw(std::size_t count, Rng& rng) const;

 private:
  struct Gaps {
    double rate;       // per second
    double variation;  // of the gaps; 0: all equal
  };
  struct Closed {
    std::size_t clients;
  };
  struct Scaled {
    ArrivalTrace trace;
    std::optional<double> rate;  // per second; nothing: as recorded
  };

  explicit Arrivals(std::variant<Gaps, Closed, Scaled> source) : source_(std::move(source)) {}
  static std::vector<Duration> draw_gaps(const Gaps& gaps, std::size_t count, Rng& rng);

  std::variant<Gaps, Closed, Scaled> source_;
};

}  // namespace cnnselect
