#include "sim/queue_price.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cnnselect {

QueuePrice::QueuePrice(const WorkGrid& grid, double rate)
    : grid_(grid),
      rate_(rate),
      due_(grid.steps() + 1),
      price_(grid.steps() + 1),
      chosen_(grid.steps() + 1) {}

double QueuePrice::due_at(double work) const {
  const double exact = work * static_cast<double>(grid_.steps());
  const auto point = static_cast<std::size_t>(exact);
  const double beyond = exact - static_cast<double>(point);
  return (1 - beyond) * due(point) + beyond * due(point + 1);
}

QueueRule QueuePrice::solve(Duration slack) {
  const std::size_t top = grid_.steps();
  double low = 0;
  double high = 1;
  bisect(top, low, high);
  QueueRule rule{.effective_accuracy = high, .unconverged = high - low, .choices = {}};
  settle(top, low, high);
  for (std::size_t point = 0; point <= top; ++point) {
    const double price = std::max(price_[point], 0.0);
    grid_.append_choice(point, chosen_[point], price, slack, rule.choices);
  }
  return rule;
}

void QueuePrice::start(double earned) {
  earned_ = earned;
  due_[grid_.steps()] = 0;
  price_[grid_.steps()] = rate_ * earned;
}

double QueuePrice::due(std::size_t point) const {
  if (point < due_.size()) return due_[point];
  return -rate_ * earned_ * static_cast<double>(point - grid_.steps()) * grid_.step();
}

/// The best that serving at `point` leads to; later points are known.
double QueuePrice::served(std::size_t point, std::optional<std::size_t>& chosen) const {
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t option = 0; option < grid_.options().size(); ++option) {
    const double earned = grid_.earned(option, point);
    if (earned == 0) continue;
    double after = 0;
    for (const auto& [ahead, beyond] : grid_.leaps(option)) {
      after += (1 - beyond) * due(point + ahead) + beyond * due(point + ahead + 1);
    }
    const double value = earned + after / static_cast<double>(grid_.leaps(option).size());
    if (value <= best) continue;
    best = value;
    chosen = option;
  }
  return best;
}

/// Prices below `from`, when a request earns `earned`. Returns the last point before the price
/// becomes negative; 0 when it does not.
std::size_t QueuePrice::fall(std::size_t from, double earned) {
  if (from == grid_.steps()) start(earned);
  for (std::size_t point = from; point-- > 0;) {
    const double like_point = grid_.split(point) * grid_.step();
    const double dropped = due_[point + 1] + (grid_.step() - like_point) * price_[point + 1] +
                           like_point * rate_ * earned;
    std::optional<std::size_t> chosen;
    const double surplus =
        std::max(0.0, (served(point, chosen) - dropped) / (1 - like_point * rate_));
    chosen_[point] = surplus > 0 ? chosen : std::nullopt;
    due_[point] = dropped - like_point * rate_ * surplus;
    price_[point] = rate_ * (earned - surplus);
    if (price_[point] < 0) return point + 1;
  }
  return 0;
}

/// `low` gives a negative price, `high` does not: as near as numbers come.
void QueuePrice::bisect(std::size_t from, double& low, double& high) {
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) return;
    (fall(from, middle) > 0 ? low : high) = middle;
  }
}

/// From `from` on, the narrowest of some ranges about `high` whose lower end gives a negative price
/// and whose upper end does not.
bool QueuePrice::widen(std::size_t from, double& low, double& high) {
  const double around = high;
  for (double share = 1e-7; share < 1e-2; share *= 10) {
    low = around * (1 - share);
    high = around * (1 + share);
    if (fall(from, low) > 0 && fall(from, high) == 0) return true;
  }
  high = around;
  return false;
}

/// Two neighbouring numbers, and still their prices part on the way down, as a difference grows
/// exponentially. Where they part the way goes on between two others that differ by as little as
/// matters, from there.
void QueuePrice::settle(std::size_t from, double low, double high) {
  constexpr int kSections = 64;
  constexpr double kAgree = 1e-7;
  for (int i = 0; i < kSections; ++i) {
    const std::size_t negative = fall(from, low);
    const std::vector<double> lower = due_;
    fall(from, high);
    std::size_t agree = from;
    while (agree > negative && std::abs(due_[agree - 1] - lower[agree - 1]) < kAgree) --agree;
    if (negative == 0 || agree <= 1 || agree == from) return;
    from = agree;
    if (!widen(from, low, high)) break;
    bisect(from, low, high);
  }
  fall(from, high);
}

}  // namespace cnnselect
