#include "model/family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kStated =
    "name = 'pets'\nlabels = 'labels.txt'\n[[model]]\nname = 'cat'\nfile = 'nets/cat.onnx'\n";
constexpr std::string_view kLayout =
    "name = 'pets'\nlabels = 'labels.txt'\n[[model]]\nname = 'cat'\n";

TEST(LoadFamily, ReadsLabelsAndFindsTheStatedFile) {
  TemporaryFolder folder;
  folder.write("labels.txt", "tabby\nsiamese\n");
  folder.write("nets/cat.onnx", "");
  const fs::path file = folder.write("pets.family.toml", kStated);
  const Result<Family> family = load_family(file);
  ASSERT_TRUE(family) << family.error().message;
  EXPECT_EQ(family->name, "pets");
  EXPECT_EQ(family->file, file);
  EXPECT_THAT(family->labels, ElementsAre("tabby", "siamese"));
  ASSERT_EQ(family->members.size(), 1U);
  EXPECT_EQ(family->members[0].file, folder.path() / "nets/cat.onnx");
  EXPECT_EQ(family->members[0].version, 1);
}

TEST(LoadFamily, TakesTheHighestVersionOfTheRepositoryLayout) {
  TemporaryFolder folder;
  folder.write("labels.txt", "tabby\n");
  for (const auto* version : {"2", "10", "9", "011", "99x", "-12", "0"}) {
    folder.write(fs::path("cat") / version / "model.onnx", "");
  }
  folder.write("cat/config.pbtxt", "platform: 'onnxruntime_onnx'");
  folder.write("cat/77", "a file, not a version");
  const Result<Family> family = load_family(folder.write("pets.family.toml", kLayout));
  ASSERT_TRUE(family) << family.error().message;
  EXPECT_EQ(family->members[0].version, 10);
  EXPECT_EQ(family->members[0].file, folder.path() / "cat/10/model.onnx");
}

TEST(LoadFamily, TakesThePinnedVersion) {
  TemporaryFolder folder;
  folder.write("labels.txt", "tabby\n");
  for (const auto* version : {"2", "10"})
    folder.write(fs::path("cat") / version / "model.onnx", "");
  const std::string pinned = std::string(kLayout) + "\nversion = 2\n";
  const Result<Family> family = load_family(folder.write("pets.family.toml", pinned));
  ASSERT_TRUE(family) << family.error().message;
  EXPECT_EQ(family->members[0].version, 2);
  EXPECT_EQ(family->members[0].file, folder.path() / "cat/2/model.onnx");
  const Result<Family> both =
      load_family(folder.write("pets.family.toml", pinned + "file = 'cat/2/model.onnx'\n"));
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().message, HasSubstr("has a 'file' and a 'version'"));
}

TEST(LoadFamily, SaysWhatItLookedFor) {
  struct Row {
    std::string_view says;
    std::string_view text;
    std::vector<fs::path> files;
    std::string_view place;
    std::string_view path;
  };
  const Row rows[] = {
      {"no labels", kStated, {"nets/cat.onnx"}, ":2: no labels file", "labels.txt"},
      {"no stated file", kStated, {"labels.txt"}, ":3: model 'cat': no file", "nets/cat.onnx"},
      {"a folder for a file", kStated, {"labels.txt", "nets/cat.onnx/x"}, ":3: ", "nets/cat.onnx"},
      {"no version at all",
       kLayout,
       {"labels.txt"},
       ":3: model 'cat' states no file",
       "cat/<version>/model.onnx"},
      {"no model in the highest",
       kLayout,
       {"labels.txt", "cat/1/model.onnx", "cat/2/x.onnx"},
       ":3: model 'cat': no file",
       "cat/2/model.onnx"},
  };
  for (const Row& row : rows) {
    TemporaryFolder folder;
    for (const fs::path& file : row.files) folder.write(file, "a\n");
    const fs::path file = folder.write("pets.family.toml", row.text);
    const Result<Family> family = load_family(file);
    ASSERT_FALSE(family) << row.says;
    EXPECT_EQ(family.error().code, ErrorCode::kNotFound) << row.says;
    EXPECT_THAT(family.error().message,
                AllOf(StartsWith(file.string() + std::string(row.place)),
                      HasSubstr("'" + (folder.path() / row.path).string() + "'")))
        << row.says;
  }
}

TEST(LoadFamily, NamesAFamilyFileThatIsMissing) {
  TemporaryFolder folder;
  const fs::path file = folder.path() / "pets.family.toml";
  const Result<Family> family = load_family(file);
  ASSERT_FALSE(family);
  EXPECT_EQ(family.error(),
            (Error{ErrorCode::kNotFound, "no family file '" + file.string() + "'"}));
}

TEST(LoadFamily, NamesBothFilesOfABrokenLabel) {
  TemporaryFolder folder;
  folder.write("labels.txt", "a\n\nb\n");
  folder.write("nets/cat.onnx", "");
  const fs::path file = folder.write("pets.family.toml", kStated);
  const Result<Family> family = load_family(file);
  ASSERT_FALSE(family);
  EXPECT_EQ(family.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(family.error().message,
              StartsWith(file.string() + ":2: " + (folder.path() / "labels.txt:2: ").string()));
}

}  // namespace
}  // namespace cnnselect
