#include "access/token_bucket.h"

#include <algorithm>

namespace cnnselect {

bool TokenBucket::take(TimePoint now) {
  now = std::max(now, filled_);
  if (filled_ != TimePoint::min()) {
    const double seconds = to_ms(now - filled_) / 1000;
    tokens_ = std::min(at_once_, tokens_ + (seconds * per_second_));
  }
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace cnnselect
