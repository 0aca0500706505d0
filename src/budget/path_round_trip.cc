#include "budget/path_round_trip.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

/// The one time, measured `times` in a row, that moved the smoothed one from `before` to `after`.
Duration unsmoothed(Duration before, Duration after, std::uint32_t times) {
  if (times == 1) return before + 8 * (after - before);  // exact, without a double's rounding
  const double moved = 1 - std::pow(7.0 / 8, times);
  return before + std::chrono::duration_cast<Duration>((after - before) / moved);
}

}  // namespace

void PathRoundTrip::take(const TcpReading& reading, TimePoint now) {
  if (reading.smoothed <= Duration::zero()) return;
  if (!last_) {
    keep({.time = reading.smoothed, .at = now}, now);
    confirmed_ = now;
  } else if (const std::uint32_t delivered = reading.delivered - last_->delivered; delivered > 0) {
    // An acknowledgement that came with the client's own data is not among the bare ones. Where
    // times cannot be counted, the more there may be the nearer they are to the smoothed one.
    const bool in_turns = talk_ == Talk::kInTurns;
    const std::uint32_t times =
        in_turns ? std::clamp(reading.bare_acks - last_->bare_acks, 1U, delivered) : delivered;
    // Whatever came together there, none of it was shorter than the kernel's least.
    const Duration time =
        std::max(unsmoothed(last_->smoothed, reading.smoothed, times), reading.least);
    if (in_turns || delivered == 1) {
      weigh(time, delivered > 1, now);
    } else {
      weigh_mixture(time, now);
    }
    // What the kernel has forgotten was too long ago.
    if (reading.least > *estimate()) kept_.fill({.time = reading.least, .at = now});
  }
  last_ = reading;
  last_at_ = now;
}

void PathRoundTrip::weigh_mixture(Duration time, TimePoint now) {
  const Duration believed = *estimate();
  keep({.time = time > believed + kHeldBack ? time : std::min(time, believed), .at = last_at_},
       now);
}

/// `time` was measured at some time after the last reading, perhaps long ago: it counts from then.
void PathRoundTrip::weigh(Duration time, bool prompt, TimePoint now) {
  const Duration believed = *estimate();
  const bool longer = time > believed + kSlack;
  const bool shorter = time < believed - kSlack;
  if (prompt || time < believed) keep({.time = time, .at = last_at_}, now);
  if (!longer) confirmed_ = last_at_;
  const bool may_ask_again = !asked_ || now - *asked_ >= kAskAgain;
  wants_prompt_ack_ = longer    ? prompt || may_ask_again
                      : shorter ? !prompt  // perhaps it is shorter still
                                : now - confirmed_ >= kConfirmedFor;
  if (wants_prompt_ack_) asked_ = now;
}

void PathRoundTrip::keep(Prompt prompt, TimePoint now) {
  for (Prompt& kept : kept_) {
    if (now - kept.at > kOld) kept = prompt;
  }
  kept_[next_] = prompt;
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
}

std::optional<Duration> PathRoundTrip::estimate() const {
  if (count_ == 0) return std::nullopt;
  return std::ranges::min_element(kept_.begin(), kept_.begin() + count_, {}, &Prompt::time)->time;
}

}  // namespace cnnselect
