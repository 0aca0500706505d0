#include "report/wrapped_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WrappedText, BreaksAtSpacesAndNowhereElse) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("one two three", 13), ElementsAre("one two three"));
  EXPECT_THAT(wrapped("a  b", 10), ElementsAre("a b")) << "several spaces are one";
  EXPECT_THAT(wrapped("see http://example.org/long or not", 10),
              ElementsAre("see", "http://example.org/long", "or not"));
}

TEST(WrappedText, KeepsTheBreaksItIsGiven) {
  EXPECT_THAT(wrapped("one\ntwo three", 20), ElementsAre("one", "two three"));
  EXPECT_THAT(wrapped("one\n\ntwo", 20), ElementsAre("one", "", "two"));
  EXPECT_THAT(wrapped("", 20), IsEmpty());
}

}  // namespace
}  // namespace cnnselect
