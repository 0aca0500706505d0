// Policies with parameters, and policies from elsewhere, as a user types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kModelTable = std::string(CNNSELECT_SOURCE_DIR) + "/data/paper/table5.csv";

Finished simulate_with(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"simulate", "--profile",  kModelTable, "--sla",
                                        "200ms",    "--requests", "100"};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

RawResponse classify_by(std::uint16_t port, const std::string& policy) {
  const std::string photo =
      read_file(std::string(CNNSELECT_SOURCE_DIR) + "/zoo/pictures/phone/grinning_face_1.9mp.jpg");
  RawClient client(port);
  client.send("POST /v1/families/emoji/classify?policy=" + policy +
              " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(photo.size()) +
              "\r\n\r\n" + photo);
  return client.read();
}

TEST(ProgramPolicies, ParametersStandBehindAColonAndListsGoOnBehindThem) {
  const TemporaryFolder folder;
  const std::string csv = (folder.path() / "r.csv").string();
  const Finished done = simulate_with(
      {"--policy", "fastest,ontime:price=0,least_chance=0.1,slack-greedy:quantile=0.99", "-o",
       csv});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(folder.read("r.csv"),
              AllOf(HasSubstr("\nfastest,"), HasSubstr("\n\"ontime:price=0,least_chance=0.1\",200"),
                    HasSubstr("\nslack-greedy:quantile=0.99,200")));
}

TEST(ProgramPolicies, AWrongParameterIsNamed) {
  const Finished refused = simulate_with({"--policy", "slack-greedy:quantile=99"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("--policy: policy 'slack-greedy': quantile is '99'; "
                                        "allowed: 0.01 to 0.9999"));
  EXPECT_THAT(serve(kRepository, {"--check", "--policies", "fastest,x=1"}).errors,
              HasSubstr("--policies: 'x=1' stands behind no policy with parameters"));
}

TEST(ProgramPolicies, AServerOffersParametersOnlyAsItWasTold) {
  const Serving server({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--policies",
                        "fastest,ontime:price=0,least_chance=0.1"});
  EXPECT_EQ(classify_by(server.port, "ontime:price=0,least_chance=0.1").status, 200);
  EXPECT_EQ(classify_by(server.port, "ontime").status, 200) << "the one of --policy";
  const RawResponse refused = classify_by(server.port, "ontime:price=0.5");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body,
              HasSubstr("policy 'ontime:price=0.5' is not offered; allowed: fastest, ontime, "
                        "ontime:price=0,least_chance=0.1"));
}

TEST(ProgramPolicies, AFileThatIsNoPluginIsNamed) {
  const TemporaryFolder folder;
  const std::string text = folder.write("notes.so", "not a shared object").string();
  const Finished simulated = simulate_with({"--policy-plugin", text});
  EXPECT_EQ(simulated.status, 1);
  EXPECT_THAT(simulated.errors, HasSubstr("--policy-plugin: " + text + ": cannot be loaded: "));
  EXPECT_THAT(serve(kRepository, {"--check", "--policy-plugin", "/nowhere.so"}).errors,
              HasSubstr("--policy-plugin: /nowhere.so: no such file"));
}

/// examples/policy, built as somebody else would: with the headers as they are installed.
class OutsideTheTree : public testing::Test {
 protected:
  void SetUp() override {
    const std::string where = folder_.path().string();
    const std::string log = " >" + where + "/log 2>&1";
    const std::string build =
        "cmake --install '" CNNSELECT_BUILD_DIR "' --component development --prefix '" + where +
        "/installed'" + log + " && cmake -S '" CNNSELECT_SOURCE_DIR "/examples/policy' -B '" +
        where + "/build' -DCMAKE_CXX_COMPILER='" CNNSELECT_COMPILER "' -DCMAKE_PREFIX_PATH='" +
        where + "/installed'" + log + " && cmake --build '" + where + "/build'" + log;
    ASSERT_EQ(std::system(build.c_str()), 0) << folder_.read("log");
    plugin_ = where + "/build/half_budget.so";
  }
  TemporaryFolder folder_;
  std::string plugin_;
};

TEST_F(OutsideTheTree, APluginsPolicySimulatesAndServes) {
  const Finished simulated = simulate_with(
      {"--policy-plugin", plugin_, "--policy", "half-budget,half-budget:share=0.2,fastest"});
  EXPECT_EQ(simulated.status, 0) << simulated.errors;
  EXPECT_THAT(simulated.output,
              AllOf(HasSubstr("\nhalf-budget "), HasSubstr("\nhalf-budget:share=0.2 ")));
  EXPECT_THAT(simulate_with({"--policy-plugin", plugin_, "--policy", "half-budget:shar=1"}).errors,
              HasSubstr("policy 'half-budget': no parameter 'shar'; nearest is 'share' of share"));
  EXPECT_THAT(simulate_with({"--policy", "half-budget"}).errors,
              HasSubstr("unknown policy 'half-budget'"));

  const Serving server({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--policy-plugin",
                        plugin_, "--policy", "half-budget:share=0.9", "--policies", "fastest"});
  EXPECT_THAT(server.program.errors(), HasSubstr("policy 'half-budget' is from " + plugin_));
  EXPECT_EQ(classify_by(server.port, "half-budget:share=0.9").status, 200);
  EXPECT_THAT(classify_by(server.port, "half-budget").body, HasSubstr("is not offered; allowed: "));
}

TEST_F(OutsideTheTree, NothingOfThisTreeIsNeeded) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder_.path() / "installed")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(read_file(entry.path()), Not(HasSubstr(CNNSELECT_SOURCE_DIR))) << entry.path();
  }
}

}  // namespace
}  // namespace cnnselect
