// The executable and its store: what a kill leaves, and what it makes of a store that is none.
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
using testing::HasSubstr;
using testing::StartsWith;

/// Runs that the store tells of, of all models.
int stored_runs(const std::string& store) {
  const Finished shown = run({"profile", "show", store});
  EXPECT_EQ(shown.status, 0) << shown.errors;
  std::istringstream lines(shown.output);
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  int runs = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string model;
    std::string file;
    double top1 = 0;
    int of_model = 0;
    cells >> model >> file >> top1 >> of_model;
    runs += of_model;
  }
  return runs;
}

/// Answers to requests without an SLA that the store's log tells of, by the default policy.
int logged_requests(const std::string& store) {
  std::istringstream log(run({"profile", "export", store, "--requests"}).output);
  int answers = 0;
  for (std::string line; std::getline(log, line);) {
    const bool by_default = line.contains(",ontime,");
    answers += by_default && line.contains(",emoji,emoji,no_sla,") ? 1 : 0;
  }
  return answers;
}

TEST(ProgramStore, AKilledServerLosesNoMoreThanTheLastSecond) {
  const TemporaryFolder folder;
  const std::string store = (folder.path() / "profiles.db").string();
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone" / "horse_face_12.0mp.jpg");
  const auto ask = [&](std::uint16_t port) {
    RawClient client(port);
    client.send("POST /v1/families/emoji/classify HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                std::to_string(photo.size()) + "\r\n\r\n" + photo);
    EXPECT_EQ(client.read().status, 200);
  };
  {
    Serving first({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--store", store,
                   "--log-requests", "1", "--idle-measure", "off"});
    for (int i = 0; i < 5; ++i) ask(first.port);
    const auto written = [&] { return stored_runs(store) >= 75 && logged_requests(store) >= 5; };
    for (int i = 0; i < 100 && !written(); ++i) std::this_thread::sleep_for(100ms);
    first.program.signal(SIGKILL);
    first.program.wait(kLimit);
  }
  EXPECT_EQ(stored_runs(store), 75) << "ten warm-up runs of seven models, and five answers";
  {
    Serving second({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--store", store});
    EXPECT_THAT(second.program.errors(),
                HasSubstr("profiles of 7 of 7 models are known from earlier"));
    ask(second.port);
    second.program.signal(SIGTERM);
    EXPECT_EQ(second.program.wait(kLimit), 0);
  }
  EXPECT_GT(stored_runs(store), 75) << "what was known, one answer, and warm-up unless disturbed";

  EXPECT_EQ(logged_requests(store), 5);
  EXPECT_EQ(run({"profile", "reset", store, "--requests"}).output, "5 logged requests removed\n");
  const Finished table = run({"profile", "export", store});
  EXPECT_THAT(table.output, StartsWith("model,top1,top5,mean_ms,std_ms,"));
  EXPECT_THAT(table.output, HasSubstr("resnet_64_192,0.9"));
  const Finished simulated =
      run({"simulate", "--profile", store, "--sla", "200ms", "--requests", "100"});
  EXPECT_EQ(simulated.status, 0) << simulated.errors;
  EXPECT_EQ(run({"profile", "reset", store, "--model", "resnet_64_192"}).output,
            "1 profiles forgotten\n");
  EXPECT_EQ(run({"profile", "reset", store, "--all"}).output, "6 profiles forgotten\n");
}

TEST_F(ProgramStart, AModelWhoseFileChangedStartsAfresh) {
  const TemporaryFolder elsewhere;
  const std::string store = (elsewhere.path() / "profiles.db").string();
  const auto start = [&] {
    Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--models",
                     folder_.path().string(), "--store", store});
    serving.program.signal(SIGTERM);
    EXPECT_EQ(serving.program.wait(kLimit), 0);
    return serving.program.errors();
  };
  EXPECT_THAT(start(), HasSubstr("profiles of 0 of 7 models are known"));
  // The same network, its file another by one field that says who made it.
  std::ofstream(folder_.path() / kNetwork, std::ios::binary | std::ios::app) << "\x12\x02me";
  EXPECT_THAT(start(), HasSubstr("profiles of 6 of 7 models are known"));
  EXPECT_THAT(start(), HasSubstr("profiles of 7 of 7 models are known"));
}

TEST(ProgramStore, WhatIsNoStoreIsNamed) {
  const TemporaryFolder folder;
  const std::string text = folder.write("text.db", std::string(5'000, 'x'));
  const Finished served = run({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--store", text});
  EXPECT_EQ(served.status, 1);
  EXPECT_THAT(served.errors, HasSubstr("text.db: file is not a database"));
  EXPECT_THAT(run({"profile", "show", "/nowhere.db"}).errors,
              HasSubstr("/nowhere.db: no such file"));
  EXPECT_THAT(run({"profile", "reset", text}).errors, HasSubstr("Exactly 1 option"));
  EXPECT_NE(run({"profile", "reset", text, "--requests", "--all"}).status, 0);
  const std::string missing = (folder.path() / "missing.db").string();
  EXPECT_THAT(run({"profile", "reset", missing, "--all"}).errors, HasSubstr("no such file"));
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST(ProgramStore, ASecondServerOnAStoreIsRefusedUntilTheFirstIsGone) {
  const TemporaryFolder folder;
  const std::string store = (folder.path() / "profiles.db").string();
  const std::vector<std::string> arguments{"serve", "--http",  "127.0.0.1:0", "--grpc",
                                           "off",   "--store", store};
  {
    Serving first(arguments);
    const Finished second = run(arguments);
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.errors,
                testing::AllOf(HasSubstr("--store: store " + store),
                               HasSubstr("process " + std::to_string(first.program.pid())),
                               HasSubstr(store + ".lock")));
    EXPECT_EQ(run({"serve", "--store", store, "--check"}).status, 0) << "it writes nothing";
    EXPECT_EQ(run({"profile", "show", store}).status, 0);
    first.program.signal(SIGKILL);
    first.program.wait(kLimit);
  }
  Serving third(arguments);
  EXPECT_NE(third.port, 0);
}

}  // namespace
}  // namespace cnnselect
