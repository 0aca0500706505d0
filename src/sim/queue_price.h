// The price of time at a server with one worker, by the work ahead: the optimality equation of
// sim/queue_rule.h, from the slack down to an idle worker. The slack is the unit of time. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/queue_grid.h"

namespace cnnselect {

class QueuePrice {
 public:
  /// `rate`: arrivals per slack, at most grid.steps() / 2. The grid must outlive it, and its times
  /// be a step at least.
  QueuePrice(const WorkGrid& grid, double rate);

  QueueRule solve(Duration slack);

  /// The price of all time from `work` to the slack, after solve(); negative beyond it.
  double due_at(double work) const;

 private:
  /// What a request earns lies between `low` and `high`: one of them gives a negative price between
  /// `until` and `from`.
  struct Section {
    std::size_t from = 0;
    std::size_t until = 0;
    double low = 0;
    double high = 0;
  };

  void start(double earned);
  double due(std::size_t point) const;
  double served(std::size_t point, std::optional<std::size_t>& chosen) const;
  std::size_t fall(std::size_t from, double earned, std::size_t until);
  void bisect(Section& section);
  bool widen(Section& section);
  void settle(Section section);

  const WorkGrid& grid_;
  double rate_;
  double earned_ = 0;                               // by a request
  std::vector<double> due_;                         // by point: the price of all later time
  std::vector<double> price_;                       // by point: of time, per slack
  std::vector<std::optional<std::size_t>> chosen_;  // by point
  std::vector<double> lower_;                       // due_ of a section's lower end
};

}  // namespace cnnselect
