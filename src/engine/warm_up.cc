#include "engine/warm_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace cnnselect {
namespace {

// Of the processor time that a run could expect; timer ticks and a page fault are no neighbours.
constexpr double kEnoughOfIt = 7.0 / 8;
constexpr Duration kNoNeighbour = std::chrono::microseconds(50);
// Times of one network on one machine lie within some percent. Those of a processor that is shared
// below the system, or that changes its clock, do not, and no time off the processor tells.
constexpr double kSteady = 1.5;
constexpr Duration kAlwaysSteady = std::chrono::microseconds(100);

double off_share(const TimedRun& run) {
  return static_cast<double>(run.off_processor.count()) /
         static_cast<double>(std::max<Duration::rep>(run.wall.count(), 1));
}

Duration own_time(const TimedRun& run) {
  return std::max(run.wall - run.off_processor, Duration(1));
}

bool steady(std::vector<Duration> times) {
  std::ranges::sort(times);
  const auto low = static_cast<double>(times[times.size() / 4].count());
  const auto high = static_cast<double>(times[times.size() - 1 - (times.size() / 4)].count());
  return high <= (kSteady * low) + static_cast<double>(kAlwaysSteady.count());
}

}  // namespace

bool undisturbed(const TimedRun& run, double share) {
  const double allowed = 1 - (share * kEnoughOfIt);
  return static_cast<double>((run.off_processor - kNoNeighbour).count()) <=
         allowed * static_cast<double>(run.wall.count());
}

bool WarmUp::wants_more() const {
  if (runs_.size() < asked_) return true;
  return undisturbed_ < asked_ && runs_.size() < kMostRounds * asked_ && extra_ < kMostExtraTime;
}

void WarmUp::add(const TimedRun& run) {
  if (runs_.size() >= asked_) extra_ += run.wall;
  if (undisturbed(run, share_)) ++undisturbed_;
  runs_.push_back(run);
}

WarmUp::Seed WarmUp::seed() const {
  std::vector<TimedRun> best = runs_;
  std::ranges::sort(best, {}, off_share);
  best.resize(asked_);
  Seed seed;
  for (const TimedRun& run : best) {
    seed.times.push_back(undisturbed(run, share_) ? run.wall : own_time(run));
  }
  const auto sum = [&](Duration TimedRun::* part) {
    return std::accumulate(runs_.begin(), runs_.end(), Duration::zero(),
                           [part](Duration all, const TimedRun& run) { return all + run.*part; });
  };
  const auto count = static_cast<double>(runs_.size());
  if (undisturbed_ < (asked_ + 1) / 2) {
    seed.doubt = fmt::format(
        "{} of {} runs were disturbed: {:.3f} ms in the mean, {:.3f} of it without a "
        "processor",
        runs_.size() - undisturbed_, runs_.size(), to_ms(sum(&TimedRun::wall)) / count,
        to_ms(sum(&TimedRun::off_processor)) / count);
  } else if (!steady(seed.times)) {
    const auto [least, most] = std::ranges::minmax(seed.times);
    seed.doubt = fmt::format("its times are from {:.3f} to {:.3f} ms", to_ms(least), to_ms(most));
  }
  return seed;
}

}  // namespace cnnselect
