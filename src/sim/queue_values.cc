#include "sim/queue_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cnnselect {

QueueValues::QueueValues(const WorkGrid& grid, double rate, double excess_price)
    : grid_(&grid), per_step_(rate * grid.step()), excess_price_(excess_price) {
  std::size_t overshoot = 0;
  std::size_t furthest = 0;
  for (std::size_t option = 0; option < grid.options().size(); ++option) {
    const auto leaps = grid.leaps(option);
    overshoot = std::max(overshoot, leaps.back().ahead - leaps.front().ahead);
    furthest = std::max(furthest, leaps.back().ahead);
  }
  points_ = grid.steps() + overshoot + 3;
  band_ = std::min(furthest + 4, points_ - 1);
  values_.assign(points_ * points_, 0);
  next_.assign(points_ * points_, 0);
  surplus_.assign(points_ * points_, 0);
  served_.assign(points_, 0);
}

void QueueValues::begin_from(const QueuePrice& half) {
  for (std::size_t i = 0; i < points_; ++i) {
    for (std::size_t j = 0; j < points_; ++j) {
      values_[i * points_ + j] = 2 * half.due_at(static_cast<double>(i + j) / 2 * grid_->step());
    }
  }
}

void QueueValues::begin_from(const QueueValues& coarse) {
  const double scale =
      static_cast<double>(coarse.grid_->steps()) / static_cast<double>(grid_->steps());
  for (std::size_t i = 0; i < points_; ++i) {
    for (std::size_t j = 0; j < points_; ++j) {
      values_[i * points_ + j] =
          coarse.between(static_cast<double>(i) * scale, static_cast<double>(j) * scale);
    }
  }
}

void QueueValues::iterate(double tolerance, double additions) {
  const auto sweeps = static_cast<int>(std::max(additions / additions_of_a_sweep(), 64.0));
  constexpr int kWindow = 16;
  double before = 0;  // how far apart a window ago; 0: not known since the last leap
  double shrank = 0;  // in the window before this
  for (int i = 1; i <= sweeps; ++i) {
    for (std::size_t row = 0; row < points_; ++row) meet(row, nullptr);
    pass_time();
    const double apart = high_ - low_;
    if (apart > tolerance && i % kWindow == 0) {
      const double shrinks = before > 0 ? apart / before : 0;
      const bool steady = shrinks < 1 && std::abs(shrinks - shrank) < 0.25 * (1 - shrinks);
      if (steady) leap(std::pow(shrinks, 1.0 / kWindow));
      before = steady ? 0 : apart;
      shrank = steady ? 0 : shrinks;
    }
    std::swap(values_, next_);
    if (apart <= tolerance) return;
  }
}

QueueRule QueueValues::rule(Duration slack) {
  QueueRule rule{
      .effective_accuracy = (low_ + high_) / 2, .unconverged = unconverged(), .choices = {}};
  for (std::size_t point = 0; point <= grid_->steps(); ++point) {
    std::optional<std::size_t> chosen;
    meet(point, &chosen);
    const double* here = &values_[point * points_ + point];
    const double price = std::max((here[0] - here[1]) / grid_->step(), 0.0);
    grid_->append_choice(point, chosen, price, slack, rule.choices);
  }
  return rule;
}

std::size_t QueueValues::end_of(std::size_t row) const {
  return std::min(row + band_ + 1, points_);
}

double QueueValues::additions_of_a_sweep() const {
  std::size_t leaps = 4;  // the passing of time costs as much
  for (std::size_t option = 0; option < grid_->options().size(); ++option) {
    leaps += 1 + grid_->leaps(option).size();
  }
  return static_cast<double>(leaps * points_ * std::min(band_ + 1, points_ / 2));
}

