#include "select/time_price.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "select/candidates.h"

namespace cnnselect {
namespace {

constexpr std::size_t kMostCorners = 32;
constexpr double kLeastRate = 1e-3;  // per second; only guards divisions

/// A corner of the upper hull of (mean time, accuracy).
struct Corner {
  double mean = 0;  // seconds
  double accuracy = 0;
  double slope = 0;  // of the edge that leads here, per second
};

/// The hull from (0, undone) on, for a request may also be left undone; the means ascend and the
/// slopes descend. Of a hull with more corners the first ones.
class Frontier {
 public:
  Frontier(std::span<const Candidate> models, double undone) {
    Corner at{.accuracy = undone};
    while (size_ < kMostCorners) {
      Corner next;
      for (const Candidate& model : models) {
        const double mean = seconds(model.mean);
        if (mean <= at.mean) continue;
        const double slope = (model.accuracy - at.accuracy) / (mean - at.mean);
        if (slope > next.slope) next = {mean, model.accuracy, slope};
      }
      if (next.slope == 0) break;
      at = next;
      if (size_ == 0) next.slope *= undone > 0 ? kAtMostWithDevice : kWorthServing;
      corners_[size_++] = next;
    }
  }
  std::span<const Corner> corners() const { return std::span(corners_).first(size_); }

 private:
  std::array<Corner, kMostCorners> corners_;
  std::size_t size_ = 0;
};

/// A price, and by how much V there is above its least value.
struct Point {
  double price = 0;
  double excess = 0;
};

/// V between lambda* and one end of the prices, from the end inwards: linear between two points.
class Slope {
 public:
  explicit Slope(double sustained) { points_[0] = {sustained, 0}; }

  /// The next point outwards; V changes by `drift` per unit of price on the way there.
  void add(double price, double drift) {
    const Point& inner = points_[size_ - 1];
    points_[size_] = {price, inner.excess + std::abs(price - inner.price) * std::abs(drift)};
    ++size_;
  }

  /// The price that started at the end, `time` later, when it moves inwards as fast as V is above
  /// its least value.
  double after(double time) const {
    for (std::size_t i = size_ - 1; i > 0; --i) {
      const auto& [from, speed] = points_[i];
      const auto& [to, last_speed] = points_[i - 1];
      if (speed <= 0) return from;
      const double slowing = (speed - last_speed) / std::abs(to - from);
      const double needed = last_speed > 0 ? std::log(speed / last_speed) / slowing
                                           : std::numeric_limits<double>::infinity();
      if (time < needed) {
        const double way = speed / slowing * (1 - std::exp(-slowing * time));
        return to > from ? from + way : from - way;
      }
      time -= needed;
    }
    return points_[0].price;
  }

 private:
  std::array<Point, kMostCorners + 1> points_;  // the innermost first
  std::size_t size_ = 1;
};

}  // namespace

double time_price(std::span<const Candidate> models, const LoadView& load, Duration sla,
                  Undone undone) {
  const Frontier frontier(models, undone.worth);
  const auto corners = frontier.corners();
  if (load.workers == 0 || corners.empty()) return 0;
  const auto workers = static_cast<double>(load.workers);
  const double rate = std::max(load.arrivals_per_second, kLeastRate);
  // The corners around the mean time that every request can be given, and lambda* between them.
  const double affordable = workers / rate;
  const auto place = std::ranges::lower_bound(corners, affordable, {}, &Corner::mean);
  const auto split = static_cast<std::size_t>(place - corners.begin());
  const double sustained = split < corners.size() ? corners[split].slope : 0;
  Slope dearer(sustained);
  for (std::size_t i = split; i-- > 0;) {
    dearer.add(corners[i].slope, workers - rate * corners[i].mean);
  }
  Slope cheaper(sustained);
  for (std::size_t i = split; i < corners.size(); ++i) {
    const double slope = i + 1 < corners.size() ? corners[i + 1].slope : 0;
    cheaper.add(slope, workers - rate * corners[i].mean);
  }

  // Everybody who waits, this one too, takes about what can be given.
  const double each = std::clamp(affordable, corners.front().mean, corners.back().mean);
  const double backlog = static_cast<double>(load.waiting + 1) * each;
  // The backlog counts this request, so its end does too: to one or two workers that is much. But
  // not where it must be told in time that it will not be run.
  const double most = workers * kBacklogShare * seconds(std::min(sla, kLongestSla)) +
                      (undone.must_be_told ? 0 : each);
  if (backlog >= most) return corners.front().slope;
  const double variance = rate * each * each;  // of the work that arrives in a second
  return std::max(cheaper.after(2 * backlog / variance) +
                      dearer.after(2 * (most - backlog) / variance) - sustained,
                  0.0);
}

}  // namespace cnnselect
