// TokenBucket: so many a second in the long run, so many at once at most. A value; its owner guards
// it, and passes the time in.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

class TokenBucket {
 public:
  /// Full at first. `per_second` > 0, `at_once` >= 1.
  TokenBucket(double per_second, double at_once)
      : per_second_(per_second), at_once_(at_once), tokens_(at_once) {}

  /// Takes a token; false when there is none. A `now` before that of an earlier call counts as it:
  /// threads that ask at once may come in either order.
  bool take(TimePoint now);

 private:
  double per_second_;
  double at_once_;
  double tokens_;
  TimePoint filled_ = TimePoint::min();  ///< up to when
};

}  // namespace cnnselect
