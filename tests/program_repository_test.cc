// The executable with --model-control poll, where a change is not one of the model's own file: the
// repository's link leads elsewhere, or weights lie in a file beside it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "backend/testing/onnx_file.h"
#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// The mean of each channel, times weights that lie in `file` beside the network; none: times 1.
std::string colours_net(const std::string& file = "") {
  auto graph = test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 8}}, {2, 3});
  if (file.empty()) return test::onnx_bytes(graph);
  graph.nodes.back().output = "means";
  graph.nodes.push_back({"Mul", {"means", "w"}, "scores", {}});
  graph.weights.push_back({.name = "w", .shape = {3}, .values = {}, .file = file});
  return test::onnx_bytes(graph);
}

std::string floats(const std::array<float, 3>& values) {
  return {reinterpret_cast<const char*>(values.data()), sizeof(values)};
}

class ProgramRepository : public testing::Test {
 protected:
  void write_repository(const fs::path& where) const {
    folder_.write(where / "labels.txt", "red\ngreen\nblue\n");
    folder_.write(where / "colours.family.toml",
                  "name = 'colours'\nlabels = 'labels.txt'\n[input]\nresize = 8\ncrop = 8\n"
                  "mean = 0\nstd = 1\n[output]\nkind = 'logits'\n"
                  "[[model]]\nname = 'net'\ntop1 = 0.5\n");
  }
  /// In one step, as deployments do it.
  void lead_to(const fs::path& target) const {
    fs::create_directory_symlink(target, folder_.path() / "next");
    fs::rename(folder_.path() / "next", folder_.path() / "models");
  }
  static Serving serve_polling(const fs::path& models) {
    return Serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--workers", "1", "--models",
                    models.string(), "--model-control", "poll"});
  }

  static std::string answer(const Serving& serving, const std::string& head,
                            const std::string& body = "") {
    RawClient client(serving.port);
    client.send(fmt::format("{} HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n{}", head,
                            body.size(), body));
    return client.read().body;
  }
  /// Whether the answer holds `text` within ten seconds.
  static bool becomes(const Serving& serving, const std::string& text, const std::string& head,
                      const std::string& body = "") {
    for (int i = 0; i < 1'000; ++i) {
      if (answer(serving, head, body).contains(text)) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  TemporaryFolder folder_;
};

constexpr const char* kNet = "GET /v2/models/net";

TEST_F(ProgramRepository, TheSwapOfTheRepositorysLinkIsServed) {
  for (const char* version : {"v1", "v2"}) write_repository(version);
  folder_.write("v1/net/1/model.onnx", colours_net());
  folder_.write("v2/net/2/model.onnx", colours_net());
  lead_to("v1");
  const Serving serving = serve_polling(folder_.path() / "models");
  EXPECT_THAT(answer(serving, kNet), HasSubstr(R"("versions":["1"])"));
  lead_to("v2");
  EXPECT_TRUE(becomes(serving, R"("versions":["2"])", kNet)) << serving.program.errors();
  folder_.write("aside/model.onnx", colours_net());
  fs::rename(folder_.path() / "aside", folder_.path() / "v2/net/3");
  EXPECT_TRUE(becomes(serving, R"("versions":["3"])", kNet)) << serving.program.errors();
}

TEST_F(ProgramRepository, AFolderThatWasMovedInIsServedAfterSighup) {
  write_repository("models");
  write_repository("other");
  folder_.write("models/net/1/model.onnx", colours_net());
  folder_.write("other/net/2/model.onnx", colours_net());
  Serving serving = serve_polling(folder_.path() / "models");
  fs::rename(folder_.path() / "models", folder_.path() / "old");
  std::this_thread::sleep_for(1s);  // what poll does about it is done
  fs::rename(folder_.path() / "other", folder_.path() / "models");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(becomes(serving, R"("versions":["2"])", kNet)) << serving.program.errors();
  folder_.write("aside/model.onnx", colours_net());
  fs::rename(folder_.path() / "aside", folder_.path() / "models/net/3");
  EXPECT_TRUE(becomes(serving, R"("versions":["3"])", kNet))
      << "the new folder is watched: " << serving.program.errors();
}

TEST_F(ProgramRepository, NewWeightsInAFileOfTheirOwnAreServed) {
  write_repository("models");
  folder_.write("models/net/1/model.onnx", colours_net("w.bin"));
  folder_.write("models/net/1/w.bin", floats({1, 2, 3}));
  const Serving serving = serve_polling(folder_.path() / "models");
  const std::string ask = "POST /v2/models/net/infer";
  std::string ones = "1";
  for (int i = 1; i < 3 * 8 * 8; ++i) ones += ",1";
  const std::string tensor = fmt::format(
      R"({{"inputs":[{{"name":"x","datatype":"FP32","shape":[1,3,8,8],"data":[{}]}}]}})", ones);
  EXPECT_THAT(answer(serving, ask, tensor), HasSubstr("[1,2,3]"));
  // Another file of that name: the runtime maps the old one, and would show writes into it at once.
  folder_.write("w.bin", floats({4, 5, 6}));
  fs::rename(folder_.path() / "w.bin", folder_.path() / "models/net/1/w.bin");
  EXPECT_TRUE(becomes(serving, "[4,5,6]", ask, tensor)) << serving.program.errors();
}

}  // namespace
}  // namespace cnnselect
