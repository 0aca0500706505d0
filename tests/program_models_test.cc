// The executable while its models change: a client loads and unloads, the repository changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>

#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kModel = "mobilenet_025_32";

/// A serving program with a copy of the embedded repository that a test may change.
class ProgramModels : public testing::Test {
 protected:
  ProgramModels() {
    std::filesystem::copy(kRepository, folder_.path(), std::filesystem::copy_options::recursive);
  }

  std::unique_ptr<Serving> start(const std::string& control) const {
    return std::make_unique<Serving>(
        std::vector<std::string>{"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--models",
                                 folder_.path().string(), "--model-control", control});
  }

  static RawResponse send(const Serving& serving, const std::string& head) {
    RawClient client(serving.port);
    client.send(head + " HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
    return client.read();
  }

  std::filesystem::path version(int number) const {
    return folder_.path() / kModel / std::to_string(number);
  }
  /// As a careful operator does it: whole, under another name, then moved.
  void add_version(int number, const std::string& net) const {
    const auto aside = folder_.write("aside/model.onnx", net).parent_path();
    std::filesystem::rename(aside, version(number));
  }

  /// Whether `text` is in the model's metadata within ten seconds.
  static bool becomes(const Serving& serving, const std::string& text) {
    for (int i = 0; i < 1'000; ++i) {
      if (send(serving, "GET /v2/models/" + kModel).body.contains(text)) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  TemporaryFolder folder_;
  const std::string net_ = read_file(kRepository / kModel / "1" / "model.onnx");
};

TEST_F(ProgramModels, AClientLoadsANewVersionAndABrokenOneChangesNothing) {
  const auto serving = start("explicit");
  const std::string load = "POST /v2/repository/models/" + kModel + "/load";
  add_version(2, net_);
  EXPECT_THAT(send(*serving, "GET /v2/models/" + kModel).body, HasSubstr(R"("versions":["1"])"));
  EXPECT_EQ(send(*serving, load).status, 200);
  EXPECT_THAT(send(*serving, "GET /v2/models/" + kModel).body, HasSubstr(R"("versions":["2"])"));
  EXPECT_EQ(send(*serving, "GET /v2/models/" + kModel + "/versions/1").status, 404);

  add_version(3, net_.substr(0, net_.size() / 2));
  const auto broken = send(*serving, load);
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr("failed to load '" + kModel + "'"));
  EXPECT_THAT(broken.body, HasSubstr("not a usable ONNX model"));
  EXPECT_THAT(send(*serving, "GET /v2/models/" + kModel).body, HasSubstr(R"("versions":["2"])"));
  EXPECT_EQ(send(*serving, "GET /v2/models/" + kModel + "/ready").status, 200);

  EXPECT_EQ(send(*serving, "POST /v2/repository/models/" + kModel + "/unload").status, 200);
  EXPECT_THAT(send(*serving, "POST /v2/repository/index").body,
              HasSubstr(R"("state":"UNAVAILABLE","reason":"unloaded")"));
  serving->program.signal(SIGTERM);
  EXPECT_EQ(serving->program.wait(kLimit), 0) << serving->program.errors();
}

TEST_F(ProgramModels, OnSighupWhatHasChangedIsLoaded) {
  const auto serving = start("none");
  EXPECT_EQ(send(*serving, "POST /v2/repository/models/" + kModel + "/load").status, 503);
  add_version(7, net_);
  serving->program.signal(SIGHUP);
  EXPECT_TRUE(becomes(*serving, R"("versions":["7"])")) << serving->program.errors();
  serving->program.signal(SIGTERM);
  EXPECT_EQ(serving->program.wait(kLimit), 0) << serving->program.errors();
}

TEST_F(ProgramModels, PollingLoadsWhatHasChangedAndGoesBackToAnOldVersion) {
  const auto serving = start("poll");
  add_version(2, net_);
  EXPECT_TRUE(becomes(*serving, R"("versions":["2"])")) << serving->program.errors();
  std::filesystem::remove_all(version(2));
  EXPECT_TRUE(becomes(*serving, R"("versions":["1"])")) << serving->program.errors();
}

}  // namespace
}  // namespace cnnselect
