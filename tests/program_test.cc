// The executable itself: what it says and returns when it cannot start, and how it stops.
#include "base/testing/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <thread>

#include "base/testing/read_file.h"
#include "base/testing/temporary_folder.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kRepository =
    std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo" / "repository";
constexpr Duration kLimit = 60s;
const std::string kNetwork = "resnet_32_96/1/model.onnx";

struct Finished {
  int status = -1;  // -1: it went on
  std::string output;
  std::string errors;
};

Finished run(const std::vector<std::string>& arguments) {
  Program program(CNNSELECT_PROGRAM, arguments);
  const auto status = program.wait(kLimit);
  return {.status = status.value_or(-1), .output = program.output(), .errors = program.errors()};
}

Finished serve(const std::filesystem::path& models, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"serve", "--http", "127.0.0.1:0", "--models",
                                        models.string()};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

/// A serving program and its port.
class Serving {
 public:
  explicit Serving(std::vector<std::string> arguments = {"serve", "--http", "127.0.0.1:0"})
      : program(CNNSELECT_PROGRAM, std::move(arguments)) {
    EXPECT_TRUE(program.wait_for_output("\n", kLimit)) << program.errors();
    const std::string line = program.output();
    if (const auto colon = line.rfind(':'); colon != std::string::npos) {
      port = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
    }
  }

  Program program;
  std::uint16_t port = 0;
};

/// A copy of the embedded repository whose files a test may damage.
class ProgramStart : public testing::Test {
 protected:
  ProgramStart() {
    std::filesystem::copy(kRepository, folder_.path(), std::filesystem::copy_options::recursive);
  }
  TemporaryFolder folder_;
};

TEST_F(ProgramStart, ABrokenNetworkIsNamedWithTheReason) {
  const auto file = folder_.path() / kNetwork;
  ASSERT_TRUE(std::filesystem::exists(file));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const Finished truncated = serve(folder_.path());
  EXPECT_EQ(truncated.status, 1);
  EXPECT_THAT(truncated.errors, HasSubstr(kNetwork + ": not a usable ONNX model"));

  folder_.write(kNetwork, "this is no network");
  EXPECT_THAT(serve(folder_.path()).errors, HasSubstr(kNetwork + ": not a usable ONNX model"));
  folder_.write(kNetwork, "");
  EXPECT_THAT(serve(folder_.path()).errors, HasSubstr(kNetwork + ": the file is empty"));
  std::filesystem::remove(file);
  EXPECT_THAT(serve(folder_.path()).errors, HasSubstr(kNetwork));
}

TEST_F(ProgramStart, ABrokenFamilyFileIsNamedWithItsLine) {
  folder_.write("emoji.family.toml", "name = \"emoji\nlabels = 3\n");
  const Finished broken = serve(folder_.path());
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.errors, HasSubstr("emoji.family.toml:1"));
}

TEST_F(ProgramStart, ARepositoryWithoutFamiliesOrNoneAtAllIsAnError) {
  std::filesystem::remove(folder_.path() / "emoji.family.toml");
  const Finished empty = serve(folder_.path());
  EXPECT_EQ(empty.status, 1);
  EXPECT_THAT(empty.errors, HasSubstr("holds no family"));
  const Finished missing = serve("/nowhere/at/all");
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.errors, HasSubstr("/nowhere/at/all"));
}

