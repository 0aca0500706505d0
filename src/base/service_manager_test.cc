#include "base/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/testing/notified_socket.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

TEST(ServiceManager, IsToldThroughASocketInTheFileSystem) {
  const TemporaryFolder folder;
  const NotifiedSocket manager((folder.path() / "notify").string());
  ASSERT_TRUE(notify_service_manager(manager.name().c_str(), kServiceReady));
  ASSERT_TRUE(notify_service_manager(manager.name().c_str(), kServiceStopping));
  EXPECT_EQ(manager.take(), "READY=1");
  EXPECT_EQ(manager.take(), "STOPPING=1");
  EXPECT_EQ(manager.take(), "");
}

TEST(ServiceManager, IsToldThroughAnAbstractSocket) {
  const NotifiedSocket manager("@cnnselect-test-" + std::to_string(getpid()));
  ASSERT_TRUE(notify_service_manager(manager.name().c_str(), kServiceReady));
  EXPECT_EQ(manager.take(), "READY=1");
}

TEST(ServiceManager, NobodyWhoWantsToKnowIsNoError) {
  EXPECT_TRUE(notify_service_manager(nullptr, kServiceReady));
  EXPECT_TRUE(notify_service_manager("", kServiceReady));
}

TEST(ServiceManager, ASocketThatCannotBeOneIsNamed) {
  for (const std::string& wrong : {std::string("relative"), "/" + std::string(200, 'x')}) {
    const Status told = notify_service_manager(wrong.c_str(), kServiceReady);
    ASSERT_FALSE(told) << wrong;
    EXPECT_EQ(told.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(told.error().message, HasSubstr(wrong));
  }
}

TEST(ServiceManager, ASocketWithNobodyBehindItIsNamed) {
  const TemporaryFolder folder;
  const std::string nobody = (folder.path() / "notify").string();
  const Status told = notify_service_manager(nobody.c_str(), kServiceReady);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(told.error().message, HasSubstr(nobody));
}

}  // namespace
}  // namespace cnnselect
