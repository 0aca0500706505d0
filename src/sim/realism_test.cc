// What makes a simulated run as hard as a real one: when the server hears of answers, what it
// knows of the way here, which moment the way back meets, and what it takes itself.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/bounds.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/sweep.h"
#include "sim/testing/small_world.h"
#include "stats/running_moments.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Selector> rule(const char* name) { return make_selector(name).value(); }

Network recorded(std::string_view rows) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("n.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n" + std::string(rows));
  return Network::parse(file.string(), 1).value();
}

Workload over(const Network& network, WayBackTime way_back, std::size_t requests = 1,
              std::uint64_t seed = 1, double rate = 20) {
  return {three_models(),
          network,
          Arrivals::parse("poisson", rate).value(),
          {.requests = requests, .way_back = way_back, .seed = seed}};
}

TEST(Realism, TheWayBackMeetsTheNetworkAsItIsWhenTheAnswerLeaves) {
  // 1,000 bytes at 8,000 kbps take 1 ms; every other 100 ms nothing moves.
  const Network stalls = recorded("0,2,800000,8000\n100,2,800000,0\n");
  const Workload workload = over(stalls, WayBackTime::kAtDeparture);
  EXPECT_EQ(workload.way_back(0, 10ms), 2ms);
  EXPECT_EQ(workload.way_back(0, 150ms), 52ms);
  EXPECT_EQ(workload.way_back(0, 350ms), 52ms);
  const Workload drawn = over(stalls, WayBackTime::kAtArrival);
  EXPECT_EQ(drawn.way_back(0, 10ms), drawn.requests()[0].network.output);
  EXPECT_EQ(drawn.way_back(0, 150ms), drawn.requests()[0].network.output);
  EXPECT_EQ(workload.requests()[0].network.output, drawn.requests()[0].network.output);
}

TEST(Realism, ALawsWayBackIsDrawnOnce) {
  const Network law = Network::parse("normal(60,20)", 0.3).value();
  const Workload workload = over(law, WayBackTime::kAtDeparture, 50);
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(workload.way_back(i, 5s), workload.requests()[i].network.output);
  }
  EXPECT_FALSE(workload.at_latest_departures(200ms));
}

TEST(Realism, SimulatedAnswersTakeTheWayBackOfTheirDeparture) {
  const Network stalls = recorded("0,2,800000,8000\n100,2,800000,0\n");
  const Workload workload = over(stalls, WayBackTime::kAtDeparture, 200);
  for (const std::optional<int> workers : {std::optional<int>(), std::optional<int>(500)}) {
    const auto outcomes =
        simulate(three_models(), workload, *rule("most-accurate"), {.sla = 1s, .workers = workers});
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      ASSERT_TRUE(outcomes[i].model);
      EXPECT_EQ(outcomes[i].total, workload.whole_time(i, *outcomes[i].model));
    }
  }
}

