// What the executable says of a family file that leaves something out, or says what is not so.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "backend/testing/onnx_file.h"
#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A family of one network, which gives the mean of each channel, and what its file says.
class ProgramFamilies : public testing::Test {
 protected:
  ProgramFamilies() {
    folder_.write("labels.txt", "red\ngreen\nblue\n");
    network(test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 8}}, {2, 3}));
  }

  void network(const test::OnnxGraph& graph) { folder_.write("net.onnx", test::onnx_bytes(graph)); }

  void family(std::string_view input, std::string_view model, std::string_view kind = "logits") {
    folder_.write("colours.family.toml",
                  fmt::format("name = 'colours'\nlabels = 'labels.txt'\n[input]\nresize = 8\n"
                              "crop = 8\n{}\n[output]\nkind = '{}'\n[[model]]\nname = 'net'\n"
                              "file = 'net.onnx'\n{}\n",
                              input, kind, model));
  }

  Finished check(std::vector<std::string> more = {}) {
    more.emplace_back("--check");
    return serve(folder_.path(), std::move(more));
  }

  std::string path(const char* file) const { return (folder_.path() / file).string(); }

  TemporaryFolder folder_;
};

constexpr const char* kPlain = "mean = 0\nstd = 1";

TEST_F(ProgramFamilies, WithoutTop1NothingIsServedUnlessItIsMeant) {
  family(kPlain, "");
  const std::string command = fmt::format(
      "cnnselect models evaluate {} --family colours --images FOLDER --labels "
      "TABLE.tsv --write",
      folder_.path().string());
  for (const Finished& refused : {check(), serve(folder_.path())}) {
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, AllOf(HasSubstr(path("colours.family.toml")),
                                      HasSubstr("no 'top1' for model 'net'"), HasSubstr(command),
                                      HasSubstr("--unmeasured")));
  }
  const Finished meant = check({"--unmeasured"});
  EXPECT_EQ(meant.status, 0) << meant.errors;
  EXPECT_THAT(meant.output, StartsWith("1 warning: 1 family, 1 model;"));
  EXPECT_THAT(meant.errors, HasSubstr("no 'top1' for model 'net'"));
  const std::string settings = folder_.write("server.toml", "unmeasured = true\n");
  EXPECT_EQ(check({"--config", settings}).status, 0);
  ::setenv("CNNSELECT_UNMEASURED", "true", 1);
  EXPECT_EQ(check().status, 0);
  ::unsetenv("CNNSELECT_UNMEASURED");
}

TEST_F(ProgramFamilies, TheCommandThatIsNamedMeasuresTheModel) {
  family(kPlain, "");
  std::filesystem::copy(std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo/pictures/phone",
                        folder_.path() / "pictures");
  folder_.write("table.tsv", "horse_face_12.0mp.jpg\t0\n");
  const Finished measured =
      run({"models", "evaluate", folder_.path().string(), "--family", "colours", "--images",
           path("pictures"), "--labels", path("table.tsv"), "--write"});
  EXPECT_EQ(measured.status, 0) << measured.errors;
  EXPECT_THAT(check().output, StartsWith("all is well: 1 family, 1 model"));
}

TEST_F(ProgramFamilies, PixelsThatNobodyNormalisesAreAWarning) {
  family("", "top1 = 0.5");
  const Finished said = check();
  EXPECT_EQ(said.status, 0) << said.errors;
  EXPECT_THAT(said.output, StartsWith("1 warning: "));
  EXPECT_THAT(said.errors, AllOf(HasSubstr(path("colours.family.toml")),
                                 HasSubstr("no 'mean' and no 'std' for model 'net'"),
                                 HasSubstr("mean 0 and std 1 are assumed")));
}

TEST_F(ProgramFamilies, ACheckRunsAPictureAndComparesTheScores) {
  family(kPlain, "top1 = 0.5");
  const Finished fine = check();
  EXPECT_EQ(fine.output, "all is well: 1 family, 1 model; each ran one generated picture\n");
  family("mean = 0\nstd = 0.1", "top1 = 0.5", "probabilities");
  const Finished logits = check();
  EXPECT_EQ(logits.status, 1);
  EXPECT_THAT(logits.errors,
              AllOf(HasSubstr("model 'net' (" + path("net.onnx") + ")"),
                    HasSubstr("its scores go from "), HasSubstr("state kind = \"logits\"")));
  test::OnnxGraph graph = test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 8}}, {2, 3});
  graph.nodes.push_back({"Softmax", {"scores"}, "shares", {{"axis", 1}}});
  graph.outputs = {{"shares", test::kOnnxFloat, {-1, 3}}};
  network(graph);
  family(kPlain, "top1 = 0.5");
  const Finished shares = check();
  EXPECT_EQ(shares.status, 0);
  EXPECT_THAT(shares.errors, HasSubstr("State kind = \"probabilities\""));
  family(kPlain, "top1 = 0.5", "probabilities");
  EXPECT_THAT(check().output, StartsWith("all is well"));
}

