// Real POSIX shared memory, made and shortened by the test as a client would.
#include "oip/shared_memory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "oip/oip_shared_memory.h"
#include "oip/testing/shared_object.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> bytes(const std::string& text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

class SharedMemoryTest : public ::testing::Test {
 protected:
  std::string refusal(const SharedRegion& region) {
    const Status added = memory_.add(region);
    return added ? "no error" : added.error().message;
  }

  const SharedObject object_{"0123456789"};
  SharedMemory memory_{64};
};

TEST_F(SharedMemoryTest, ARegionIsReadAndWrittenWhereItLies) {
  ASSERT_TRUE(memory_.add({.name = "r", .key = object_.key(), .offset = 2, .size = 6}));
  EXPECT_EQ(memory_.read({.region = "r", .offset = 0, .size = 6}).value(), bytes("234567"));
  EXPECT_EQ(memory_.read({.region = "r", .offset = 4, .size = 2}).value(), bytes("67"));
  ASSERT_TRUE(memory_.write({.region = "r", .offset = 1, .size = 5}, bytes("ab")));
  EXPECT_EQ(object_.content(), "012ab56789");
}

TEST_F(SharedMemoryTest, RegionsAreListedAndForgotten) {
  const SharedRegion one{.name = "one", .key = object_.key(), .offset = 0, .size = 4};
  const SharedRegion two{.name = "two", .key = object_.key(), .offset = 4, .size = 4};
  ASSERT_TRUE(memory_.add(two));
  ASSERT_TRUE(memory_.add(one));
  EXPECT_EQ(memory_.regions("").value(), (std::vector{one, two}));
  EXPECT_EQ(memory_.regions("two").value(), std::vector{two});
  EXPECT_EQ(memory_.regions("three").error().message,
            "Unable to find system shared memory region: 'three'");
  memory_.remove("three");
  memory_.remove("two");
  EXPECT_EQ(memory_.regions("").value(), std::vector{one});
  memory_.remove("");
  EXPECT_TRUE(memory_.regions("").value().empty());
  EXPECT_FALSE(memory_.read({.region = "one", .offset = 0, .size = 1}));
}

TEST_F(SharedMemoryTest, WhatIsNoRegionIsNamed) {
  const std::string key = object_.key();
  ASSERT_TRUE(memory_.add({.name = "r", .key = key, .offset = 0, .size = 4}));
  EXPECT_EQ(refusal({.name = "r", .key = key, .offset = 0, .size = 4}),
            "shared memory region 'r' already in manager");
  EXPECT_THAT(refusal({.name = "x", .key = "/cnnselect_nowhere", .offset = 0, .size = 4}),
              HasSubstr("Unable to open shared memory region: '/cnnselect_nowhere': No such file"));
  for (const char* path : {"", "/", "name", "/../etc/passwd", "/a/b", "/..", "/."}) {
    EXPECT_THAT(refusal({.name = "x", .key = path, .offset = 0, .size = 4}),
                HasSubstr("want the name of a shared memory object"))
        << path;
  }
  EXPECT_EQ(refusal({.name = "x", .key = key, .offset = 7, .size = 4}),
            "shared memory region 'x' is 4 bytes from 7 on; object '" + key + "' has 10");
  EXPECT_THAT(refusal({.name = "x", .key = key, .offset = 0, .size = 0}), HasSubstr("is 0 bytes"));
  EXPECT_THAT(refusal({.name = "x", .key = key, .offset = ~0ULL, .size = 2}), HasSubstr("has 10"));
  EXPECT_THAT(refusal({.name = "", .key = key, .offset = 0, .size = 1}), HasSubstr("needs a name"));
}

TEST_F(SharedMemoryTest, ARangeMustLieWithinItsRegion) {
  ASSERT_TRUE(memory_.add({.name = "r", .key = object_.key(), .offset = 2, .size = 6}));
  for (const SharedRange& range : {SharedRange{"r", 0, 7}, SharedRange{"r", 6, 1},
                                   SharedRange{"r", ~0ULL, 2}, SharedRange{"r", 1, ~0ULL}}) {
    EXPECT_THAT(memory_.read(range).error().message, HasSubstr("Invalid offset + byte size"));
    EXPECT_FALSE(memory_.write(range, bytes("a")));
  }
  EXPECT_THAT(memory_.write({"r", 0, 1}, bytes("ab")).error().message,
              HasSubstr("is 1 bytes; it should be at least 2 bytes to hold the results"));
}

TEST_F(SharedMemoryTest, AnObjectThatBecomesShorterFailsItsRequestsOnly) {
  ASSERT_TRUE(memory_.add({.name = "r", .key = object_.key(), .offset = 0, .size = 10}));
  object_.shorten(4);
  EXPECT_THAT(memory_.read({"r", 0, 10}).error().message, HasSubstr("has become shorter"));
  EXPECT_THAT(memory_.write({"r", 2, 8}, bytes("abcdefgh")).error().message,
              HasSubstr("has become shorter"));
  EXPECT_EQ(object_.content(), "0123") << "and is not made longer";
  EXPECT_EQ(memory_.read({"r", 0, 4}).value(), bytes("0123"));
}

