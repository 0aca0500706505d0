#include "sim/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/summary.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Selector> policy(const char* name) { return make_selector(name).value(); }

ModelSet exact_models() {
  return ModelSet::from_profiles({row("small", 0.5, 10, 0), row("large", 0.9, 100, 0)}, "t")
      .value();
}

TEST(Simulate, ARequestTakesNetworkExecutionAndNetwork) {
  const ModelSet models = exact_models();
  const Workload workload = workload_of(models, "constant(30)", 20, 5);
  for (const auto& outcome : simulate(models, workload, *policy("budget-greedy"), {.sla = 200ms})) {
    EXPECT_EQ(outcome.model, 1U);
    EXPECT_EQ(outcome.total, 160ms);
  }
  for (const auto& outcome : simulate(models, workload, *policy("budget-greedy"), {.sla = 100ms})) {
    EXPECT_EQ(outcome.model, 0U) << "40 ms are left of 100";
    EXPECT_EQ(outcome.total, 70ms);
  }
}

TEST(Simulate, KnowingTheWayBackHelpsWhereItIsShort) {
  const ModelSet models = exact_models();
  // Up 100 ms; the way back is drawn apart, and is short for one request in two.
  const Workload workload =
      workload_of(models, "mix(1:constant(100),1:constant(10))", 20, 400, 3, 0);
  SimulationSetting setting{.sla = 215ms};
  const auto doubled = simulate(models, workload, *policy("budget-greedy"), setting);
  setting.network.knowledge = NetworkKnowledge::kPerfect;
  const auto perfect = simulate(models, workload, *policy("budget-greedy"), setting);
  int gained = 0;
  for (std::size_t i = 0; i < perfect.size(); ++i) {
    const auto& [input, output] = workload.requests()[i].network;
    EXPECT_LE(perfect[i].total, 215ms) << "never late when it knows";
    if (input == 100ms && output == 10ms) {
      EXPECT_EQ(doubled[i].model, 0U);
      EXPECT_EQ(perfect[i].model, 1U);
      ++gained;
    }
  }
  EXPECT_GT(gained, 50);
}

// What our policy learns from its own requests is worth nearly as much as being told the law.
TEST(Simulate, TheLearntWayBackComesCloseToTheLaw) {
  const ModelSet models = three_models();
  for (const double correlation : {0.0, 0.3, 0.9}) {
    const Network network = Network::parse("normal(58,31)", correlation).value();
    const Workload workload(models, network, Arrivals::parse("poisson", 20).value(),
                            {.requests = 4'000});
    SimulationSetting setting{.sla = 200ms,
                              .network = {.knowledge = NetworkKnowledge::kLaw,
                                          .one_way_times = network.one_way_times(200),
                                          .correlation = correlation}};
    const auto accuracy = [&] {
      return summarise_simulation(
                 models.size(), simulate(models, workload, *policy("ontime"), setting), setting.sla)
          .effective_accuracy;
    };
    const double informed = accuracy();
    setting.network.knowledge = NetworkKnowledge::kLearnt;
    EXPECT_GE(accuracy(), 0.97 * informed) << correlation;
  }
}

TEST(Simulate, WithOneWorkerTheRestWaits) {
  const ModelSet models = exact_models();
  const Network network = Network::parse("constant(1)", 1).value();
  // A request every 5 ms, each taking 10: the n-th waits 5 n ms.
  const Workload workload(models, network, Arrivals::parse("uniform", 200).value(),
                          {.requests = 10});
  const auto outcomes = simulate(models, workload, *policy("fastest"), {.sla = 1s, .workers = 1});
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].total, 12ms + i * 5ms) << i;
  }
}

TEST(Simulate, WhoIsLateMakesNobodyElseLateWhereItGoesLast) {
  const ModelSet models = exact_models();
  const Network network = Network::parse("constant(1)", 1).value();
  // Twice what one worker can do.
  const Workload workload(models, network, Arrivals::parse("uniform", 200).value(),
                          {.requests = 1000});
  SimulationSetting setting{.sla = 30ms, .workers = 1};
  const auto in_time = [&](Late late) {
    setting.late = late;
    const auto outcomes = simulate(models, workload, *policy("fastest"), setting);
    return std::ranges::count_if(outcomes, [](const auto& one) { return one.total <= 30ms; });
  };
  EXPECT_LT(in_time(Late::kAnswer), 10) << "every answer makes the next late";
  EXPECT_NEAR(static_cast<double>(in_time(Late::kLast)), 500, 5);
}

