// The price that `ontime` works with, and what it earns, beside the exact queue of best_queue_rule.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "select/price_curve.h"
#include "select/registry.h"
#include "select/testing/priced_family.h"
#include "sim/queue_rule.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

ModelSet models_of(const PriceQuestion& question) {
  std::vector<ProfileRow> rows;
  for (const PricedModel& model : question.priced()) {
    rows.push_back(row("m" + std::to_string(rows.size()), model.gain, 1e3 * model.mean, 0));
  }
  return ModelSet::from_profiles(rows, "test").value();
}

double exact_earnings(const PriceQuestion& question, std::size_t steps = 0) {
  return best_queue_rule(models_of(question), question.rate, from_ms(1e3 * question.slack),
                         static_cast<int>(question.workers), steps)
      .value()
      .effective_accuracy;
}

// Of 1,000 families the curve was within -0.73 % and +0.04 % in all but one, whose slack is
// thousands of times the fastest model's time: the stretched curve has 1.8 % less.
TEST(QueueRulePriceProperty, TheCurveOfOneWorkerEarnsWhatTheExactQueueDoes) {
  EXPECT_TRUE(rc::check([] {
    PriceQuestion question = any_priced_question();
    question.rate /= question.workers;
    question.workers = 1;
    question.slack = std::min(question.slack, 500 * question.models[0].mean);
    while (question.priced().back().mean > question.slack) --question.count;
    const double exact = exact_earnings(question);
    const double earned = PriceCurve(question).earned();
    RC_ASSERT(earned <= exact * 1.005);
    RC_ASSERT(earned >= exact * (1 - 0.015));
  }));
}

/// Models as a user might bring them; times do not vary.
struct Family {
  const char* name;
  std::vector<PricedModel> models;
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"far apart", {{0.010, 0.5}, {0.025, 0.8}, {0.080, 0.95}}},
      {"embedded", {{0.00011, 0.516}, {0.00124, 0.98}, {0.0177, 0.991}}},
      {"close", {{0.0257, 0.497}, {0.0282, 0.718}, {0.0558, 0.779}, {0.1126, 0.826}}},
      {"gpu", {{0.003, 0.69}, {0.008, 0.76}, {0.020, 0.80}, {0.060, 0.84}}},
  };
  return all;
}

/// What the simulated server earns under `ontime`, as a share of the exact queue's rule's.
double share_of_exact(const Family& family, double workers, double load, double slack) {
  constexpr double kWay = 1e-6;  // of the network, each way
  // The load of the most accurate model that makes it.
  double mean = 0;
  for (const PricedModel& model : family.models) {
    if (model.mean <= slack) mean = model.mean;
  }
  const PriceQuestion question =
      priced_question(family.models, workers, load * workers / mean, slack);
  const ModelSet models = models_of(question);
  const Duration sla = from_ms(1e3 * (slack + 2 * kWay));
  const Workload workload = workload_of(models, "constant(0.001)", question.rate, 20'000);
  const auto outcomes = simulate(models, workload, *make_selector("ontime").value(),
                                 {.sla = sla, .workers = static_cast<int>(workers)});
  return summarise_simulation(models.size(), outcomes, sla).effective_accuracy /
         exact_earnings(question, workers == 1 ? 0 : 64);
}

// Measured: 0.993 to 1.015 (the simulated rule knows who waits, and the arrivals are a sample).
// Not so where there is hardly time to wait for one execution: the exact rule drops who is late,
// the server has to answer, and meanwhile the next one becomes late. There "close" earns 0.78 to
// 0.98 with one worker, and the other policies no more.
TEST(QueueRulePrice, OntimeEarnsNearlyWhatTheExactRuleDoes) {
  for (const Family& family : families()) {
    for (const double workers : {1.0, 2.0}) {
      for (const double load : {0.2, 0.6, 0.95}) {
        for (const double slacks : {1.5, 3.0, 10.0}) {
          const double slack = slacks * family.models[1].mean;
          if (slack < 2 * family.models[0].mean) continue;
          const double share = share_of_exact(family, workers, load, slack);
          EXPECT_GE(share, 0.98) << family.name << ", " << workers << " workers, load " << load
                                 << ", slack " << slack;
        }
      }
    }
  }
}

}  // namespace
}  // namespace cnnselect
