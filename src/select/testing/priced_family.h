// For tests: questions for a price of time, made up or random.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "select/price_curve.h"

namespace cnnselect {

inline PriceQuestion priced_question(const std::vector<PricedModel>& models, double workers,
                                     double rate, double slack) {
  PriceQuestion question{.count = models.size(), .workers = workers, .rate = rate, .slack = slack};
  std::ranges::copy(models, question.models.begin());
  return question;
}

/// 10 to a random power between `from` and `to`.
inline double any_power(double from, double to) {
  return std::pow(10.0, from + (to - from) * *rc::gen::inRange(0, 10'001) / 1e4);
}

/// 2 to 16 models, both means and gains ascending, the means over three decades, from 0.1 ms to 1 s
/// for the fastest.
inline std::vector<PricedModel> any_priced_models() {
  const auto count = *rc::gen::inRange<std::size_t>(2, PriceQuestion::kMostModels + 1);
  const double fastest = any_power(-4, 0);
  std::vector<double> means;
  std::vector<double> gains;
  for (std::size_t i = 0; i < count; ++i) {
    means.push_back(fastest * any_power(0, 3));
    gains.push_back(*rc::gen::inRange(50, 1'000) / 1e3);
  }
  std::ranges::sort(means);
  std::ranges::sort(gains);
  std::vector<PricedModel> models;
  for (std::size_t i = 0; i < count; ++i) models.push_back({.mean = means[i], .gain = gains[i]});
  return models;
}

/// Of such a family the models that make a slack of 1.05 to ten thousand times the fastest's time;
/// from a thousandth of what the fastest can do to ten times that; 1 to 64 workers.
inline PriceQuestion any_priced_question() {
  const std::vector<PricedModel> models = any_priced_models();
  const double fastest = models.front().mean;
  const double slack = 1.05 * fastest * any_power(0, 4);
  const double workers = *rc::gen::element(1.0, 2.0, 4.0, 8.0, 32.0, 64.0);
  PriceQuestion question =
      priced_question(models, workers, any_power(-3, 1) * workers / fastest, slack);
  while (question.priced().back().mean > slack) --question.count;
  return question;
}

}  // namespace cnnselect
