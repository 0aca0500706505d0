// `cnnselect simulate` as a user types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kTable5 = std::string(CNNSELECT_SOURCE_DIR) + "/data/paper/table5.csv";

TEST(ProgramSimulate, WritesResultsUsageAndSettingsAlikeForAnyNumberOfJobs) {
  const TemporaryFolder folder;
  const auto simulate = [&](const std::string& name, const char* jobs) {
    return run({"simulate", "--profile", kTable5, "--network", "normal(31.5,7.5)", "--sla",
                "100ms,120ms", "--policy", "cnnselect,static-greedy,ontime", "--requests", "500",
                "--estimate", "learnt", "--jobs", jobs, "-o", (folder.path() / name).string(),
                "--usage", (folder.path() / ("usage_" + name)).string()});
  };
  const Finished one = simulate("one.csv", "1");
  EXPECT_EQ(one.status, 0) << one.errors;
  EXPECT_THAT(one.output, HasSubstr("static-greedy"));
  EXPECT_EQ(simulate("two.csv", "2").status, 0);
  const std::string csv = folder.read("one.csv");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 7) << csv;
  EXPECT_EQ(csv, folder.read("two.csv"));
  EXPECT_EQ(folder.read("usage_one.csv"), folder.read("usage_two.csv"));
  EXPECT_THAT(folder.read("usage_one.csv"), HasSubstr("\nontime,120,NasNet_Large,"));
  EXPECT_THAT(folder.read("one.csv.json"), HasSubstr("\"estimate\":\"learnt\""));
}

TEST(ProgramSimulate, ComparesTheDefaultPolicyWithThePapersTwo) {
  const TemporaryFolder folder;
  const Finished simulated = run({"simulate", "--profile", kTable5, "--sla", "100ms", "--requests",
                                  "10", "-o", (folder.path() / "r.csv").string()});
  EXPECT_EQ(simulated.status, 0) << simulated.errors;
  std::istringstream rows(folder.read("r.csv"));
  std::string row;
  std::getline(rows, row);
  for (const std::string policy : {"ontime", "cnnselect", "static-greedy"}) {
    std::getline(rows, row);
    EXPECT_THAT(row, StartsWith(policy + ",100,"));
  }
  EXPECT_FALSE(std::getline(rows, row)) << row;
}

TEST(ProgramSimulate, TheThresholdThatSetsItselfIsForCnnselectAndLeavesOthersAlone) {
  const std::vector<std::string> arguments = {
      "simulate", "--profile",   kTable5, "--sla",    "100ms",           "--requests",
      "10",       "--threshold", "auto",  "--policy", "ontime,cnnselect"};
  const Finished simulated = run(arguments);
  EXPECT_EQ(simulated.status, 0) << simulated.errors;
  EXPECT_THAT(simulated.output, AllOf(HasSubstr("\nontime "), HasSubstr("\ncnnselect-auto ")));
  const Finished refused =
      run({"simulate", "--profile", kTable5, "--threshold", "auto", "--policy", "ontime,fastest"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("--threshold auto needs --policy cnnselect, not ontime, "
                                        "fastest"));
}

TEST(ProgramSimulate, IsAsHardAsLifeUnlessToldOtherwise) {
  const TemporaryFolder folder;
  const auto simulate = [&](const std::string& name, std::vector<std::string> choices) {
    std::vector<std::string> arguments = {"simulate",
                                          "--profile",
                                          kTable5,
                                          "--network",
                                          "normal(60,30)",
                                          "--correlation",
                                          "0",
                                          "--sla",
                                          "200ms",
                                          "--policy",
                                          "ontime",
                                          "--workers",
                                          "8",
                                          "--rate",
                                          "60",
                                          "--requests",
                                          "500",
                                          "--estimate",
                                          "learnt",
                                          "-o",
                                          (folder.path() / name).string()};
    arguments.insert(arguments.end(), choices.begin(), choices.end());
    EXPECT_EQ(run(arguments).status, 0);
    return folder.read(name);
  };
  const std::string usual = simulate("usual.csv", {});
  EXPECT_EQ(usual,
            simulate("same.csv", {"--feedback", "next-request", "--clients", "100", "--input",
                                  "measured", "--way-back", "at-departure", "--overhead", "0ms"}));
  EXPECT_NE(usual, simulate("told.csv", {"--feedback", "at-once"}));
  EXPECT_NE(usual, simulate("few.csv", {"--clients", "2"}));
  EXPECT_NE(usual, simulate("exact.csv", {"--input", "exact"}));
  EXPECT_NE(usual, simulate("slow.csv", {"--overhead", "3ms"}));
  EXPECT_THAT(folder.read("usual.csv.json"),
              HasSubstr("\"feedback\":\"next-request\",\"clients\":\"100\",\"input\":"
                        "\"measured\",\"way_back\":\"at-departure\",\"overhead\":\"0ms\""));
}

TEST(ProgramSimulate, HelpExplainsEveryOptionWithAnExampleOnAHundredColumns) {
  const Finished help = run({"simulate", "--help"});
  EXPECT_EQ(help.status, 0);
  std::istringstream lines(help.output);
  std::string option = "--help e.g.";  // the lines of one
  const auto check = [&] { EXPECT_THAT(option, HasSubstr("e.g.")); };
  int options = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("Usage:")) {  // that one has the program's whole path
      EXPECT_LE(line.size(), 100U) << line;
    }
    if (line.starts_with("  -") && !line.starts_with("  -h")) {
      check();
      option.clear();
      ++options;
    }
    if (line.empty()) check();
    option += line;
  }
  EXPECT_GE(options, 17);
}

