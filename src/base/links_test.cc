#include "base/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LinksTest : public testing::Test {
 protected:
  void link(const std::string& to, const std::string& name) {
    fs::create_symlink(to, root() / name);
  }
  fs::path root() const { return fs::canonical(folder_.path()); }
  TemporaryFolder folder_;
};

TEST_F(LinksTest, EveryLinkOnTheWayAndOnTheWaysThatTheyName) {
  folder_.write("v2/nets/a.onnx", "x");
  link("v2", "current");
  link((root() / "current").string(), "models");
  EXPECT_THAT(links_on(root() / "models/nets/a.onnx"),
              ElementsAre(root() / "models", root() / "current"));
  EXPECT_THAT(links_on(root() / "v2/../current/nets"), ElementsAre(root() / "current"));
  EXPECT_THAT(links_on(root() / "v2/nets/a.onnx"), IsEmpty());
}

TEST_F(LinksTest, APathThatLeadsNowhereHasThoseUntilThere) {
  link("gone", "models");
  EXPECT_THAT(links_on(root() / "models/nets"), ElementsAre(root() / "models"));
  link("circle", "circle");
  EXPECT_THAT(links_on(root() / "circle"), SizeIs(testing::Le(40U)));
}

}  // namespace
}  // namespace cnnselect
