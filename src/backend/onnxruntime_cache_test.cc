// The real runtime on the embedded networks, with optimised copies and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

const fs::path kZoo = fs::path(CNNSELECT_SOURCE_DIR) / "zoo" / "repository";
const fs::path kSmall = kZoo / "mobilenet_025_32" / "1" / "model.onnx";
const fs::path kOther = kZoo / "mobilenet_025_48" / "1" / "model.onnx";

class CachedModels : public testing::Test {
 protected:
  std::unique_ptr<OnnxRuntimeBackend> backend() const {
    return std::make_unique<OnnxRuntimeBackend>(OnnxRuntimeOptions{.cache_folder = cache_});
  }

  /// What a fresh backend's model says to an input of random numbers; empty: it does not load.
  std::vector<std::byte> answer(const fs::path& file) const { return answer(*backend(), file); }

  static std::vector<std::byte> answer(Backend& backend, const fs::path& file) {
    const auto model = backend.load(file);
    EXPECT_TRUE(model.has_value()) << model.error().message;
    if (!model) return {};
    std::vector<std::int64_t> shape = (*model)->input().shape;
    std::size_t count = 1;
    for (std::int64_t& size : shape) count *= static_cast<std::size_t>(size = std::abs(size));
    std::minstd_rand numbers(1);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(numbers() % 2'000) / 500.0F - 2.0F;
    const auto output =
        (*model)->run({ElementType::kFp32, shape, std::as_bytes(std::span(values))}, {});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output ? output->bytes : std::vector<std::byte>();
  }

  static std::vector<std::byte> plain_answer(const fs::path& file) {
    OnnxRuntimeBackend plain;
    return answer(plain, file);
  }

  std::vector<fs::path> copies() const {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator(cache_)) {
      if (file.path().extension() == ".copy") all.push_back(file.path());
    }
    return all;
  }

  const TemporaryFolder folder_;
  const fs::path cache_ = folder_.path() / "cache";
};

// The copy is the graph that the runtime would have made and run: the same operations in the same
// order, so nothing is allowed to differ.
TEST_F(CachedModels, AnswerTheSameToTheBit) {
  std::size_t models = 0;
  for (const auto& entry : fs::directory_iterator(kZoo)) {
    const fs::path file = entry.path() / "1" / "model.onnx";
    if (!fs::exists(file)) continue;
    const auto expected = plain_answer(file);
    EXPECT_EQ(answer(file), expected) << file << ", the copy made";
    EXPECT_EQ(answer(file), expected) << file << ", the copy there";
    EXPECT_EQ(copies().size(), ++models);
  }
  EXPECT_EQ(models, 7U);
}

TEST_F(CachedModels, AreLoadedFromTheCopy) {
  const auto expected = answer(kOther);
  const std::string other = read_file(copies().front());
  fs::remove(copies().front());
  EXPECT_NE(answer(kSmall), expected);
  // Another network's copy, sealed under this one's name, gives itself away.
  const fs::path copy = copies().front();
  std::ofstream(copy, std::ios::binary) << other.substr(0, other.size() - 16);
  ASSERT_TRUE(seal_file(copy, copy.filename().string()));
  EXPECT_EQ(answer(kSmall), expected);
}

TEST_F(CachedModels, HaveACopyForEachContentOfAFile) {
  const fs::path file = folder_.write("model.onnx", read_file(kSmall));
  EXPECT_EQ(answer(file), plain_answer(kSmall));
  folder_.write("model.onnx", read_file(kOther));
  EXPECT_EQ(answer(file), plain_answer(kOther));
  EXPECT_EQ(copies().size(), 2U);
}

TEST_F(CachedModels, SurviveEveryDamageToTheCopy) {
  const auto expected = answer(kSmall);
  const fs::path copy = copies().front();
  const std::string whole = read_file(copy);
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() / 2), flipped, std::string("no model")}) {
    std::ofstream(copy, std::ios::binary) << damaged;
    EXPECT_EQ(answer(kSmall), expected) << damaged.size();
    // Not equal to the first in every byte: what pads the runtime's blocks is anything.
    EXPECT_TRUE(SealedFile::read(copy, copy.filename().string())) << "made again";
  }
}

TEST_F(CachedModels, DoWithoutACopyThatTheRuntimeRefuses) {
  const auto expected = answer(kSmall);
  const fs::path copy = copies().front();
  std::ofstream(copy, std::ios::binary) << "whole, but no model";
  ASSERT_TRUE(seal_file(copy, copy.filename().string()));
  const auto same = backend();
  EXPECT_EQ(answer(*same, kSmall), expected);
  EXPECT_TRUE(copies().empty());
  EXPECT_EQ(answer(*same, kSmall), expected);
  EXPECT_TRUE(copies().empty()) << "nor is it made again and again";
}

TEST_F(CachedModels, DoWithoutAFolder) {
  const fs::path nowhere = cache_ / "in" / "none";
  OnnxRuntimeBackend backend({.cache_folder = nowhere});
  backend.prepare(kSmall);
  EXPECT_EQ(answer(backend, kSmall), plain_answer(kSmall));
  EXPECT_FALSE(fs::exists(nowhere));
}

TEST_F(CachedModels, WithWeightsElsewhereAreNotKept) {
  // A model's property of that name stands for any field that may name another file.
  const std::string property = std::string("\x72\x0d\x0a\x08location\x12\x01x", 15);
  const fs::path file = folder_.write("model.onnx", read_file(kSmall) + property);
  EXPECT_EQ(answer(file), plain_answer(kSmall));
  EXPECT_TRUE(copies().empty());
}

TEST_F(CachedModels, TellWhatIsWrongWithTheModelItself) {
  const fs::path file = folder_.write("model.onnx", "no network");
  const auto with = backend();
  with->prepare(file);
  with->prepare("/nowhere/model.onnx");
  OnnxRuntimeBackend without;
  EXPECT_EQ(with->load(file).error(), without.load(file).error());
  EXPECT_EQ(with->load("/nowhere").error(), without.load("/nowhere").error());
  EXPECT_TRUE(copies().empty());
}

TEST_F(CachedModels, ArePreparedOnceForAllLoads) {
  const auto same = backend();
  same->prepare(kSmall);
  ASSERT_EQ(copies().size(), 1U);
  const fs::path first = folder_.path() / "first";
  fs::create_hard_link(copies().front(), first);
  same->prepare(kSmall);
  EXPECT_EQ(answer(*same, kSmall), plain_answer(kSmall));
  EXPECT_TRUE(fs::equivalent(copies().front(), first)) << "not replaced";
}

TEST_F(CachedModels, FillTheCacheFromManyThreadsAtOnce) {
  const auto expected = plain_answer(kSmall);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] { EXPECT_EQ(answer(kSmall), expected); });
    }
  }
  EXPECT_EQ(copies().size(), 1U);
  EXPECT_EQ(answer(kSmall), expected);
}

}  // namespace
}  // namespace cnnselect