/// A network of up to ten rows of 20 ms with stalls and round trips that change.
Network any_recorded() {
  std::string rows;
  const int count = *rc::gen::inRange(1, 10);
  for (int i = 0; i < count; ++i) {
    rows += std::to_string(i * 20) + "," + std::to_string(*rc::gen::inRange(0, 100)) + ",80000," +
            std::to_string(*rc::gen::element(0, 50, 1000, 20'000)) + "\n";
  }
  return recorded(rows);
}

TEST(RealismProperty, NoDepartureAfterTheLatestMakesIt) {
  EXPECT_TRUE(rc::check([] {
    const Network network = any_recorded();
    const Duration earliest(*rc::gen::inRange<std::int64_t>(0, 300'000'000));
    const Duration until = earliest + Duration(*rc::gen::inRange<std::int64_t>(0, 300'000'000));
    const auto latest = network.latest_departure(earliest, until, 1000);
    const auto there = [&](Duration departs) {
      const Duration takes = *network.way_back(departs, 1000);
      return takes == kForever ? kForever : departs + takes;
    };
    if (latest) {
      RC_ASSERT(*latest >= earliest && *latest <= until);
      RC_ASSERT(there(*latest) <= until);
    }
    const Duration first = latest ? *latest + Duration(2) : earliest;
    for (Duration departs = first; departs <= until; departs += 777us) {
      RC_ASSERT(there(departs) > until);
    }
  }));
}

TEST(RealismProperty, NoPolicyBeatsItsBoundWhenTheWayBackMovesAndLittleIsKnown) {
  EXPECT_TRUE(rc::check([] {
    const ModelSet models = three_models();
    const auto name = *rc::gen::elementOf(
        std::vector<std::string_view>(selector_names().begin(), selector_names().end()));
    const auto workers = *rc::gen::inRange(0, 4);  // 0: no limit
    SimulationSetting setting{
        .threshold = 10ms,
        .overhead = *rc::gen::element<Duration>(0ms, 3ms),
        .network = {.knowledge = *rc::gen::element(NetworkKnowledge::kLearnt,
                                                   NetworkKnowledge::kDoubleInput),
                    .feedback = Feedback::kNextRequest,
                    .input = InputKnowledge::kMeasured,
                    .one_way_times = {}}};
    if (workers > 0) setting.workers = workers;
    const Workload workload = over(any_recorded(), WayBackTime::kAtDeparture, 200,
                                   *rc::gen::arbitrary<std::uint64_t>(), 60);
    const Duration sla = std::chrono::milliseconds(*rc::gen::inRange(20, 400));
    const auto points = run_sweep(models, workload, {std::string(name)}, {sla}, setting, 1);
    RC_ASSERT(points.has_value());
    RC_ASSERT(points->front().summary.effective_accuracy <= points->front().bound + 1e-9);
  }));
}

TEST(Realism, TheOracleReachesTheBoundWhereTheRoundTripStays) {
  const Network stalls = recorded("0,2,800000,8000\n100,2,800000,0\n150,2,800000,50\n");
  const Workload workload = over(stalls, WayBackTime::kAtDeparture, 300);
  const auto points =
      run_sweep(three_models(), workload, {"oracle"}, {30ms, 60ms, 110ms, 160ms}, {}, 1).value();
  for (const SweepPoint& point : points) {
    EXPECT_NEAR(point.summary.effective_accuracy, point.bound, 1e-9) << to_ms(point.sla);
  }
}

TEST(Realism, OverheadIsTimeOfTheRequestButOfNoWorker) {
  const ModelSet models =
      ModelSet::from_profiles({row("small", 0.5, 10, 0), row("large", 0.9, 100, 0)}, "t").value();
  const Workload workload = workload_of(models, "constant(30)", 1, 20);
  for (const std::optional<int> workers : {std::optional<int>(), std::optional<int>(1)}) {
    const auto run = [&](Duration sla) {
      return simulate(models, workload, *rule("budget-greedy"),
                      {.sla = sla, .overhead = 5ms, .workers = workers})[0];
    };
    EXPECT_EQ(run(170ms).model, 1U);
    EXPECT_EQ(run(170ms).total, 165ms);
    EXPECT_EQ(run(164ms).model, 0U) << "1 ms too little is left";
    EXPECT_EQ(run(164ms).total, 75ms);
  }
}

TEST(Realism, AClosedLoopsClientTellsWithItsNextRequest) {
  // One client: its answer is there before it sends again. A way back that is not like the way
  // here is then learnt from as early as at once.
  const ModelSet models = three_models();
  const Workload workload(models, Network::parse("normal(60,20)", 0).value(),
                          Arrivals::parse("closed(1)", {}).value(), {.requests = 100});
  SimulationSetting setting{
      .sla = 200ms,
      .network = {.knowledge = NetworkKnowledge::kLearnt, .one_way_times = {}},
      .workers = 1};
  const auto at_once = simulate(models, workload, *rule("ontime"), setting);
  setting.network.feedback = Feedback::kNextRequest;
  const auto later = simulate(models, workload, *rule("ontime"), setting);
  for (std::size_t i = 0; i < at_once.size(); ++i) EXPECT_EQ(at_once[i].model, later[i].model);
}

TEST(Realism, WithoutAWordFromItsClientAnAnswerTeachesNothing) {
  // A client for each request: nobody comes again, so all is as if nothing were learnt.
  const ModelSet models = three_models();
  const Workload workload(models, Network::parse("normal(60,20)", 0).value(),
                          Arrivals::parse("poisson", 5).value(),
                          {.requests = 50, .clients = 1'000'000'000});
  SimulationSetting setting{.sla = 200ms,
                            .network = {.knowledge = NetworkKnowledge::kLearnt,
                                        .feedback = Feedback::kAtOnce,
                                        .one_way_times = {}},
                            .workers = 50};
  const auto chosen = [&] {
    std::vector<std::optional<std::size_t>> models_chosen;
    for (const auto& outcome : simulate(models, workload, *rule("ontime"), setting)) {
      models_chosen.push_back(outcome.model);
    }
    return models_chosen;
  };
  const auto at_once = chosen();
  setting.network.feedback = Feedback::kNextRequest;
  const auto never = chosen();
  setting.network.knowledge = NetworkKnowledge::kDoubleInput;
  EXPECT_EQ(never, chosen());
  EXPECT_NE(at_once, never);
}

TEST(Realism, InputErrorsAreDrawnOnceWithTheStatedDeviation) {
  const Network law = Network::parse("constant(60)", 1).value();
  const Workload one = over(law, WayBackTime::kAtArrival, 10'000, 5);
  const Workload two = over(law, WayBackTime::kAtDeparture, 10'000, 5);
  RunningMoments errors;
  std::vector<bool> seen(100);
  for (std::size_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(one.input_error(i), two.input_error(i));
    EXPECT_EQ(one.client(i), two.client(i));
    errors.add(to_ms(one.input_error(i)));
    ASSERT_LT(one.client(i), 100U);
    seen[one.client(i)] = true;
  }
  EXPECT_NEAR(errors.mean(), 0, 0.02);
  EXPECT_NEAR(errors.deviation(), 0.5, 0.02);
  EXPECT_TRUE(std::ranges::all_of(seen, std::identity()));
}

TEST(Realism, WayBackTimesHaveNames) {
  EXPECT_EQ(parse_way_back_time("at-departure").value(), WayBackTime::kAtDeparture);
  EXPECT_EQ(parse_way_back_time("at-arrival").value(), WayBackTime::kAtArrival);
  EXPECT_EQ(parse_way_back_time("later").error().message,
            "'later'; allowed: at-departure, at-arrival");
}

}  // namespace
}  // namespace cnnselect
