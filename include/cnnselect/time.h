// Time as a type and a parameter. Everything that decides takes `now` as an argument.
//
// The whole project uses one Duration (signed, nanoseconds) and one TimePoint (monotonic, valid on
// this host only). Between hosts only a remaining Duration travels, never a TimePoint. Unit
// suffixes
// (`_ms`) exist in files and on the wire, not here.
#pragma once

#include <chrono>

namespace cnnselect {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Milliseconds as a double, for files, the wire and formulas. `kForever` gives about 9.2e12.
constexpr double to_ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

/// Seconds as a double, for metrics and for formulas in seconds.
constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

/// The longest Duration: "no limit". Duration::min() stands for "gone long ago".
inline constexpr Duration kForever = Duration::max();

/// From milliseconds. Saturates at the ends of Duration's range. NaN becomes zero.
constexpr Duration from_ms(double ms) {
  if (ms != ms) return Duration::zero();
  const double ns = ms * 1e6;
  if (ns >= static_cast<double>(Duration::max().count())) return Duration::max();
  if (ns <= static_cast<double>(Duration::min().count())) return Duration::min();
  return Duration(static_cast<Duration::rep>(ns));
}

/// Reads the time, and waits. RealClock and SimulatedClock are in src/base/clock.h. Thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual TimePoint now() const = 0;
  /// Returns at once if `when` has passed.
  virtual void sleep_until(TimePoint when) = 0;
};

}  // namespace cnnselect