TEST(Simulate, ColdTheFirstWaitsAndTheBestModelIsLoadedMeanwhile) {
  const ModelSet models = two_models_to_load(60ms, 2s);
  const Network network = Network::parse("constant(20)", 1).value();
  const Workload workload(models, network, Arrivals::parse("uniform", 10).value(),
                          {.requests = 50});
  const auto outcomes = simulate(models, workload, *policy("budget-greedy"),
                                 {.sla = 200ms, .workers = 8, .cold = ColdStart{}});
  EXPECT_EQ(outcomes.front().model, 0U);
  EXPECT_TRUE(outcomes.front().cold);
  EXPECT_EQ(outcomes.front().total, 110ms) << "20 there, 60 to load, 10 to run, 20 back";
  EXPECT_EQ(outcomes[10].model, 0U) << "the large one is on its way";
  EXPECT_FALSE(outcomes[10].cold);
  EXPECT_EQ(outcomes[10].total, 50ms);
  // The first load is still under way when the first request is decided on; the second begins with
  // the next, 100 ms later, and takes 2 s.
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].model, i < 21 ? 0U : 1U) << i;
  }
  EXPECT_EQ(outcomes.back().total, 140ms);
}

TEST(Simulate, WithoutRoomForBothTheOneThatIsWishedForStays) {
  const ModelSet models = two_models_to_load(60ms, 2s);
  const Network network = Network::parse("constant(20)", 1).value();
  const Workload workload(models, network, Arrivals::parse("uniform", 10).value(),
                          {.requests = 200});
  const SimulationSetting setting{.sla = 200ms, .workers = 8, .cold = ColdStart{.memory = 100}};
  const auto outcomes = simulate(models, workload, *policy("budget-greedy"), setting);
  std::size_t late = 0;
  std::size_t waited = 0;
  for (const auto& outcome : outcomes) {
    late += outcome.total > 200ms ? 1 : 0;
    waited += outcome.cold ? 1 : 0;
  }
  EXPECT_EQ(outcomes.back().model, 1U);
  EXPECT_EQ(outcomes.back().total, 140ms);
  // While the one is gone and the other not there: 2 s.
  EXPECT_LE(late, 21U);
  EXPECT_LE(waited, 22U);
  // Too short for the large one: nobody wishes for it, and it never comes.
  auto hasty = setting;
  hasty.sla = 100ms;
  for (const auto& outcome : simulate(models, workload, *policy("budget-greedy"), hasty)) {
    EXPECT_EQ(outcome.model, 0U);
  }
}

TEST(Simulate, InAClosedLoopAClientSendsWhenItsAnswerIsThere) {
  const ModelSet models = exact_models();
  const Network network = Network::parse("constant(20)", 1).value();
  const auto totals = [&](const char* loop, std::size_t requests) {
    const Workload workload(models, network, Arrivals::parse(loop, {}).value(),
                            {.requests = requests});
    std::vector<Duration> each;
    for (const auto& outcome :
         simulate(models, workload, *policy("fastest"), {.sla = 1s, .workers = 1})) {
      each.push_back(outcome.total);
    }
    return each;
  };
  // One client never meets another: 20 there, 10 of execution, 20 back.
  EXPECT_EQ(totals("closed(1)", 3), (std::vector<Duration>{50ms, 50ms, 50ms}));
  // The second waits for the first's execution, and from then on they take turns.
  EXPECT_EQ(totals("closed(2)", 5), (std::vector<Duration>{50ms, 60ms, 50ms, 50ms, 50ms}));
  EXPECT_EQ(totals("closed(9)", 2).size(), 2U) << "more clients than requests";
  // Six clients want 10 ms each of every 50: always one waits, and 60 ms are what it takes.
  EXPECT_EQ(totals("closed(6)", 60).back(), 60ms);
}