/// What serving gains over dropping, for an arrival that finds `row` on the worker that is free
/// first. `chosen`, unless null: what it is given where the other has as much.
void QueueValues::meet(std::size_t row, std::optional<std::size_t>* chosen) {
  double* surplus = &surplus_[row * points_];
  const std::size_t end = end_of(row);
  std::fill(surplus + row, surplus + end, 0.0);
  const double* dropped = &values_[row * points_];
  for (std::size_t option = 0; option < grid_->options().size(); ++option) {
    const double earned = row <= grid_->steps() ? grid_->earned(option, row) : 0;
    if (earned == 0) continue;
    const double alone = earned - excess_price_ * grid_->excess(option);
    for (std::size_t other = row; other < end; ++other) {
      served_[other] = alone - dropped[other];
    }
    const auto leaps = grid_->leaps(option);
    const double share = 1 / static_cast<double>(leaps.size());
    for (const auto& [ahead, beyond] : leaps) {
      const double* near = &values_[(row + ahead) * points_];
      const double* far = near + points_;
      for (std::size_t other = row; other < end; ++other) {
        served_[other] += share * ((1 - beyond) * near[other] + beyond * far[other]);
      }
    }
    if (chosen != nullptr && served_[row] > surplus[row]) *chosen = option;
    for (std::size_t other = row; other < end; ++other) {
      surplus[other] = std::max(surplus[other], served_[other]);
    }
  }
}

/// From just after an arrival to just after the next, on average: within a step the values are
/// straight, and the surplus as well, or where it jumps in two levels.
void QueueValues::pass_time() {
  low_ = std::numeric_limits<double>::infinity();
  high_ = -low_;
  const double nobody = std::exp(-per_step_);
  const double near = 1 + std::expm1(-per_step_) / per_step_;
  const double far = 1 - nobody - near;
  update(0, values_[0] + surplus_[0]);
  for (std::size_t j = 1; j < end_of(0); ++j) {
    update(j, nobody * next_[j - 1] + far * (values_[j - 1] + surplus_[j - 1]) +
                  near * (values_[j] + surplus_[j]));
  }
  for (std::size_t i = 1; i < points_; ++i) {
    const double split = grid_->split(i - 1);
    const double close = split == WorkGrid::kSmooth ? near : -std::expm1(-per_step_ * (1 - split));
    for (std::size_t j = i; j < end_of(i); ++j) {
      const std::size_t here = i * points_ + j;
      const std::size_t below = here - points_ - 1;
      update(here, nobody * next_[below] + far * values_[below] + near * values_[here] +
                       (1 - nobody - close) * surplus_[below] + close * surplus_[here]);
    }
  }
  mirror(next_);
}

void QueueValues::update(std::size_t place, double value) {
  low_ = std::min(low_, value - values_[place]);
  high_ = std::max(high_, value - values_[place]);
  next_[place] = value;
}

void QueueValues::mirror(std::vector<double>& values) const {
  for (std::size_t i = 0; i < points_; ++i) {
    for (std::size_t j = i + 1; j < end_of(i); ++j) {
      values[j * points_ + i] = values[i * points_ + j];
    }
  }
}

/// What is still wrong shrinks by `factor` a sweep: all that is to come at once. Value iteration
/// forgives a bad guess.
void QueueValues::leap(double factor) {
  const double sweeps = std::min(factor / (1 - factor), 1e4);
  const double middle = (low_ + high_) / 2;
  for (std::size_t i = 0; i < points_; ++i) {
    for (std::size_t j = i; j < end_of(i); ++j) {
      const std::size_t place = i * points_ + j;
      next_[place] += sweeps * (next_[place] - values_[place] - middle);
    }
  }
  mirror(next_);
}

double QueueValues::between(double one, double other) const {
  const auto last = static_cast<double>(points_ - 2);
  const auto i = static_cast<std::size_t>(std::min(one, last));
  const auto j = static_cast<std::size_t>(std::min(other, last));
  const double right = one - static_cast<double>(i);
  const double down = other - static_cast<double>(j);
  const double* here = &values_[i * points_ + j];
  return (1 - right) * ((1 - down) * here[0] + down * here[1]) +
         right * ((1 - down) * here[points_] + down * here[points_ + 1]);
}

}  // namespace cnnselect