TEST(ProgramSimulate, PlotsAreSvgAndPngOfWhatWasRun) {
  if (std::system("gnuplot --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "gnuplot is not installed (Debian package gnuplot-nox)";
  }
  const TemporaryFolder folder;
  const auto where = folder.path() / "figures";
  const Finished drawn = run({"simulate", "--profile", kTable5, "--sla", "100ms,200ms", "--policy",
                              "ontime,static-greedy", "--requests", "20", "--workers", "3",
                              "--plots", where.string()});
  EXPECT_EQ(drawn.status, 0) << drawn.errors;
  for (const std::string name : {"fig12", "fig13a", "fig13b"}) {
    const std::string svg = folder.read("figures/" + name + ".svg");
    EXPECT_THAT(svg, HasSubstr("ontime")) << name;
    EXPECT_THAT(svg, HasSubstr("static-greedy")) << name;
    EXPECT_THAT(svg, HasSubstr("normal(63,15) ms one way, 3 workers, 20 requests a point"));
    EXPECT_THAT(folder.read("figures/" + name + ".png"), StartsWith("\x89PNG")) << name;
  }
  EXPECT_THAT(folder.read("figures/fig13b.svg"), HasSubstr("NasNet_Large"));
}

TEST(ProgramSimulate, AFolderThatCannotBeMadeIsAnErrorBeforeAnythingIsRun) {
  const TemporaryFolder folder;
  const std::string file = folder.write("taken", "").string();
  const Finished refused =
      run({"simulate", "--profile", kTable5, "--requests", "10", "--plots", file});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("--plots: " + file + ": no folder to write into"));
  EXPECT_EQ(refused.output, "");
}

TEST(ProgramSimulate, NamesFileLineAndValueOfWhatItCannotUse) {
  const TemporaryFolder folder;
  const std::string bad = folder.write("bad.csv", "model,top1,mean_ms\nm,1.5,10\n").string();
  const std::string no_time = folder.write("no_time.csv", "model,top1\nm,0.5\n").string();
  const std::string trace =
      folder.write("t.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,x,1\n").string();
  const std::string half =
      folder.write("half.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,100,\n").string();
  const std::string sizes = std::string(CNNSELECT_SOURCE_DIR) + "/data/paper/table5_memory.csv";
  struct Case {
    std::vector<std::string> flags;
    std::string message;
  };
  const Case cases[] = {
      {{"--profile", bad}, "bad.csv:2: column 'top1' is '1.5'"},
      {{"--profile", no_time}, "model 'm' has no mean_ms; a simulation needs it"},
      {{"--profile", "/nowhere.csv"}, "/nowhere.csv"},
      {{"--profile", kTable5, "--network", trace}, "t.csv:2: uplink_kbps is 'x'"},
      {{"--profile", kTable5, "--network", half}, "has no downlink_kbps; state what to take"},
      {{"--profile", kTable5, "--network", "normal(1)"}, "normal takes 2"},
      {{"--profile", kTable5, "--sla", "200ms..100ms:10ms"}, "needs 0 < FROM <= TO"},
      {{"--profile", kTable5, "--policy", "best"}, "unknown policy 'best'"},
      {{"--profile", kTable5, "--policy", "oracle", "--workers", "2"}, "--workers unlimited"},
      {{"--profile", kTable5, "--late", "reject"}, "--late: 'reject'; allowed: last, answer"},
      {{"--profile", kTable5, "--workers", "0"}, "--workers '0'; allowed: unlimited, or 1.."},
      {{"--profile", kTable5, "--estimate", "guess"}, "--estimate: 'guess'; allowed: double-input"},
      {{"--profile", kTable5, "--feedback", "never"}, "--feedback: 'never'; allowed: next-request"},
      {{"--profile", kTable5, "--input", "known"}, "--input: 'known'; allowed: measured, exact"},
      {{"--profile", kTable5, "--way-back", "never"}, "--way-back: 'never'; allowed: at-departure"},
      {{"--profile", kTable5, "--overhead", "3"}, "--overhead: "},
      {{"--profile", kTable5, "--estimate", "law", "--network", half + ":downlink_kbps=100"},
       "--estimate law needs a --network that is a law"},
      {{"--profile", kTable5, "--arrivals", "closed(4)", "--rate", "5"},
       "arrivals 'closed(4)' take no rate (it is 5)"},
      {{"--profile", kTable5, "--arrivals", "closed(4)", "--network", "lte.csv"},
       "so it cannot meet a recorded network"},
      {{"--profile", kTable5, "--arrivals", "often"}, "arrivals 'often'; allowed: poisson"},
      {{"--profile", kTable5, "--rate", "0"}, "rate 0 is not in"},
      {{"--profile", kTable5, "--cold", "--memory", "1GB"},
       "--memory: '1GB'; allowed: a number of"},
      {{"--profile", kTable5, "--cold", "--memory", "1GiB"},
       "model 'MobileNetV1_0.25' has no bytes"},
      {{"--profile", sizes, "--cold", "--memory", "50MiB"},
       "table5_memory.csv: model 'InceptionV3' of 95200000 bytes does not fit"},
  };
  for (const auto& [flags, message] : cases) {
    std::vector<std::string> arguments = {"simulate", "--requests", "10"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Finished refused = run(arguments);
    EXPECT_EQ(refused.status, 1) << message;
    EXPECT_THAT(refused.errors, HasSubstr(message));
  }
}

}  // namespace
}  // namespace cnnselect
