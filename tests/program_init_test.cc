// `models init` and `models evaluate` of the program, on real networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "backend/testing/onnx_file.h"
#include "base/testing/read_file.h"
#include "model/profile_table.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Finished init(const std::filesystem::path& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"models", "init", folder.string()};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

TEST(ProgramInit, WhatItWritesLoads) {
  const TemporaryFolder folder;
  const auto network = [](int side) {
    return test::onnx_bytes(
        test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, side, side}}, {2, 3}));
  };
  folder.write("small one.onnx", network(8));
  folder.write("large/2/model.onnx", network(16));
  folder.write("broken.onnx", "no network");
  const Finished made = init(folder.path(), {"--family", "colours"});
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.output, AllOf(HasSubstr("2 models, 3 classes"), HasSubstr("FILL IN")));
  EXPECT_THAT(made.errors, AllOf(HasSubstr("left out: "), HasSubstr("broken.onnx")));
  const std::string text = folder.read("colours.family.toml");
  EXPECT_THAT(text, AllOf(HasSubstr("crop = 16\n"), HasSubstr("crop = 8\n")));
  EXPECT_EQ(folder.read("colours_labels.txt"), "class 0\nclass 1\nclass 2\n");

  EXPECT_THAT(serve(folder.path(), {"--check"}).errors, HasSubstr("top1"));
  const Finished check = serve(folder.path(), {"--check", "--unmeasured"});
  EXPECT_EQ(check.status, 0) << check.errors;

  const Finished again = init(folder.path(), {"--family", "colours"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.errors, HasSubstr("colours.family.toml is there already"));
  EXPECT_EQ(folder.read("colours.family.toml"), text);
}

TEST_F(ProgramStart, InitKnowsTheEmbeddedFamilyButForWhatNoFileTells) {
  std::filesystem::remove(folder_.path() / "emoji.family.toml");
  const Finished made = init(folder_.path(), {"--family", "emoji"});
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(folder_.read("emoji.family.toml"), HasSubstr("labels = 'emoji_labels.txt'\n"))
      << "the text file with as many lines as classes";
  const Finished check = serve(folder_.path(), {"--check", "--unmeasured"});
  EXPECT_EQ(check.status, 0) << check.errors;
}

TEST(ProgramInit, AFolderWithoutNetworksIsAnError) {
  const TemporaryFolder folder;
  const Finished empty = init(folder.path());
  EXPECT_EQ(empty.status, 1);
  EXPECT_THAT(empty.errors, HasSubstr("has no network that can be served; want NAME.onnx"));
  EXPECT_EQ(init("/nowhere/at/all").status, 1);
}

TEST(ProgramEvaluate, WritesTimesOfFreshProcessesFromLabelledFolders) {
  const TemporaryFolder folder;
  const auto pictures = std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo/pictures/test";
  for (const auto& [from, to] : {std::pair("00000.jpg", "grinning face"), {"00001.jpg", "1"}}) {
    std::filesystem::create_directories(folder.path() / "p" / to);
    std::filesystem::copy(pictures / from, folder.path() / "p" / to);
  }
  const auto evaluate = [&](const std::string& images) {
    return run({"models", "evaluate", kRepository.string(), "--family", "emoji", "--images", images,
                "--model", "mobilenet_025_32", "--cold-runs", "3", "-o",
                (folder.path() / "t.csv").string()});
  };
  const Finished done = evaluate((folder.path() / "p").string());
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(done.output, HasSubstr("2 pictures"));
  const auto rows = load_profile_table(folder.path() / "t.csv");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_GT(rows->front().mean, Duration::zero());
  EXPECT_GT(rows->front().cold_mean, rows->front().mean) << "a load is more than a run";
  EXPECT_THAT(folder.read("t.csv.json"), HasSubstr("\"cold_runs\":\"3\""));

  std::filesystem::create_directories(folder.path() / "p" / "grinning fase");
  const Finished unknown = evaluate((folder.path() / "p").string());
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("nearest: 'grinning face'"));
  EXPECT_THAT(run({"models", "--help"}).output, Not(HasSubstr("cold-start")));
}

}  // namespace
}  // namespace cnnselect
