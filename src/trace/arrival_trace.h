// ArrivalTrace: recorded request arrivals, from a CSV of counts.
//
//   t_ms,requests
//   0,47
//   1000,28
//
// So many requests came in [t_ms, t_ms + bin), where the bin is the smallest step between rows;
// bins without requests may be left out. A value; any thread.
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

  /// `count` times from the beginning, ascending, anywhere within their bins. `scale` > 0
  /// multiplies the counts; what is not whole is left to chance.
  std::vector<Duration> draw(std::size_t count, double scale, Rng& rng) const;

 private:
  struct Bin {
    Duration at;
    double requests;
  };

  std::vector<Bin> bins_;
  Duration bin_{};
  Duration length_{};
};

}  // namespace cnnselect
