#include "backend/model_cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/testing/temporary_folder.h"
#include "store/file_digest.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Copies of text files; a copy is the text between brackets.
class Copies : public testing::Test {
 protected:
  std::unique_ptr<ModelCache> open(std::uint64_t max_bytes = 1'000,
                                   const std::string& made_for = "here") {
    auto cache = ModelCache::open({.folder = cache_, .made_for = made_for, .max_bytes = max_bytes});
    EXPECT_TRUE(cache.has_value()) << cache.error().message;
    return cache ? std::move(*cache) : nullptr;
  }

  bool add(ModelCache& cache, const fs::path& model) {
    return cache.add(model, [&](const fs::path& to) -> Status {
      ++made_;
      if (read_file(model) == "broken") return fail(ErrorCode::kInvalidArgument, "broken");
      std::ofstream(to) << '[' << read_file(model) << ']';
      return {};
    });
  }

  static std::string found(ModelCache& cache, const fs::path& model) {
    const auto copy = cache.find(model);
    if (!copy) return "none";
    return {reinterpret_cast<const char*>(copy->content().data()), copy->content().size()};
  }

  /// All but links.
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator(cache_)) {
      if (!file.is_symlink()) all.push_back(file.path());
    }
    return all;
  }

  std::vector<fs::path> links() const {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator(cache_)) {
      if (file.is_symlink()) all.push_back(file.path());
    }
    return all;
  }

  /// As if it had been made `seconds` later.
  static void postpone(const fs::path& link, int seconds) {
    timespec times[2] = {};
    ASSERT_EQ(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec += seconds;
    times[1] = times[0];
    ASSERT_EQ(utimensat(AT_FDCWD, link.c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }

  fs::path only_file() const {
    const auto all = files();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? fs::path() : all.front();
  }

  /// Of a copy last used `days` ago.
  static void age(const fs::path& copy, int days) {
    fs::last_write_time(copy, fs::last_write_time(copy) - std::chrono::days(days));
  }

  const TemporaryFolder folder_;
  const fs::path cache_ = folder_.path() / "cache";
  const fs::path model_ = folder_.write("model", "network");
  int made_ = 0;
};

TEST_F(Copies, AreFoundByEveryLaterUser) {
  {
    const auto cache = open();
    EXPECT_FALSE(cache->has(model_));
    EXPECT_EQ(found(*cache, model_), "none");
    EXPECT_TRUE(add(*cache, model_));
    EXPECT_TRUE(cache->has(model_));
    EXPECT_EQ(found(*cache, model_), "[network]");
    EXPECT_TRUE(add(*cache, model_)) << "somebody else was faster";
    EXPECT_EQ(made_, 1);
  }
  EXPECT_EQ(found(*open(), model_), "[network]");
  EXPECT_EQ(found(*open(), folder_.write("same", "network")), "[network]") << "content counts";
}

TEST_F(Copies, AreNamedByContentAndPurpose) {
  const auto cache = open();
  add(*cache, model_);
  EXPECT_THAT(only_file().filename().string(),
              testing::MatchesRegex(file_digest(model_).value() + "-[0-9a-f]{16}\\.copy"));
  EXPECT_EQ(found(*open(1'000, "elsewhere"), model_), "none");
  folder_.write("model", "another");
  EXPECT_EQ(found(*cache, model_), "none");
  add(*cache, model_);
  EXPECT_EQ(found(*cache, model_), "[another]");
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Copies, AreKnownByALinkThatIsClearlyYoungerThanTheFile) {
  const auto cache = open();
  const fs::path other = folder_.write("other", "another");
  add(*cache, model_);
  const auto link = links().at(0);
  add(*cache, other);
  const auto all = links();
  ASSERT_EQ(all.size(), 2U);
  const fs::path to_other = fs::read_symlink(all[0] == link ? all[1] : all[0]);
  // A link that leads to the wrong copy gives away whether it is believed.
  fs::remove(link);
  fs::create_symlink(to_other, link);
  EXPECT_EQ(found(*cache, model_), "[network]") << "the file was written just before";
  EXPECT_NE(fs::read_symlink(link), to_other) << "put right";
  fs::remove(link);
  fs::create_symlink(to_other, link);
  postpone(link, 10);
  EXPECT_EQ(found(*cache, model_), "[another]");
  folder_.write("model", "changed");
  EXPECT_EQ(found(*cache, model_), "none") << "it is a link from the file as it was";
}

TEST_F(Copies, LeaveNoLinksBehind) {
  const auto cache = open();
  add(*cache, model_);
  fs::remove(only_file());
  std::ofstream(cache_ / "notes.link") << "not ours";
  add(*cache, folder_.write("other", "another"));
  EXPECT_EQ(links().size(), 1U);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Copies, AreForTheServersUserAlone) {
  add(*open(), model_);
  struct stat status{};
  ASSERT_EQ(stat(cache_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  ASSERT_EQ(stat(only_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(Copies, AreRemovedWhenDamagedAndMadeAgain) {
  const auto cache = open();
  add(*cache, model_);
  const fs::path copy = only_file();
  const std::string whole = read_file(copy);
  for (const std::string& damaged : {std::string(), whole.substr(0, whole.size() - 1),
                                     whole.substr(0, 3), "{" + whole.substr(1)}) {
    std::ofstream(copy, std::ios::binary) << damaged;
    EXPECT_EQ(found(*cache, model_), "none") << damaged;
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_TRUE(add(*cache, model_));
    EXPECT_EQ(found(*cache, model_), "[network]");
  }
  EXPECT_EQ(made_, 5);
}

TEST_F(Copies, ThatCannotBeReadAreReplaced) {
  const auto cache = open();
  add(*cache, model_);
  const fs::path copy = only_file();
  fs::remove(copy);
  fs::create_directory(copy);
  EXPECT_EQ(found(*cache, model_), "none");
  EXPECT_TRUE(add(*cache, model_));
  EXPECT_EQ(found(*cache, model_), "[network]");
}

TEST_F(Copies, ThatCannotBeRemovedAreNotUsed) {
  const auto cache = open();
  add(*cache, model_);
  const fs::path copy = only_file();
  fs::remove(copy);
  fs::create_directories(copy / "full");
  EXPECT_EQ(found(*cache, model_), "none");
  EXPECT_FALSE(add(*cache, model_));
  EXPECT_EQ(found(*cache, model_), "none");
}

TEST_F(Copies, ThatCannotBeMadeAreNotTriedTwice) {
  const auto cache = open();
  const fs::path broken = folder_.write("broken", "broken");
  EXPECT_FALSE(add(*cache, broken));
  EXPECT_FALSE(add(*cache, broken));
  EXPECT_EQ(made_, 1);
  EXPECT_TRUE(files().empty()) << "no half of one is left";
  EXPECT_TRUE(add(*cache, model_)) << "others are";
}

TEST_F(Copies, OfNoUseAreRemovedForGood) {
  const auto cache = open();
  add(*cache, model_);
  cache->reject(model_, "the runtime does not take it");
  EXPECT_EQ(found(*cache, model_), "none");
  EXPECT_FALSE(add(*cache, model_));
  EXPECT_TRUE(files().empty());
}

TEST_F(Copies, OfAFileThatChangesMeanwhileAreNotKept) {
  const auto cache = open();
  EXPECT_FALSE(cache->add(model_, [&](const fs::path& to) -> Status {
    std::ofstream(to) << "of which content?";
    folder_.write("model", "changed");
    return {};
  }));
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(add(*cache, model_));
  EXPECT_EQ(found(*cache, model_), "[changed]");
}

TEST_F(Copies, OfMissingModelsAreNone) {
  const auto cache = open();
  EXPECT_FALSE(cache->has("/nowhere"));
  EXPECT_EQ(found(*cache, "/nowhere"), "none");
  EXPECT_FALSE(add(*cache, "/nowhere"));
  EXPECT_EQ(made_, 0);
}

TEST_F(Copies, MakeRoomByWhatWasNotUsedForLongest) {
  constexpr std::uint64_t kTwo = 2 * (std::string_view("[network]").size() + 16) + 1;
  const auto cache = open(kTwo);
  const fs::path second = folder_.write("second", "NETWORK");
  const fs::path third = folder_.write("third", "netWORK");
  add(*cache, model_);
  age(only_file(), 3);
  add(*cache, second);
  for (const fs::path& copy : files()) age(copy, 2);
  EXPECT_EQ(found(*cache, model_), "[network]") << "used now, though it is older";
  fs::create_directories(cache_ / "others");
  std::ofstream(cache_ / "notes.copy") << "not ours";
  EXPECT_TRUE(add(*cache, third));
  EXPECT_EQ(found(*cache, second), "none");
  EXPECT_EQ(found(*cache, model_), "[network]");
  EXPECT_EQ(found(*cache, third), "[netWORK]");
  EXPECT_EQ(files().size(), 4U) << "what is not ours stays";
}

TEST_F(Copies, LargerThanTheCacheAreNotKept) {
  const auto cache = open(5);
  EXPECT_FALSE(add(*cache, model_));
  EXPECT_TRUE(files().empty());
}

TEST_F(Copies, LeftHalfWrittenByAKilledProcessGoAway) {
  const auto cache = open();
  add(*cache, model_);
  std::string draft = only_file().string();
  draft.replace(draft.size() - 5, 5, ".part");
  std::string of_another = draft;
  of_another[cache_.string().size() + 1] = 'x';
  std::ofstream(draft) << "half";
  std::ofstream(of_another) << "half";
  fs::remove(cache_ / fs::path(draft).replace_extension(".copy").filename());
  EXPECT_TRUE(add(*cache, model_));
  EXPECT_EQ(found(*cache, model_), "[network]");
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Copies, AreMadeByOneOfManyAtATime) {
  // Each with an object of its own, as processes have.
  std::atomic<int> made = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        const auto cache = open();
        for (int i = 0; i < 50; ++i) {
          cache->add(model_, [&](const fs::path& to) -> Status {
            ++made;
            std::ofstream(to) << std::string(100, 'n');
            return {};
          });
          const std::string copy = found(*cache, model_);
          EXPECT_TRUE(copy == "none" || copy == std::string(100, 'n')) << copy;
        }
      });
    }
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(found(*open(), model_), std::string(100, 'n'));
}

TEST_F(Copies, AFolderThatFailsIsNotWrittenToAgain) {
  const auto cache = open();
  add(*cache, model_);
  const fs::path copy = only_file();
  const fs::path draft = fs::path(copy).replace_extension(".part");
  fs::remove(copy);
  fs::create_directory(draft);  // as good as read-only, for root too
  EXPECT_FALSE(add(*cache, model_));
  fs::remove(draft);
  EXPECT_FALSE(add(*cache, model_));
  EXPECT_EQ(made_, 1);
}

TEST_F(Copies, NeedAFolderOfTheirOwnUsers) {
  EXPECT_TRUE(ModelCache::check(cache_)) << "can be made";
  EXPECT_TRUE(ModelCache::check(cache_ / "")) << "likewise";
  EXPECT_FALSE(fs::exists(cache_));
  const auto refused = [](const fs::path& folder, const char* words) {
    const auto cache = ModelCache::open({.folder = folder, .made_for = ""});
    ASSERT_FALSE(cache.has_value()) << folder;
    EXPECT_THAT(cache.error().message, HasSubstr(folder.string()));
    EXPECT_THAT(cache.error().message, HasSubstr(words));
  };
  EXPECT_FALSE(ModelCache::check(cache_ / "in" / "none"));
  refused(cache_ / "in" / "none", "No such file");
  refused(model_, "not a folder");
  fs::create_directory(cache_);
  fs::permissions(cache_, fs::perms(0775));
  refused(cache_, "mode 0775");
  fs::permissions(cache_, fs::perms(0755));
  EXPECT_NE(open(), nullptr) << "who only reads does no harm";
  constexpr uid_t kNobody = 65534;
  if (chown(cache_.c_str(), kNobody, kNobody) == 0 && geteuid() != kNobody) {
    refused(cache_, "user 65534");
  }
}

}  // namespace
}  // namespace cnnselect