TEST_F(ProgramFamilies, OtherInputsAreServedToo) {
  const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                      "zoo/pictures/phone/horse_face_12.0mp.jpg");
  const auto mean = test::mean_classifier;
  constexpr int kFloat = test::kOnnxFloat;
  const struct {
    const char* what;
    test::OnnxGraph graph;
    const char* input;
  } rows[] = {
      {"float16", mean({"x", test::kOnnxFloat16, {-1, 3, 8, 8}}, {2, 3}, {-1, 3}, false),
       "crop = 8"},
      {"a batch of 3", mean({"x", kFloat, {3, 3, 8, 8}}, {2, 3}, {3, 3}, false), "crop = 8"},
      {"wide, and BGR", mean({"x", kFloat, {1, 4, 8, 3}}, {1, 2}, {-1, 3}, false),
       "resize = [4, 8]\ncrop = [4, 8]\nchannels = 'BGR'\nlayout = 'NHWC'"},
      {"a letterbox of 0 to 255", mean({"x", kFloat, {-1, 3, -1, -1}}, {2, 3}, {-1, 3}, false),
       "resize = 'letterbox'\ncrop = [6, 8]\nscale = 255\nfill = 114"},
      // Each of its three lines is a class.
      {"gray", mean({"x", kFloat, {1, 1, 3, 8}}, {1, 3}, {1, 3}, false),
       "crop = [3, 8]\nchannels = 'gray'"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    network(row.graph);
    folder_.write("colours.family.toml",
                  fmt::format("name = 'colours'\nlabels = 'labels.txt'\n[input]\n{}\n{}\n"
                              "[[model]]\nname = 'net'\nfile = 'net.onnx'\ntop1 = 0.5\n",
                              row.input, kPlain));
    const Finished checked = check();
    ASSERT_EQ(checked.status, 0) << checked.errors;
    const Serving serving(
        {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--models", folder_.path().string()});
    RawClient client(serving.port);
    client.send(fmt::format("POST /v1/families/colours/classify HTTP/1.1\r\nHost: t\r\n"
                            "Content-Length: {}\r\n\r\n",
                            photo.size()) +
                photo);
    const RawResponse answer = client.read();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("\"confidence\""));
  }
}

/// What `model` answers about a tensor, whose bytes follow the JSON.
RawResponse infer(std::uint16_t port, const std::string& model, std::string_view datatype,
                  std::string_view shape, std::string_view bytes) {
  const std::string head = fmt::format(R"({{"inputs":[{{"name":"x","datatype":"{}","shape":{},)"
                                       R"("parameters":{{"binary_data_size":{}}}}}]}})",
                                       datatype, shape, bytes.size());
  RawClient client(port);
  client.send(
      fmt::format("POST /v2/models/{}/infer HTTP/1.1\r\nHost: t\r\n"
                  "Inference-Header-Content-Length: {}\r\nContent-Length: {}\r\n\r\n{}{}",
                  model, head.size(), head.size() + bytes.size(), head, bytes));
  return client.read();
}

template <class Element>
std::string bytes_of(const std::vector<Element>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Element)};
}

TEST_F(ProgramFamilies, TensorsOfHalvesComeAsFp16AndScoresGoAsFp32) {
  network(test::mean_classifier({"x", test::kOnnxFloat16, {-1, 3, 8, 8}}, {2, 3}));
  family(kPlain, "top1 = 0.5");
  const Serving serving(
      {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--models", folder_.path().string()});
  RawClient client(serving.port);
  client.send("GET /v2/models/net HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_THAT(client.read().body,
              AllOf(HasSubstr(R"("name":"x","datatype":"FP16","shape":[-1,3,8,8])"),
                    HasSubstr(R"("datatype":"FP32","shape":[-1,3])")));
  const std::string halves = bytes_of(std::vector<_Float16>(192, 0.5F));
  const RawResponse answer = infer(serving.port, "colours", "FP16", "[1,3,8,8]", halves);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("data":[0.5,0.5,0.5])"));
  const std::string floats = bytes_of(std::vector<float>(192, 0.5F));
  const RawResponse refused = infer(serving.port, "colours", "FP32", "[1,3,8,8]", floats);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("takes FP16 [-1,3,8,8]"));
}

TEST_F(ProgramFamilies, AFixedBatchTakesAnyNumberOfImages) {
  network(test::mean_classifier({"x", test::kOnnxFloat, {4, 3, 8, 8}}, {2, 3}, {4, 3}));
  family(kPlain, "top1 = 0.5");
  const Serving serving(
      {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--models", folder_.path().string()});
  std::vector<float> two(384, 0.25F);
  std::fill(two.begin() + 192, two.end(), 0.75F);
  const RawResponse answer = infer(serving.port, "net", "FP32", "[2,3,8,8]", bytes_of(two));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("data":[0.25,0.25,0.25,0.75,0.75,0.75])"));
}

}  // namespace
}  // namespace cnnselect