TEST_F(ProgramStart, APortInUseIsNamedAndTheFirstServerGoesOn) {
  const Serving first;
  const Finished second = run({"serve", "--http", "127.0.0.1:" + std::to_string(first.port)});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors, HasSubstr(std::to_string(first.port)));
  EXPECT_THAT(second.errors, HasSubstr("ddress already in use"));
  net::RawClient client(first.port);
  client.send("GET /v2/health/ready HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(ProgramStart, FlagsAreCheckedAndNamed) {
  struct Flags {
    std::vector<std::string> flags;
    const char* message;
  };
  const Flags cases[] = {
      {{"--policy", "best"}, "unknown policy 'best'; allowed: cnnselect"},
      {{"--threshold", "10"}, "--threshold: '10' is not a duration"},
      {{"--log-requests", "0.5"}, "--log-requests needs a --store"},
      {{"--memory", "2GB"}, "--memory: '2GB'; allowed: a number of bytes above 0"},
      {{"--late", "drop"}, "--late: 'drop'; allowed: answer, reject, device"},
      {{"--shutdown-delay", "soon"}, "--shutdown-delay: 'soon' is not a duration"},
      {{"--grace", "never"}, "--grace: 'never' is not a duration"},
      {{"--workers", "0"}, "--workers"},
      {{"--http", "nowhere"}, "--http 'nowhere' is not ADDRESS:PORT"},
      {{"--log-level", "loud"}, "loud"},
  };
  for (const auto& [flags, message] : cases) {
    std::vector<std::string> arguments = {"serve"};
    if (flags.front() != "--http") arguments.insert(arguments.end(), {"--http", "127.0.0.1:0"});
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Finished refused = run(arguments);
    EXPECT_GT(refused.status, 0) << flags.front();
    EXPECT_THAT(refused.errors, HasSubstr(message));
  }
}

TEST(ProgramStop, ARequestUnderWayIsAnsweredBeforeItEnds) {
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone/horse_face_12.0mp.jpg");
  ASSERT_FALSE(photo.empty());
  Serving serving;
  net::RawClient client(serving.port);
  client.send("POST /v1/families/emoji/classify HTTP/1.1\r\nHost: t\r\nContent-Length: " +
              std::to_string(photo.size()) + "\r\n\r\n");
  client.send(std::string_view(photo).substr(0, 1000));
  std::this_thread::sleep_for(50ms);  // the server has seen its beginning
  serving.program.signal(SIGTERM);
  std::this_thread::sleep_for(50ms);
  client.send(std::string_view(photo).substr(1000));
  const net::RawResponse answer = client.read();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("horse face"));
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST_F(ProgramStart, SettingsComeFromTheFileTheEnvironmentOrTheCommandLine) {
  const std::string file =
      folder_.write("server.toml", "http = \"127.0.0.1:0\"\nserver_name = \"from the file\"\n");
  const auto name_with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"serve", "--config", file};
    std::ranges::move(more, std::back_inserter(arguments));
    const Serving serving(arguments);
    net::RawClient client(serving.port);
    client.send("GET /v2 HTTP/1.1\r\nHost: t\r\n\r\n");
    return client.read().body;
  };
  EXPECT_THAT(name_with({}), HasSubstr("from the file"));
  ::setenv("CNNSELECT_SERVER_NAME", "from the environment", 1);
  EXPECT_THAT(name_with({}), HasSubstr("from the environment"));
  EXPECT_THAT(name_with({"--server-name", "from the flag"}), HasSubstr("from the flag"));
  ::unsetenv("CNNSELECT_SERVER_NAME");
}

