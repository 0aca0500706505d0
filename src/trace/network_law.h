// NetworkLaw: one-way times of a network as a probability law, in milliseconds as in the paper's
// simulation. A value; sampling is pure but for the Rng.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// Times of one request, there and back; both > 0.
struct NetworkTimes {
  Duration input{};
  Duration output{};
};

class NetworkLaw {
 public:
  /// "normal(63,15)", "lognormal(63,40)", "gamma(63,40)" (mean and standard deviation of the
  /// one-way time, ms), "constant(50)", or a mixture of those with weights,
  /// "mix(0.9:normal(60,10),0.1:constant(400))". Means are in [0.001, 3,600,000] ms, deviations at
  /// most 100 times the mean.
  /// Errors name the text and the forms allowed.
  static Result<NetworkLaw> parse(std::string_view text);

  /// One-way time, 1 ns .. 1 h: a normal is redrawn until it is positive, what is outside is put
  /// at the nearer end. The same seed gives the same times on every machine.
  Duration sample(Rng& rng) const;

  /// There and back. `correlation` in [0, 1] is the chance that one draw serves both ways, which
  /// for any law is also the correlation of the two: 1 as in the authors' simulator, 0 independent.
  NetworkTimes sample_pair(double correlation, Rng& rng) const;

  const std::string& text() const { return text_; }

 private:
  enum class Kind { kConstant, kNormal, kLognormal, kGamma };
  struct Part {
    double weight = 1;
    Kind kind = Kind::kConstant;
    double mean_ms = 0;       // > 0
    double deviation_ms = 0;  // >= 0
  };

  static Result<Part> parse_part(std::string_view text);
  static double draw_ms(const Part& part, Rng& rng);

  std::string text_;
  std::vector<Part> parts_;  // weights sum to 1
};

}  // namespace cnnselect
