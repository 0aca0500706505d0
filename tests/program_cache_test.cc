// The executable and its cache of optimised models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ProgramCache : public testing::Test {
 protected:
  static std::vector<std::string> with(const std::string& cache) {
    return {"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--model-cache", cache};
  }

  /// The numbers that a network says to a plain input.
  static std::string logits(const Serving& serving) {
    std::string numbers = "0.25";
    for (int i = 1; i < 3 * 32 * 32; ++i) numbers += ",0.25";
    const std::string body =
        R"({"inputs":[{"name":"input","datatype":"FP32","shape":[1,3,32,32],"data":[)" + numbers +
        "]}]}";
    RawClient client(serving.port);
    client.send("POST /v2/models/mobilenet_025_32/infer HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    const RawResponse answer = client.read();
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto data = answer.body.find("\"data\":[");
    EXPECT_NE(data, std::string::npos) << answer.body;
    return answer.body.substr(std::min(data, answer.body.size()));
  }

  static std::string stop(Serving& serving) {
    serving.program.signal(SIGTERM);
    EXPECT_EQ(serving.program.wait(kLimit), 0);
    return serving.program.errors();
  }

  /// Other warnings are about this machine: a start beside other programs measures badly.
  static testing::Matcher<std::string> warns_of_copies() {
    return testing::ContainsRegex("warning [^\n]*(copy|copies|cache)");
  }

  std::vector<fs::path> copies() const {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator(cache_)) {
      if (file.path().extension() == ".copy") all.push_back(file.path());
    }
    return all;
  }

  /// Starts with `cache`, and expects the numbers of a server that has none.
  void expect_same_answers(const std::string& cache, const testing::Matcher<std::string>& log) {
    Serving serving(with(cache));
    EXPECT_EQ(logits(serving), expected_);
    EXPECT_THAT(stop(serving), log);
  }

  const TemporaryFolder folder_;
  const std::string cache_ = (folder_.path() / "cache").string();
  const std::string expected_ = logits(Serving());
};

TEST_F(ProgramCache, IsFilledByTheFirstStartAndUsedByTheNext) {
  expect_same_answers(cache_, HasSubstr("made for this machine is kept"));
  EXPECT_EQ(copies().size(), 7U);
  expect_same_answers(cache_, AllOf(Not(HasSubstr("kept")), Not(warns_of_copies())));
  for (const fs::path& copy : copies()) fs::resize_file(copy, fs::file_size(copy) / 2);
  expect_same_answers(cache_, HasSubstr("not what was written"));
  expect_same_answers(cache_, Not(warns_of_copies()));
  EXPECT_EQ(copies().size(), 7U);
}

TEST_F(ProgramCache, IsFilledByTwoServersAtOnce) {
  Program other(CNNSELECT_PROGRAM, with(cache_));
  Serving serving(with(cache_));
  ASSERT_TRUE(other.wait_for_output("\n", kLimit)) << other.errors();
  EXPECT_EQ(logits(serving), expected_);
  stop(serving);
  EXPECT_EQ(copies().size(), 7U);
  expect_same_answers(cache_, Not(warns_of_copies()));
}

TEST_F(ProgramCache, ThatCannotBeWrittenToIsSaidOnce) {
  // No user may write there, not even root.
  const std::string read_only = "/proc/self/task";
  Serving serving(with(read_only));
  EXPECT_EQ(logits(serving), expected_);
  const std::string log = stop(serving);
  const auto warning = log.find("no more copies of models are kept: " + read_only);
  ASSERT_NE(warning, std::string::npos) << log;
  EXPECT_EQ(log.find("copies", warning + 20), std::string::npos) << log;
  expect_same_answers("/nowhere/at/all", HasSubstr("without a cache: /nowhere/at/all"));
}

TEST_F(ProgramCache, IsNotMadeByACheck) {
  std::vector<std::string> check = with(cache_);
  check.emplace_back("--check");
  const Finished fine = run(check);
  EXPECT_EQ(fine.status, 0) << fine.errors;
  EXPECT_FALSE(fs::exists(cache_));
  fs::create_directory(cache_);
  EXPECT_EQ(run(check).status, 0);
  EXPECT_TRUE(copies().empty());
  fs::permissions(cache_, fs::perms(0777));
  EXPECT_THAT(run(check).errors, HasSubstr("--model-cache: " + cache_ + ": others may write"));
  EXPECT_THAT(serve(kRepository, {"--model-cache-size", "some"}).errors,
              HasSubstr("--model-cache-size: "));
}

}  // namespace
}  // namespace cnnselect
