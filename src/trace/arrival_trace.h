// ArrivalTrace: recorded request arrivals, from a CSV of counts.
//
//   t_ms,requests
//   0,47
//   1000,28
//
// So many requests came in [t_ms, t_ms + bin). The bin is the smallest step between rows. Bins
// without requests may be left out. Nobody wrote down when they came within the bin, so they are
// drawn evenly at random. A Poisson stream lays them so, once their number is given. Equal gaps
// would be smoother than any crowd. All at once would be a burst that nobody saw.
//
// Scaled down, each recorded request stays with some chance. Scaled up, the recorded ones stay in
// their bin. Those added are spread evenly at random up to the next row. The reason are traces with
// short bins whose empty ones are left out. There a row is a single request, and 72 more in its
// millisecond would be a burst that scaling made up. Write down empty bins (0) to keep them empty.
//
// A value; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"

namespace cnnselect {

class ArrivalTrace {
 public:
  /// Errors kInvalidArgument: `name`, line, column, the value seen and those allowed; a trace
  /// without requests.
  static Result<ArrivalTrace> parse(std::string_view text, std::string_view name);
  /// Errors also: kNotFound.
  static Result<ArrivalTrace> load(const std::filesystem::path& file);

  Duration length() const { return length_; }  ///< > 0; then it begins again
  double per_second() const;                   ///< mean over the trace, > 0

  /// What to multiply the counts with, > 0. Then the first `count` (>= 1) requests come at
  /// `per_second` > 0 on the average. They take count / per_second from the first row with requests
  /// on.
  double scale_for(std::size_t count, double per_second) const;

  /// The first `count` times, ascending. `scale` > 0 multiplies the counts; what is not whole is
  /// left to chance. Cost: one step per time and per row.
  std::vector<Duration> draw(std::size_t count, double scale, Rng& rng) const;

 private:
  struct Bin {
    Duration at;
    double requests;
    Duration step;  // to the next row; of the last one the bin
  };
  /// Expected before a moment at scale 1, and how many would be added before it at scale 2.
  struct Expected {
    double recorded = 0;
    double added = 0;
  };

  Expected expected_before(Duration moment) const;
  std::vector<Duration> draw_bin(const Bin& bin, std::size_t most, double scale, Rng& rng) const;

  std::vector<Bin> bins_;
  Duration bin_{};
  Duration length_{};
};

}  // namespace cnnselect