TEST_F(SharedMemoryTest, ATensorHasABound) {
  const SharedObject large(std::string(100, 'x'));
  ASSERT_TRUE(memory_.add({.name = "r", .key = large.key(), .offset = 0, .size = 100}));
  EXPECT_EQ(memory_.read({"r", 0, 65}).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(memory_.read({"r", 0, 64}));
}

TEST_F(SharedMemoryTest, TheInputsOfARequestHaveABoundTogether) {
  const SharedObject large(std::string(64, 'x'));
  ASSERT_TRUE(memory_.add({.name = "r", .key = large.key(), .offset = 0, .size = 64}));
  const auto fetch = [&](std::int64_t size) {
    InferRequest request;
    for (const char* name : {"x", "y"}) {
      request.inputs.push_back({.name = name,
                                .datatype = "UINT8",
                                .shape = {size},
                                .bytes = {},
                                .shared = SharedRange{"r", 0, static_cast<std::uint64_t>(size)}});
    }
    return fetch_shared_inputs(request, &memory_);
  };
  EXPECT_TRUE(fetch(32));
  EXPECT_EQ(fetch(33).error(),
            (Error{ErrorCode::kTooLarge, "the inputs in shared memory take more than 64 bytes"}));
}

TEST_F(SharedMemoryTest, InputsAreFetchedAndOutputsStored) {
  ASSERT_TRUE(memory_.add({.name = "r", .key = object_.key(), .offset = 0, .size = 10}));
  InferRequest request;
  request.inputs.push_back({.name = "x",
                            .datatype = "UINT8",
                            .shape = {3},
                            .bytes = {},
                            .shared = SharedRange{"r", 1, 3}});
  ASSERT_TRUE(fetch_shared_inputs(request, &memory_));
  const auto& fetched = request.inputs[0].bytes;
  EXPECT_EQ(std::vector(fetched.begin(), fetched.end()), bytes("123"));

  const std::vector<RequestedOutput> wanted = {{.name = "y", .shared = SharedRange{"r", 4, 6}},
                                               {.name = "z"}};
  InferResponse response;
  response.outputs = {{.name = "y", .datatype = "UINT8", .shape = {2}, .bytes = bytes("ab")},
                      {.name = "z", .datatype = "UINT8", .shape = {1}, .bytes = bytes("c")}};
  ASSERT_TRUE(store_shared_outputs(response, wanted, &memory_));
  EXPECT_EQ(object_.content(), "0123ab6789");
  EXPECT_EQ(response.outputs[0].shared, (SharedRange{"r", 4, 2}));
  EXPECT_TRUE(response.outputs[0].bytes.empty());
  EXPECT_EQ(response.outputs[1].bytes, bytes("c"));

  request.inputs[0].shared = SharedRange{"r", 1, 4};
  EXPECT_EQ(fetch_shared_inputs(request, &memory_).error().message,
            "input 'x': 4 bytes, UINT8 [3] has 3");
  request.inputs[0].shared = SharedRange{"s", 1, 3};
  EXPECT_EQ(fetch_shared_inputs(request, &memory_).error().message,
            "input 'x': Unable to find shared memory region: 's'");
  EXPECT_EQ(fetch_shared_inputs(request, nullptr).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(store_shared_outputs(response, wanted, nullptr).error().code, ErrorCode::kUnsupported);
}

TEST(OipSharedMemory, TheBodyOfARegistrationIsChecked) {
  EXPECT_EQ(parse_shared_region("r", R"({"key":"/k","offset":2,"byte_size":6})").value(),
            (SharedRegion{.name = "r", .key = "/k", .offset = 2, .size = 6}));
  EXPECT_EQ(parse_shared_region("r", R"({"byte_size":6,"key":"/k"})")->offset, 0U);
  EXPECT_EQ(parse_shared_region("r", R"({"key":1})").error().message, "key is 1; want a string");
  EXPECT_THAT(parse_shared_region("r", R"({"key":"/k","byte_size":-1})").error().message,
              HasSubstr("byte_size is -1"));
}

TEST(OipSharedMemory, TheStatusHasTheReferencesFields) {
  EXPECT_EQ(shared_regions_json(
                std::vector<SharedRegion>{{.name = "r", .key = "/k", .offset = 2, .size = 6}}),
            R"([{"name":"r","key":"/k","offset":2,"byte_size":6}])");
  EXPECT_EQ(shared_regions_json({}), "[]");
}

}  // namespace
}  // namespace cnnselect