TEST(Simulate, InAClosedLoopARefusedClientSendsAgainToo) {
  const ModelSet models = exact_models();
  const Workload workload(models, Network::parse("constant(20)", 1).value(),
                          Arrivals::parse("closed(3)", {}).value(), {.requests = 30});
  const auto outcomes =
      simulate(models, workload, *policy("fastest"), {.sla = 1s, .workers = 1, .max_queue = 1});
  const auto answered =
      std::ranges::count_if(outcomes, [](const auto& o) { return o.model.has_value(); });
  EXPECT_EQ(answered, 29) << "only at the beginning do three come at once";
}

TEST(Simulate, WaitingShortensTheBudget) {
  const ModelSet models = exact_models();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("uniform", 200).value(), {.requests = 3});
  // The first takes the large model for 100 ms; the second waits 95 of its 150 and must hurry.
  const auto outcomes =
      simulate(models, workload, *policy("budget-greedy"), {.sla = 150ms, .workers = 1});
  EXPECT_EQ(outcomes[0].model, 1U);
  EXPECT_EQ(outcomes[1].model, 0U);
}

TEST(Simulate, EnoughWorkersAreLikeNoLimit) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "normal(63,15)", 50, 500);
  const auto greedy = policy("budget-greedy");
  const auto unlimited = simulate(models, workload, *greedy, {.sla = 200ms});
  const auto many = simulate(models, workload, *greedy, {.sla = 200ms, .workers = 500});
  for (std::size_t i = 0; i < 500; ++i) {
    EXPECT_EQ(unlimited[i].model, many[i].model);
    EXPECT_EQ(unlimited[i].total, many[i].total);
  }
}

TEST(Simulate, AFullQueueRefuses) {
  const ModelSet models = exact_models();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("uniform", 10'000).value(), {.requests = 50});
  const auto outcomes =
      simulate(models, workload, *policy("fastest"), {.sla = 1s, .workers = 1, .max_queue = 3});
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const auto& o) { return o.model.has_value(); }), 4);
}

TEST(Simulate, ANetworkWithoutCapacityAnswersNobody) {
  const ModelSet models = exact_models();
  const TemporaryFolder folder;
  const auto trace =
      folder.write("dead.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,0,100\n");
  for (const std::optional<int> workers : {std::optional<int>(), std::optional<int>(1)}) {
    const Workload workload = workload_of(models, trace.c_str(), 20, 5);
    for (const auto& outcome :
         simulate(models, workload, *policy("fastest"), {.sla = 1s, .workers = workers})) {
      EXPECT_FALSE(outcome.model.has_value());
    }
  }
}

TEST(Simulate, LearntProfilesComeCloseToTheTrueOnes) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "normal(40,10)", 30, 2'000);
  const auto effective = [&](ProfileKnowledge knowledge) {
    const SimulationSetting setting{.sla = 200ms, .profiles = knowledge, .workers = 4};
    return summarise_simulation(models.size(),
                                simulate(models, workload, *policy("ontime"), setting), setting.sla)
        .effective_accuracy;
  };
  const double informed = effective(ProfileKnowledge::kTrue);
  EXPECT_GT(informed, 0.7);
  EXPECT_NEAR(effective(ProfileKnowledge::kLearnt), informed, 0.01);
}

TEST(Simulate, KnowledgeIsNamedAsUsersTypeIt) {
  EXPECT_EQ(parse_network_knowledge("perfect"), NetworkKnowledge::kPerfect);
  EXPECT_EQ(parse_network_knowledge("double-input"), NetworkKnowledge::kDoubleInput);
  EXPECT_EQ(parse_network_knowledge("guess").error().message,
            "'guess'; allowed: double-input, perfect, learnt, law");
  EXPECT_EQ(parse_profile_knowledge("learnt"), ProfileKnowledge::kLearnt);
  EXPECT_EQ(parse_profile_knowledge("guess").error().message, "'guess'; allowed: true, learnt");
}

}  // namespace
}  // namespace cnnselect
