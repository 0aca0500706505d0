// The values of a server with two workers, by the work on each: value iteration from just after one
// arrival was dealt with to just after the next (sim/queue_rule.h). The slack is the unit of time.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/queue_grid.h"
#include "sim/queue_price.h"

namespace cnnselect {

class QueueValues {
 public:
  /// `rate`: arrivals per slack. `excess_price`: what a slack costs for which a worker stays busy
  /// beyond the grid's longest time. The grid must outlive it.
  QueueValues(const WorkGrid& grid, double rate, double excess_price);

  /// Begins with two servers of one worker that share the work and the arrivals.
  void begin_from(const QueuePrice& half);
  /// Begins where a coarser grid ended.
  void begin_from(const QueueValues& coarse);

  /// Until what a request earns is known to `tolerance`, or so many additions are spent.
  void iterate(double tolerance, double additions);

  /// What a request earns on this grid is within this of rule()'s, for certain.
  double unconverged() const { return (high_ - low_) / 2; }
  QueueRule rule(Duration slack);

 private:
  std::size_t end_of(std::size_t row) const;
  double additions_of_a_sweep() const;
  void meet(std::size_t row, std::optional<std::size_t>* chosen);
  void pass_time();
  void update(std::size_t place, double value);
  void mirror(std::vector<double>& values) const;
  void leap(double factor);
  double between(double one, double other) const;

  const WorkGrid* grid_;
  double per_step_;  // arrivals
  double excess_price_;
  std::size_t points_ = 0;
  std::size_t band_ = 0;        // the workers are never further apart, once they were not
  std::vector<double> values_;  // by the work on one, then the other; symmetric
  std::vector<double> next_;
  std::vector<double> surplus_;  // the lesser work first
  std::vector<double> served_;   // of a row
  double low_ = 0;
  double high_ = 0;
};

}  // namespace cnnselect