TEST_F(ProgramStart, CheckSaysWhatAStartWouldSayAndEnds) {
  const Finished fine = serve(folder_.path(), {"--check"});
  EXPECT_EQ(fine.status, 0) << fine.errors;
  EXPECT_EQ(fine.output, "all is well: 1 families, 7 models\n");
  const std::string store = (folder_.path() / "store.db").string();
  const Finished first = serve(folder_.path(), {"--check", "--store", store, "--log-requests=1"});
  EXPECT_EQ(first.status, 0) << first.errors;
  EXPECT_FALSE(std::filesystem::exists(store)) << "the start will make it";
  EXPECT_THAT(serve(folder_.path(), {"--check", "--store", "/nowhere/at/all.db"}).errors,
              HasSubstr("--store /nowhere/at/all.db: no such folder"));
  folder_.write("store.db", std::string(5'000, 'x'));
  EXPECT_THAT(serve(folder_.path(), {"--check", "--store", store}).errors,
              HasSubstr("store.db: file is not a database"));
  const std::string file = folder_.write("server.toml", "workers = 2\nmax_queu = 4\n");
  const Finished mistyped = serve(folder_.path(), {"--check", "--config", file});
  EXPECT_EQ(mistyped.status, 1);
  EXPECT_THAT(mistyped.errors,
              HasSubstr(file + ":2: unknown key 'max_queu'; nearest is 'max_queue' of "));
  folder_.write("server.toml", "workers = 0\n");
  EXPECT_THAT(serve(folder_.path(), {"--check", "--config", file}).errors,
              HasSubstr(file + ":1: workers = 0: "));
  EXPECT_THAT(serve(folder_.path(), {"--config", "/nowhere/at/all"}).errors,
              HasSubstr("/nowhere/at/all"));
  folder_.write(kNetwork, "this is no network");
  EXPECT_THAT(serve(folder_.path(), {"--check"}).errors, HasSubstr("not a usable ONNX model"));
}

TEST(ProgramMemory, AnswersWithLessMemoryThanAllModelsTake) {
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone/horse_face_12.0mp.jpg");
  // All seven take about 60 MB; the largest alone half of that.
  Serving serving({"serve", "--http", "127.0.0.1:0", "--memory", "45MiB"});
  const auto ask = [&](const std::string& sla) {
    net::RawClient client(serving.port);
    client.send("POST /v1/families/emoji/classify?sla_ms=" + sla +
                " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(photo.size()) +
                "\r\n\r\n" + photo);
    return client.read().status;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(i % 2 == 0 ? "150" : "5000"), 200);
  net::RawClient client(serving.port);
  client.send("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::string metrics = client.read().body;
  EXPECT_THAT(metrics, HasSubstr("cnnselect_model_loaded{family=\"emoji\",model="));
  EXPECT_THAT(metrics, HasSubstr("\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("cnnselect_memory_budget_used_bytes "));
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST(ProgramStop, ServesOnWhileBalancersLearnThatItIsNotReady) {
  Serving serving({"serve", "--http", "127.0.0.1:0", "--shutdown-delay", "600s"});
  const auto status_of = [&](const std::string& path) {
    net::RawClient client(serving.port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    return client.read().status;
  };
  EXPECT_EQ(status_of("/v2/health/ready"), 200);
  serving.program.signal(SIGTERM);
  for (int i = 0; i < 500 && status_of("/v2/health/ready") == 200; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(status_of("/v2/health/ready"), 503);
  EXPECT_EQ(status_of("/v2/health/live"), 200);
  EXPECT_EQ(status_of("/v2/models/emoji"), 200);
  serving.program.signal(SIGTERM);  // who cannot wait says it twice
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST(ProgramStop, WithNothingToDoItEndsAtOnceOnEitherSignal) {
  for (const int number : {SIGTERM, SIGINT}) {
    Serving serving;
    serving.program.signal(number);
    EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
    EXPECT_THAT(serving.program.errors(), HasSubstr("stopped"));
  }
}

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

/// Answers to requests without an SLA that the store's log tells of.
int logged_requests(const std::string& store) {
  std::istringstream log(run({"profile", "export", store, "--requests"}).output);
  int answers = 0;
  for (std::string line; std::getline(log, line);) {
    answers += line.contains(",emoji,emoji,no_sla,") ? 1 : 0;
  }
  return answers;
}

TEST(ProgramStore, AKilledServerLosesNoMoreThanTheLastSecond) {
  const TemporaryFolder folder;
  const std::string store = (folder.path() / "profiles.db").string();
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone" / "horse_face_12.0mp.jpg");
  const auto ask = [&](std::uint16_t port) {
    net::RawClient client(port);
    client.send("POST /v1/families/emoji/classify HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                std::to_string(photo.size()) + "\r\n\r\n" + photo);
    EXPECT_EQ(client.read().status, 200);
  };
  {
    Serving first({"serve", "--http", "127.0.0.1:0", "--store", store, "--log-requests", "1"});
    for (int i = 0; i < 5; ++i) ask(first.port);
    const auto written = [&] { return stored_runs(store) >= 75 && logged_requests(store) >= 5; };
    for (int i = 0; i < 100 && !written(); ++i) std::this_thread::sleep_for(100ms);
    first.program.signal(SIGKILL);
    first.program.wait(kLimit);
  }
  EXPECT_EQ(stored_runs(store), 75) << "ten warm-up runs of seven models, and five answers";
  {
    Serving second({"serve", "--http", "127.0.0.1:0", "--store", store});
    EXPECT_THAT(second.program.errors(),
                HasSubstr("profiles of 7 of 7 models are known from earlier"));
    ask(second.port);
    second.program.signal(SIGTERM);
    EXPECT_EQ(second.program.wait(kLimit), 0);
  }
  EXPECT_GT(stored_runs(store), 75 + 70) << "what was known, warm-up, and one answer";

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
    Serving serving(
        {"serve", "--http", "127.0.0.1:0", "--models", folder_.path().string(), "--store", store});
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
  const Finished served = run({"serve", "--http", "127.0.0.1:0", "--store", text});
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

TEST(ProgramUse, ModelsListShowsTheFamilyAndWhatIsWrongWithIt) {
  const Finished list = run({"models", "list", kRepository.string()});
  EXPECT_EQ(list.status, 0) << list.errors;
  EXPECT_THAT(list.output, HasSubstr("resnet_64_192"));
  const Finished none = run({"models", "list", "/nowhere"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.errors, HasSubstr("/nowhere"));
}

TEST(ProgramUse, ClassifyPrintsWhatTheServerSays) {
  const Serving serving;
  const std::string photo =
      (std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo/pictures/phone/horse_face_12.0mp.jpg")
          .string();
  const std::string url = "http://127.0.0.1:" + std::to_string(serving.port);
  const Finished table = run({"classify", photo, "--server", url, "--sla", "60s"});
  EXPECT_EQ(table.status, 0) << table.errors;
  EXPECT_THAT(table.output, HasSubstr("horse face"));
  const Finished json = run({"classify", photo, "--server", url, "--json"});
  EXPECT_THAT(json.output, HasSubstr("\"label\":\"horse face\""));
  const Finished unknown = run({"classify", photo, "--server", url, "--family", "cats"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("'cats' is not found; there are: emoji"));
}

TEST(ProgramUse, LoadWritesItsResultsAndSettings) {
  const Serving serving;
  const TemporaryFolder folder;
  const std::filesystem::path pictures =
      std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo/pictures/test";
  const Finished load =
      run({"load", "--server", "http://127.0.0.1:" + std::to_string(serving.port), "--images",
           pictures.string(), "--labels", (pictures / "labels.tsv").string(), "--sla", "100ms,1s",
           "--rate", "100", "--requests", "20", "--network", "constant(5)", "--policy",
           "cnnselect,fastest", "-o", (folder.path() / "r.csv").string()});
  EXPECT_EQ(load.status, 0) << load.errors;
  const std::string csv = folder.read("r.csv");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 5) << csv;
  EXPECT_THAT(csv, HasSubstr("\nfastest,1000,constant(5),20,0,"));
  EXPECT_THAT(csv, HasSubstr("share:mobilenet_025_32"));
  EXPECT_THAT(folder.read("r.csv.json"), HasSubstr("\"complete\":true"));
}

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
      {{"--profile", kTable5, "--workers", "0"}, "--workers '0'; allowed: unlimited, or 1.."},
      {{"--profile", kTable5, "--estimate", "guess"}, "--estimate: 'guess'; allowed: double-input"},
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
