#include "model/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Family family(std::string name, std::vector<std::string> models) {
  Family made;
  made.name = std::move(name);
  for (std::string& model : models) made.members.push_back({.name = std::move(model), .file = {}});
  return made;
}

TEST(Catalog, NumbersFamiliesAndModelsInOrder) {
  const Result<Catalog> catalog =
      Catalog::from({family("pets", {"cat", "dog"}), family("sky", {"sun"})});
  ASSERT_TRUE(catalog) << catalog.error().message;
  EXPECT_EQ(catalog->families().size(), 2U);
  ASSERT_EQ(catalog->models().size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(catalog->models()[i].id, ModelId{i});
  EXPECT_THAT(catalog->members(FamilyId{0}), ElementsAre(ModelId{0}, ModelId{1}));
  EXPECT_THAT(catalog->members(FamilyId{1}), ElementsAre(ModelId{2}));
  EXPECT_EQ(catalog->model(ModelId{2}).family, FamilyId{1});
  EXPECT_EQ(catalog->model(ModelId{2}).member.name, "sun");
  EXPECT_EQ(catalog->family(FamilyId{0}).name, "pets");
}

TEST(Catalog, FindsByNameAndOnlyWhatIsThere) {
  const Result<Catalog> catalog = Catalog::from({family("pets", {"cat", "dog"})});
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->find_family("pets"), FamilyId{0});
  EXPECT_EQ(catalog->find_model("dog"), ModelId{1});
  EXPECT_EQ(catalog->find_model("pets"), std::nullopt);
  EXPECT_EQ(catalog->find_family("cat"), std::nullopt);
  EXPECT_EQ(catalog->find_family(""), std::nullopt);
}

TEST(Catalog, RefusesANameThatIsUsedTwice) {
  struct Row {
    std::string_view says;
    std::vector<Family> families;
    std::string_view names;
  };
  const Row rows[] = {
      {"two families", {family("a", {"x"}), family("a", {"y"})}, "family 'a' and family 'a'"},
      {"one model in two families",
       {family("a", {"x"}), family("b", {"x"})},
       "model 'x' and model 'x'"},
      {"a family and another's model",
       {family("a", {"x"}), family("x", {"y"})},
       "model 'x' and family 'x'"},
      {"a family and its own model", {family("a", {"a"})}, "family 'a' and model 'a'"},
  };
  for (const Row& row : rows) {
    const Result<Catalog> catalog = Catalog::from(row.families);
    ASSERT_FALSE(catalog) << row.says;
    EXPECT_EQ(catalog.error().code, ErrorCode::kInvalidArgument) << row.says;
    EXPECT_THAT(catalog.error().message, HasSubstr(row.names)) << row.says;
  }
}

constexpr std::string_view kOneModel = R"(
name = "{}"
labels = "labels.txt"
[[model]]
name = "{}"
file = "net.onnx"
)";

std::string one_model(std::string_view family, std::string_view model) {
  std::string text(kOneModel);
  text.replace(text.find("{}"), 2, family);
  return text.replace(text.find("{}"), 2, model);
}

TEST(Catalog, ScansFamilyFilesInNameOrderAndNothingElse) {
  TemporaryFolder folder;
  folder.write("labels.txt", "a\nb\n");
  folder.write("net.onnx", "not read here");
  folder.write("2.family.toml", one_model("second", "m2"));
  folder.write("1.family.toml", one_model("first", "m1"));
  folder.write("notes.toml", "this is no TOML");
  folder.write("3.family.toml.bak", "nor is this");
  std::filesystem::create_directory(folder.path() / "folder.family.toml");
  const Result<Catalog> catalog = Catalog::scan(folder.path());
  ASSERT_TRUE(catalog) << catalog.error().message;
  ASSERT_EQ(catalog->families().size(), 2U);
  EXPECT_EQ(catalog->families()[0].name, "first");
  EXPECT_EQ(catalog->families()[1].name, "second");
  EXPECT_EQ(catalog->families()[1].file, folder.path() / "2.family.toml");
}

TEST(Catalog, SaysWhichRepositoryIsMissingOrEmpty) {
  TemporaryFolder folder;
  const Result<Catalog> missing = Catalog::scan(folder.path() / "nowhere");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr((folder.path() / "nowhere").string()));
  const Result<Catalog> empty = Catalog::scan(folder.path());
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(empty.error().message, HasSubstr(".family.toml"));
}

TEST(Catalog, NamesBothFilesOfAClashAndTheBrokenOne) {
  TemporaryFolder folder;
  folder.write("labels.txt", "a\n");
  folder.write("net.onnx", "");
  folder.write("1.family.toml", one_model("first", "m"));
  folder.write("2.family.toml", one_model("second", "m"));
  const Result<Catalog> clash = Catalog::scan(folder.path());
  ASSERT_FALSE(clash);
  EXPECT_THAT(clash.error().message, HasSubstr("1.family.toml"));
  EXPECT_THAT(clash.error().message, HasSubstr("2.family.toml"));
  folder.write("2.family.toml", "name = ");
  const Result<Catalog> broken = Catalog::scan(folder.path());
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("2.family.toml:1:"));
}

}  // namespace
}  // namespace cnnselect
