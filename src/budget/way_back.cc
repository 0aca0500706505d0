#include "budget/way_back.h"

#include <algorithm>

namespace cnnselect {

void WayBackLearner::add(Duration input, Duration output) {
  if (by_age_.size() == kMemory) {
    const Ways oldest = by_age_.front();
    by_age_.pop_front();
    auto place = std::ranges::lower_bound(by_input_, oldest.input, {}, &Ways::input);
    while (place->output != oldest.output) ++place;  // several may have had the same way here
    by_input_.erase(place);
  }
  by_age_.push_back({input, output});
  by_input_.insert(std::ranges::upper_bound(by_input_, input, {}, &Ways::input), {input, output});
}

void WayBackLearner::estimate(Duration input, std::vector<Duration>& values) const {
  values.clear();
  auto end = std::ranges::lower_bound(by_input_, input, {}, &Ways::input);
  auto begin = end;
  while (values.size() < std::min(kNeighbours, by_input_.size())) {
    const bool up = begin == by_input_.begin() ||
                    (end != by_input_.end() && end->input - input < input - (begin - 1)->input);
    const Ways& nearest = up ? *end++ : *--begin;
    values.push_back(std::max(nearest.output + (input - nearest.input), Duration::zero()));
  }
  std::ranges::sort(values);
}

}  // namespace cnnselect
