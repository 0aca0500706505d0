// The executable itself: what it says and returns when it cannot start, and how it stops.
#include "tests/program.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <thread>

#include "base/testing/notified_socket.h"
#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "proto/open_inference.grpc.pb.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

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
  const Finished second =
      run({"serve", "--grpc", "off", "--http", "127.0.0.1:" + std::to_string(first.port)});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors, HasSubstr(std::to_string(first.port)));
  EXPECT_THAT(second.errors, HasSubstr("ddress already in use; give --http another HOST:PORT"));
  RawClient client(first.port);
  client.send("GET /v2/health/ready HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(ProgramStart, AGrpcPortInUseIsNamedWithItsOption) {
  const Serving first;
  const Finished second =
      run({"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:" + std::to_string(first.port)});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.errors,
              HasSubstr("--grpc: cannot listen on 127.0.0.1 port " + std::to_string(first.port)));
  EXPECT_THAT(second.errors, HasSubstr("give --grpc another HOST:PORT, or --grpc off"));
}

TEST_F(ProgramStart, FlagsAreCheckedAndNamed) {
  struct Flags {
    std::vector<std::string> flags;
    const char* message;
  };
  const Flags cases[] = {
      {{"--policy", "best"}, "unknown policy 'best'; nearest is "},
      {{"--threshold", "10"}, "--threshold: '10' is not a duration"},
      {{"--threshold", "auto"}, "--threshold auto needs --policy cnnselect, not ontime"},
      {{"--log-requests", "0.5"}, "--log-requests needs a --store"},
      {{"--memory", "2GB"}, "--memory: '2GB'; allowed: a number of bytes above 0"},
      {{"--late", "drop"}, "--late: 'drop'; allowed: last, answer, reject, device"},
      {{"--shutdown-delay", "soon"}, "--shutdown-delay: 'soon' is not a duration"},
      {{"--grace", "never"}, "--grace: 'never' is not a duration"},
      {{"--idle-measure", "0s"}, "--idle-measure: 0s; want more than 0, at most 24h, or off"},
      {{"--workers", "0"}, "--workers"},
      {{"--max-pixels", "0"}, "--max-pixels: Value 0 not in range"},
      {{"--http", "nowhere"}, "--http 'nowhere' is not ADDRESS:PORT"},
      {{"--grpc", "nowhere"}, "--grpc 'nowhere' is not ADDRESS:PORT"},
      {{"--log-level", "loud"}, "loud"},
  };
  for (const auto& [flags, message] : cases) {
    std::vector<std::string> arguments = {"serve"};
    if (flags.front() != "--http" && flags.front() != "--grpc") {
      arguments.insert(arguments.end(), {"--http", "127.0.0.1:0", "--grpc", "off"});
    }
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
  RawClient client(serving.port);
  client.send("POST /v1/families/emoji/classify HTTP/1.1\r\nHost: t\r\nContent-Length: " +
              std::to_string(photo.size()) + "\r\n\r\n");
  client.send(std::string_view(photo).substr(0, 1000));
  std::this_thread::sleep_for(50ms);  // the server has seen its beginning
  serving.program.signal(SIGTERM);
  std::this_thread::sleep_for(50ms);
  client.send(std::string_view(photo).substr(1000));
  const RawResponse answer = client.read();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("horse face"));
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST_F(ProgramStart, SettingsComeFromTheFileTheEnvironmentOrTheCommandLine) {
  const std::string file = folder_.write(
      "server.toml", "http = \"127.0.0.1:0\"\ngrpc = \"off\"\nserver_name = \"from the file\"\n");
  const auto name_with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"serve", "--config", file};
    std::ranges::move(more, std::back_inserter(arguments));
    const Serving serving(arguments);
    RawClient client(serving.port);
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
  EXPECT_EQ(fine.output, "all is well: 1 family, 7 models; each ran one generated picture\n");
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

TEST_F(ProgramStart, CheckWarnsOfWhatOthersCanReach) {
  const auto check = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"serve", "--check", "--models", folder_.path().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const Finished open = check({"--http", "0.0.0.0:8000"});
  EXPECT_EQ(open.status, 0) << open.errors;
  EXPECT_THAT(open.output, testing::StartsWith("1 warning: "));
  EXPECT_THAT(open.errors, HasSubstr("--http 0.0.0.0:8000 is open to other machines, and there are "
                                     "no --api-keys"));
  const std::string keys = folder_.write(
      "keys.toml", "[[key]]\nname = 'app'\nsha256 = '" + std::string(64, '0') + "'\n");
  const Finished plain = check({"--http", "0.0.0.0:8000", "--api-keys", keys});
  EXPECT_THAT(plain.output, testing::StartsWith("1 warning: "));
  EXPECT_THAT(plain.errors, HasSubstr("no --tls-certificate"));
  EXPECT_THAT(check({"--http", "127.0.0.1:8000"}).output, testing::StartsWith("all is well"));
}

TEST(ProgramMemory, AnswersWithLessMemoryThanAllModelsTake) {
  if (!std::string_view(CNNSELECT_SANITIZE).empty()) {
    GTEST_SKIP() << "models are measured larger than they are: sanitizers keep what is freed";
  }
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone/horse_face_12.0mp.jpg");
  // All seven take about 60 MB; the largest alone half of that.
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--memory", "45MiB"});
  const auto ask = [&](const std::string& sla) {
    RawClient client(serving.port);
    client.send("POST /v1/families/emoji/classify?sla_ms=" + sla +
                " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(photo.size()) +
                "\r\n\r\n" + photo);
    return client.read().status;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(i % 2 == 0 ? "150" : "5000"), 200);
  RawClient client(serving.port);
  client.send("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::string metrics = client.read().body;
  EXPECT_THAT(metrics, HasSubstr("cnnselect_model_loaded{family=\"emoji\",model="));
  EXPECT_THAT(metrics, HasSubstr("\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("cnnselect_memory_budget_used_bytes "));
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST(ProgramStop, ServesOnWhileBalancersLearnThatItIsNotReady) {
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--shutdown-delay", "600s"});
  const auto status_of = [&](const std::string& path) {
    RawClient client(serving.port);
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

TEST(ProgramStop, CallsOverGrpcAreToldTheSame) {
  Serving serving(
      {"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--shutdown-delay", "600s"});
  const auto stub = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(serving.grpc_port), grpc::InsecureChannelCredentials()));
  const auto ready = [&] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 10s);
    inference::ServerReadyResponse response;
    EXPECT_TRUE(stub->ServerReady(&context, {}, &response).ok());
    return response.ready();
  };
  EXPECT_TRUE(ready());
  serving.program.signal(SIGTERM);
  for (int i = 0; i < 500 && ready(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(ready());
  serving.program.signal(SIGTERM);
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

TEST(ProgramStop, WhileModelsLoadItEndsAtOnce) {
  Program program(CNNSELECT_PROGRAM,
                  {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--log-level", "info"});
  // What it says right before it loads.
  const auto until = std::chrono::steady_clock::now() + kLimit;
  while (!program.errors().contains("open files") && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(kLimit), 0) << program.errors();
  EXPECT_THAT(program.errors(), HasSubstr("SIGTERM while models load: stopped"));
  EXPECT_EQ(program.output(), "");
}

TEST(ProgramStop, TheServiceManagerHearsOfBothEnds) {
  const TemporaryFolder folder;
  const NotifiedSocket manager((folder.path() / "notify").string());
  setenv("NOTIFY_SOCKET", manager.name().c_str(), 1);
  Serving serving;
  unsetenv("NOTIFY_SOCKET");
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
  EXPECT_EQ(manager.take(), "READY=1");
  EXPECT_EQ(manager.take(), "STOPPING=1");
  EXPECT_EQ(manager.take(), "");
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

TEST(ProgramUse, APhotoOverMaxPixelsIsRefusedWithBothNumbers) {
  const Serving serving(
      {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--max-pixels", "100000"});
  const auto photos = std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo/pictures/phone";
  const std::string url = "http://127.0.0.1:" + std::to_string(serving.port);
  const Finished refused =
      run({"classify", (photos / "horse_face_12.0mp.jpg").string(), "--server", url});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("413"));
  EXPECT_THAT(refused.errors, HasSubstr("pixels, 12000000 in all; at most 800000 are scaled down"));
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

}  // namespace
}  // namespace cnnselect
