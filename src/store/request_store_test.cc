#include "store/request_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

LoggedRequest request(std::int64_t when) {
  return {.unix_ms = when,
          .family = "emoji",
          .asked = "emoji",
          .outcome = "in_time",
          .model = "m",
          .policy = "cnnselect",
          .reason = "explored",
          .probability = 0.25,
          .sla = 300ms,
          .input = 40ms,
          .output = 20ms,
          .budget = 235ms,
          .queue = 5ms,
          .infer = 12'500us,
          .network_class = "lte",
          .bytes = 110'000};
}

class RequestStoreTest : public testing::Test {
 protected:
  std::string csv() {
    std::ostringstream text;
    EXPECT_TRUE(store_.write_csv(text));
    return text.str();
  }
  TemporaryFolder folder_;
  RequestStore store_ =
      RequestStore::open(folder_.path() / "s.db", Database::Mode::kCreate).value();
};

TEST_F(RequestStoreTest, KeepsEveryField) {
  ASSERT_TRUE(store_.append(std::vector{request(1'000)}, 10));
  EXPECT_EQ(csv(),
            "id,unix_ms,family,asked,outcome,error,model,policy,reason,probability,sla_ms,"
            "elapsed_ms,input_ms,output_ms,threshold_ms,budget_ms,decode_ms,queue_ms,prepare_ms,"
            "infer_ms,server_ms,network_class,rtt_ms,last_input_ms,last_output_ms,device_ms,"
            "device_top1,bytes\n"
            "1,1000,emoji,emoji,in_time,,m,cnnselect,explored,0.25,300.0,0.0,40.0,20.0,0.0,235.0,,"
            "5.0,,12.5,,lte,,,,,,110000\n");
}

TEST_F(RequestStoreTest, WhatFailedSaysWhyInOneCell) {
  LoggedRequest failed = request(1);
  failed.outcome = "bad_request";
  failed.error = "a \"photo\", of 3 bytes";
  failed.model.reset();
  ASSERT_TRUE(store_.append(std::vector{failed}, 10));
  EXPECT_THAT(csv(), HasSubstr(",bad_request,\"a \"\"photo\"\", of 3 bytes\",,cnnselect,"));
}

TEST_F(RequestStoreTest, KeepsTheNewest) {
  for (std::int64_t i = 1; i <= 25; ++i) {
    ASSERT_TRUE(store_.append(std::vector{request(i), request(1'000 + i)}, 10));
    EXPECT_EQ(store_.count(), std::min<std::int64_t>(2 * i, 10));
  }
  EXPECT_THAT(csv(), HasSubstr("\n41,21,"));
  EXPECT_THAT(csv(), HasSubstr("\n50,1025,"));
  ASSERT_TRUE(store_.append(std::vector(30, request(7)), 10));
  EXPECT_EQ(store_.count(), 10) << "more at once than are kept";
}

TEST_F(RequestStoreTest, CanBeCleared) {
  ASSERT_TRUE(store_.append(std::vector(3, request(7)), 10));
  EXPECT_EQ(store_.clear(), 3);
  EXPECT_EQ(store_.count(), 0);
}

}  // namespace
}  // namespace cnnselect
