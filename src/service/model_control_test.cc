#include "service/model_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kFamily =
    "name = 'pets'\nlabels = 'labels.txt'\n[input]\nresize = 1\ncrop = 1\n"
    "[[model]]\nname = 'cat'\ntop1 = 0.5\n[[model]]\nname = 'dog'\ntop1 = 0.9\n";

/// A repository of two models on the disk, and a backend that knows which of its files load.
class ModelControlTest : public testing::Test {
 protected:
  ModelControlTest() {
    folder_.write("labels.txt", "no\nyes\n");
    folder_.write("pets.family.toml", kFamily);
    add_version("cat", 1);
    add_version("dog", 1);
    catalog_ = std::make_unique<Catalog>(Catalog::scan(folder_.path()).value());
    models_ = std::make_unique<ModelManager>(*catalog_, backend_, clock_,
                                             ModelManager::Options{.threads = 1});
    EXPECT_TRUE(models_->load_all());
    control_ = std::make_unique<ModelControl>(*catalog_, *models_);
  }

  std::filesystem::path path(const std::string& model, int version) const {
    return folder_.path() / model / std::to_string(version) / "model.onnx";
  }
  void add_version(const std::string& model, int version, bool loads = true) {
    folder_.write(std::filesystem::path(model) / std::to_string(version) / "model.onnx", "a net");
    if (loads) backend_.add(path(model, version), timed_model(2ms, {0.F, 1.F}));
  }

