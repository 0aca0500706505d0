#include "select/work_price.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "cnnselect/candidates.h"

namespace cnnselect {
namespace {

constexpr double kLeastRate = 1e-3;  // per second
// Means of the quarters of an exponential law of mean 1.
constexpr std::array kQuarterMeans = {0.137, 0.477, 1.0, 2.386};
// Who waits and this one came within one slack, or they would be late: a rate of at least so much
// of that, whatever came on the average.
constexpr double kRecently = 0.5;

/// The models that price time: those that make the usual slack, each worth more than all faster
/// ones. Beside the fastest, of those that are close together in time the most accurate.
void set_models(PriceQuestion& question, std::span<const Candidate> models, double covered) {
  const auto counts = [&](const Candidate& model) {
    return seconds(model.mean) <= question.slack && model.accuracy > covered;
  };
  const auto top = most_accurate(models, counts);
  if (!top) return;
  // Slower ones than the most accurate are beaten: they shall not move the places of the others.
  const double last = seconds(models[*top].mean);
  double first = last;
  for (const Candidate& model : models) {
    if (counts(model)) first = std::min(first, seconds(model.mean));
  }
  constexpr std::size_t kPlaces = PriceQuestion::kMostModels;
  const double scale = last > first ? (kPlaces - 1) / std::log(last / first) : 0;
  std::array<const Candidate*, kPlaces> best{};
  for (const Candidate& model : models) {
    if (!counts(model)) continue;
    const double mean = seconds(model.mean);
    const auto place = static_cast<std::size_t>(std::ceil(scale * std::log(mean / first)));
    const Candidate*& there = best[std::min(place, kPlaces - 1)];
    if (!there || more_accurate(model, *there)) there = &model;
  }
  double gain = 0;
  for (const Candidate* model : best) {
    if (!model || model->accuracy - covered <= gain) continue;
    gain = model->accuracy - covered;
    question.models[question.count++] = {
        .mean = seconds(model->mean), .gain = gain, .deviation = seconds(model->deviation)};
  }
}

/// Whether clients run networks of their own, but only when told to.
bool must_be_told(const SelectionInput& input) { return input.device && !input.device->duplicates; }

/// Nothing can be asked where nothing is worth a worker's time.
std::optional<PriceQuestion> question_of(const SelectionInput& input, double covered) {
  const LoadView& load = input.load;
  if (load.workers == 0) return std::nullopt;
  const double own = soft_on_arrival(input) * 1e-9;
  PriceQuestion question{
      .workers = static_cast<double>(load.workers),
      .slack = load.usual_slack > Duration::zero() ? seconds(load.usual_slack) : own,
      .clients = load.clients};
  if (!(question.slack > 0) || std::isinf(question.slack)) return std::nullopt;
  set_models(question, input.candidates, covered);
  if (question.count == 0) return std::nullopt;
  const double here = static_cast<double>(load.waiting) + load.burst + 1;
  question.rate =
      std::max({load.arrivals_per_second, kRecently * here / question.slack, kLeastRate});
  if (must_be_told(input)) {
    question.undone = input.device->accuracy;
    question.undone_time = seconds(input.device->mean);
  }
  return question;
}

}  // namespace

WorkPrice::WorkPrice(const SelectionInput& input, double covered, const PriceCache& cache) {
  const auto question = question_of(input, covered);
  if (!question) return;
  curve_ = cache.curve(*question);
  // Whose device has no time left makes way for those who can still be told to use theirs.
  dearest_ = must_be_told(input) ? std::numeric_limits<double>::infinity() : 0;
  for (const PricedModel& model : question->priced()) {
    dearest_ = std::max(dearest_, kWorthServing * model.gain / model.mean);
  }
  const LoadView& load = input.load;
  const double ahead =
      seconds(load.running_work) + static_cast<double>(load.waiting) * curve_.each();
  chance_ = load.usual_chance;
  cases_ = load.burst > 0 ? kQuarters : 1;
  for (std::size_t i = 0; i < cases_; ++i) {
    ahead_[i] = ahead + load.burst * kQuarterMeans[i] * curve_.each();
  }
}

double WorkPrice::of(Duration work) const {
  if (cases_ == 0) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < cases_; ++i) sum += curve_.cost(ahead_[i], seconds(work));
  return chance_ * std::min(sum / static_cast<double>(cases_), dearest_ * seconds(work));
}

}  // namespace cnnselect
