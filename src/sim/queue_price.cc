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
  Section section{.from = top, .until = 0, .low = 0, .high = 1};
  bisect(section);
  QueueRule rule{
      .effective_accuracy = section.high, .unconverged = section.high - section.low, .choices = {}};
  settle(section);
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

/// Prices from `from` down to `until`, when a request earns `earned`. Returns the last point before
/// the price becomes negative; 0 when it does not.
std::size_t QueuePrice::fall(std::size_t from, double earned, std::size_t until) {
  if (from == grid_.steps()) start(earned);
  for (std::size_t point = from; point-- > until;) {
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
void QueuePrice::bisect(Section& section) {
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (section.low + section.high) / 2;
    if (middle <= section.low || middle >= section.high) return;
    (fall(section.from, middle, section.until) > 0 ? section.low : section.high) = middle;
  }
}

/// From the section's `from` on, the narrowest of some ranges about its `high` that holds the
/// answer, and how far down its ends need be followed to tell.
bool QueuePrice::widen(Section& section) {
  constexpr std::size_t kFurther = 4;  // numbers that differ less part later
  const double around = section.high;
  for (double share = 1e-7; share < 1e-2; share *= 10) {
    section.low = around * (1 - share);
    section.high = around * (1 + share);
    const std::size_t negative = fall(section.from, section.low, 0);
    if (negative == 0) continue;
    const std::size_t window = kFurther * (section.from - negative + 1);
    section.until = section.from - std::min(section.from, window);
    if (fall(section.from, section.high, section.until) == 0) return true;
  }
  section.high = around;
  return false;
}

/// Two neighbouring numbers, and still their prices part on the way down, as a difference grows
/// exponentially. Where they part the way goes on between two others that differ by as little as
/// matters, from there.
void QueuePrice::settle(Section section) {
  constexpr double kAgree = 1e-7;
  while (section.from > 1) {
    const std::size_t negative = fall(section.from, section.low, section.until);
    const std::size_t lowest = std::max(negative, section.until);
    lower_.assign(due_.begin() + static_cast<std::ptrdiff_t>(lowest),
                  due_.begin() + static_cast<std::ptrdiff_t>(section.from));
    fall(section.from, section.high, section.until);
    std::size_t agree = section.from;
    while (agree > lowest && std::abs(due_[agree - 1] - lower_[agree - 1 - lowest]) < kAgree) {
      --agree;
    }
    if (agree == section.from) break;
    section.from = agree;
    if (!widen(section)) break;
    bisect(section);
  }
  fall(section.from, section.high, 0);
}

}  // namespace cnnselect