  Status load(const std::string& name) {
    std::promise<Status> done;
    control_->load(name, [&](Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  Status unload(const std::string& name) {
    std::promise<Status> done;
    control_->unload(name, [&](Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  /// Refreshes, and returns when it is over.
  void refresh(ModelControl::Again again = ModelControl::Again::kOnlyWhatChanged) {
    control_->refresh(again);
    EXPECT_FALSE(load("nobody"));
  }
  int version(ModelId id) const { return models_->file(id).version; }

  const ModelId cat_{0};
  const ModelId dog_{1};
  TemporaryFolder folder_;
  SimulatedClock clock_;
  TimedBackend backend_{clock_};
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ModelManager> models_;
  std::unique_ptr<ModelControl> control_;
};

TEST_F(ModelControlTest, LoadsTheHighestVersionThatThereIsNow) {
  add_version("cat", 3);
  ASSERT_TRUE(load("cat"));
  EXPECT_EQ(version(cat_), 3);
  EXPECT_EQ(version(dog_), 1);
  EXPECT_EQ(backend_.runs(path("cat", 3)), 11);
}

TEST_F(ModelControlTest, LoadsAgainWhatHasNotChanged) {
  ASSERT_TRUE(load("cat"));
  EXPECT_EQ(backend_.runs(path("cat", 1)), 22);
}

TEST_F(ModelControlTest, AFamilyIsAllItsMembersAndABrokenOneStopsNoOther) {
  add_version("cat", 2, false);
  add_version("dog", 2);
  const Status loaded = load("pets");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("failed to load 'cat': "));
  EXPECT_EQ(version(cat_), 1) << "the old one serves on";
  EXPECT_TRUE(models_->acquire(cat_));
  EXPECT_EQ(version(dog_), 2);
}

TEST_F(ModelControlTest, AnUnloadedModelIsNotOfferedUntilItIsLoaded) {
  ASSERT_TRUE(unload("cat"));
  EXPECT_FALSE(models_->ready(cat_));
  EXPECT_FALSE(models_->loaded(cat_));
  EXPECT_EQ(control_->reason(cat_), "unloaded");
  EXPECT_TRUE(models_->ready(dog_));
  refresh();
  EXPECT_FALSE(models_->ready(cat_)) << "only who unloaded it may want it back";
  ASSERT_TRUE(load("cat"));
  EXPECT_TRUE(models_->ready(cat_));
  EXPECT_EQ(control_->reason(cat_), "");
  ASSERT_TRUE(unload("pets"));
  EXPECT_FALSE(models_->ready(dog_));
}

TEST_F(ModelControlTest, NamesThatThereAreNotAreSaid) {
  EXPECT_EQ(load("cow").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(load("cow").error().message, HasSubstr("failed to load 'cow': 'cow' is no family"));
  EXPECT_THAT(unload("cow").error().message, HasSubstr("failed to unload 'cow'"));
}

TEST_F(ModelControlTest, WeightsBesideTheFileAreAPartOfTheModel) {
  // As a tensor of an ONNX file names them; "dog" has none.
  folder_.write("cat/1/model.onnx", "\x0a\x08location\x12\x05w.bin");
  folder_.write("cat/1/w.bin", "weights");
  refresh();
  EXPECT_EQ(backend_.runs(path("cat", 1)), 22);
  refresh();
  EXPECT_EQ(backend_.runs(path("cat", 1)), 22);
  const auto weights = folder_.write("cat/1/w.bin", "WEIGHTS");  // of the same size, in its place
  std::filesystem::last_write_time(weights, std::filesystem::file_time_type::clock::now() + 1s);
  refresh();
  EXPECT_EQ(backend_.runs(path("cat", 1)), 33);
  EXPECT_EQ(backend_.runs(path("dog", 1)), 11);
}

TEST_F(ModelControlTest, AFileOfTheSameSizeAndTimeIsAnotherOne) {
  const auto time = std::filesystem::last_write_time(path("cat", 1));
  const auto other = folder_.write("other.onnx", "A NET");
  std::filesystem::last_write_time(other, time);
  std::filesystem::rename(other, path("cat", 1));
  refresh();
  EXPECT_EQ(backend_.runs(path("cat", 1)), 22);
}

TEST_F(ModelControlTest, RefreshingLoadsOnlyWhatHasChanged) {
  refresh();
  EXPECT_EQ(backend_.runs(path("cat", 1)), 11);
  add_version("cat", 2);
  refresh();
  EXPECT_EQ(version(cat_), 2);
  EXPECT_EQ(backend_.runs(path("dog", 1)), 11);
  folder_.write("dog/1/model.onnx", "another net, in its place");
  refresh();
  EXPECT_EQ(backend_.runs(path("dog", 1)), 22);
  add_version("cat", 4, false);
  refresh();
  refresh();
  EXPECT_EQ(version(cat_), 2);
  backend_.add(path("cat", 4), timed_model(2ms, {0.F, 1.F}));
  refresh();
  EXPECT_EQ(version(cat_), 2) << "it is what it was when it did not load";
  refresh(ModelControl::Again::kAlsoWhatFailed);
  EXPECT_EQ(version(cat_), 4) << "but what made it fail has passed";
  std::filesystem::remove_all(folder_.path() / "cat" / "4");
  refresh();
  EXPECT_EQ(version(cat_), 2);
}

TEST_F(ModelControlTest, AFileThatCameBetweenLookingAndLoadingIsFound) {
  add_version("cat", 2);  // after the catalog was read
  control_ = std::make_unique<ModelControl>(*catalog_, *models_);
  refresh();
  EXPECT_EQ(version(cat_), 2);
}

TEST_F(ModelControlTest, APinnedVersionAndANewAccuracyAreTakenOver) {
  add_version("cat", 2);
  add_version("cat", 3);
  std::string pinned = kFamily;
  pinned.replace(pinned.find("top1 = 0.5"), 10, "top1 = 0.7\nversion = 2");
  folder_.write("pets.family.toml", pinned);
  refresh();
  EXPECT_EQ(version(cat_), 2);
  EXPECT_DOUBLE_EQ(models_->profile(cat_).top1, 0.7);
  EXPECT_DOUBLE_EQ(models_->candidate(cat_, clock_.now(), {}).accuracy, 0.7);
}

TEST_F(ModelControlTest, WhatOnlyARestartCanChangeIsRefused) {
  std::string other = kFamily;
  other.replace(other.find("resize = 1"), 10, "resize = 2");
  folder_.write("pets.family.toml", other);
  const Status loaded = load("cat");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(loaded.error().message, HasSubstr("says something else of it than at the start"));
  folder_.write("pets.family.toml", "name = 'pets'\n");
  EXPECT_THAT(load("cat").error().message, HasSubstr("pets.family.toml:"));
  EXPECT_TRUE(models_->ready(cat_));
}

TEST_F(ModelControlTest, ABrokenFamilyFileIsSaidOnceForAllItsModels) {
  folder_.write("pets.family.toml", kFamily + "topp1 = 0.9\n");
  testing::internal::CaptureStdout();  // where the library's default log goes
  refresh();
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_THAT(said, HasSubstr("family 'pets' stays as it is: "));
  EXPECT_EQ(said.find("topp1"), said.rfind("topp1")) << said;
}

TEST_F(ModelControlTest, AnAccuracyThatIsGoneIsRefusedAndTheOldOneStays) {
  std::string without = kFamily;
  without.replace(without.find("top1 = 0.5\n"), 11, "");
  folder_.write("pets.family.toml", without);
  const Status loaded = load("cat");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("pets.family.toml no longer states its top1"));
  EXPECT_DOUBLE_EQ(models_->candidate(cat_, clock_.now(), {}).accuracy, 0.5);
}

TEST_F(ModelControlTest, AStopAnswersThoseWhoWait) {
  std::promise<void> begun;
  std::promise<void> go_on;
  control_->unload("cat", [&](const Status&) {
    begun.set_value();
    go_on.get_future().wait();
  });
  std::promise<Status> second;
  control_->load("cat", [&](Status status) { second.set_value(std::move(status)); });
  begun.get_future().wait();
  std::thread stop([&] { control_.reset(); });
  std::this_thread::sleep_for(5ms);
  go_on.set_value();
  stop.join();
  const Status refused = second.get_future().get();
  // The stop may have come a moment late for it: then it was loaded.
  EXPECT_EQ(refused ? ErrorCode::kUnavailable : refused.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace cnnselect
