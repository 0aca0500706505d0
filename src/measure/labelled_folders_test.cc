#include "measure/labelled_folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kLabels = {"cat", "dog", "7"};

class LabelledFolders : public ::testing::Test {
 protected:
  LabelledFolders() {
    folder_.write("1/b.PNG", "b");
    folder_.write("7/c.webp", "c");
    folder_.write("cat/a.jpg", "a");
    folder_.write("cat/d.jpeg", "d");
    folder_.write("cat/notes.txt", "no picture");
    folder_.write("cat/.hidden.jpg", "no picture");
    folder_.write(".cache/x.jpg", "no class");
    folder_.write("README", "no folder");
  }
  std::filesystem::path at(const char* name) const { return folder_.path() / name; }

  TemporaryFolder folder_;
};

TEST_F(LabelledFolders, AFolderIsNamedByALabelOrByAnIndex) {
  const auto pictures = read_labelled_folders(folder_.path(), kLabels);
  ASSERT_TRUE(pictures) << pictures.error().message;
  const std::vector<LabelledPicture> expected{{at("1/b.PNG"), 1, "dog"},
                                              {at("7/c.webp"), 2, "7"},
                                              {at("cat/a.jpg"), 0, "cat"},
                                              {at("cat/d.jpeg"), 0, "cat"}};
  EXPECT_EQ(*pictures, expected);
}

TEST_F(LabelledFolders, WhereLabelsAreNotKnownANameIsTaken) {
  const auto pictures = read_labelled_folders(folder_.path(), {});
  ASSERT_TRUE(pictures) << pictures.error().message;
  EXPECT_EQ(pictures->at(0), (LabelledPicture{at("1/b.PNG"), 1, "1"}));
  EXPECT_EQ(pictures->at(2), (LabelledPicture{at("cat/a.jpg"), kNoIndex, "cat"}));
}

TEST_F(LabelledFolders, ErrorsNameTheFolderAndWhatIsAllowed) {
  folder_.write("dgo/a.jpg", "a");
  EXPECT_THAT(read_labelled_folders(folder_.path(), kLabels).error().message,
              HasSubstr("dgo is named by no class: neither a label (nearest: 'dog') nor a number "
                        "from 0 to 2"));
  EXPECT_THAT(read_labelled_folders(at("cat"), kLabels).error().message,
              HasSubstr("cat has no folders with pictures"));
  const auto missing = read_labelled_folders("/nowhere", kLabels);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(LabelledFolders, AnAnswerIsRightByIndexOrByLabel) {
  const LabelledPicture both{at("a"), 3, "cat"};
  EXPECT_TRUE(both.is(3, "anything"));
  EXPECT_TRUE(both.is(9, "cat")) << "where only the names are known";
  EXPECT_FALSE(both.is(9, "dog"));
  const LabelledPicture by_index{at("a"), 3};
  EXPECT_TRUE(by_index.is(3, ""));
  EXPECT_FALSE(by_index.is(2, ""));
}

}  // namespace
}  // namespace cnnselect
