#include "spans/span_exporter.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "spans/testing/fake_collector.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

std::vector<Span> spans(std::size_t count) {
  return std::vector<Span>(count, Span{.name = "infer"});
}

std::size_t spans_in(const std::string& body) {
  std::size_t count = 0;
  for (auto at = body.find("\"traceId\""); at != std::string::npos; ++count) {
    at = body.find("\"traceId\"", at + 1);
  }
  return count;
}

class SpanExporterTest : public ::testing::Test {
 protected:
  void start(const SpanExporterOptions& options) {
    exporter_ = std::make_unique<SpanExporter>(std::make_unique<FakeCollector>(script_),
                                               SpanResource{}, options);
  }
  /// Ends it; what was counted before it was gone cannot be asked for afterwards.
  void end() { exporter_.reset(); }

  bool soon(const std::function<bool(const SpanCounts&)>& reached) {
    for (int i = 0; i < 5'000; ++i) {
      if (reached(exporter_->counts())) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  const std::shared_ptr<CollectorScript> script_ = std::make_shared<CollectorScript>();
  std::unique_ptr<SpanExporter> exporter_;
};

TEST_F(SpanExporterTest, SendsAFullBatchAtOnce) {
  start({.batch = 4, .period = 1h});
  exporter_->add(spans(3));
  exporter_->add(spans(2));
  ASSERT_TRUE(script_->wait_for_posts(1));
  EXPECT_EQ(spans_in(script_->bodies()[0]), 4U);
  EXPECT_TRUE(soon([](const SpanCounts& counts) { return counts.exported == 4; }));
  end();
  ASSERT_EQ(script_->bodies().size(), 2U) << "the rest goes at the end";
  EXPECT_EQ(spans_in(script_->bodies()[1]), 1U);
}

TEST_F(SpanExporterTest, SendsWhatThereIsAfterAPeriod) {
  start({.batch = 100, .period = 1ms});
  exporter_->add(spans(3));
  ASSERT_TRUE(script_->wait_for_posts(1));
  EXPECT_EQ(spans_in(script_->bodies()[0]), 3U);
}

TEST_F(SpanExporterTest, NothingIsSentWhenThereIsNothing) {
  start({.period = 1ms});
  end();
  EXPECT_TRUE(script_->bodies().empty());
}

TEST_F(SpanExporterTest, TriesAgainWithTheSameBatch) {
  script_->answer({.status = 503});
  script_->answer({.error = "no connection"});
  start({.batch = 2, .period = 1h, .retry = {.first_pause = 1ms}});
  exporter_->add(spans(2));
  ASSERT_TRUE(soon([](const SpanCounts& counts) { return counts.exported == 2; }));
  EXPECT_EQ(exporter_->counts().failures, 2U);
  EXPECT_EQ(exporter_->counts().dropped, 0U);
  ASSERT_EQ(script_->bodies().size(), 3U);
  EXPECT_EQ(script_->bodies()[0], script_->bodies()[2]);
}

TEST_F(SpanExporterTest, GivesUpWhatIsRefusedAndGoesOn) {
  script_->answer({.status = 400, .body = "no"});
  start({.batch = 2, .period = 1h});
  exporter_->add(spans(2));
  ASSERT_TRUE(soon([](const SpanCounts& counts) { return counts.dropped == 2; }));
  exporter_->add(spans(2));
  ASSERT_TRUE(soon([](const SpanCounts& counts) { return counts.exported == 2; }));
  EXPECT_EQ(exporter_->counts().failures, 1U);
}

TEST_F(SpanExporterTest, CountsWhatACollectorTakesInPart) {
  script_->answer({.status = 200, .body = R"({"partialSuccess":{"rejectedSpans":"1"}})"});
  start({.batch = 3, .period = 1h});
  exporter_->add(spans(3));
  ASSERT_TRUE(soon([](const SpanCounts& counts) { return counts.exported == 2; }));
  EXPECT_EQ(exporter_->counts().dropped, 1U);
}

TEST_F(SpanExporterTest, AHangingCollectorBlocksNobodyAndWhatIsTooMuchIsDropped) {
  script_->hang(true);
  start({.max_pending = 10, .batch = 2, .period = 1h, .last_flush = 1ms});
  exporter_->add(spans(2));
  ASSERT_TRUE(script_->wait_for_posts(1));
  for (int i = 0; i < 8; ++i) exporter_->add(spans(3));
  EXPECT_EQ(exporter_->counts().dropped, 15U) << "three requests fit; a request goes as a whole";
  end();  // returns although nobody answers
  EXPECT_EQ(script_->bodies().size(), 1U);
}

TEST_F(SpanExporterTest, AtTheEndAllBatchesGo) {
  start({.batch = 2, .period = 1h});
  script_->hang(true);
  exporter_->add(spans(2));
  ASSERT_TRUE(script_->wait_for_posts(1));
  exporter_->add(spans(5));
  script_->hang(false);
  end();
  std::size_t sent = 0;
  for (const std::string& body : script_->bodies()) sent += spans_in(body);
  EXPECT_EQ(sent, 7U);
}

TEST_F(SpanExporterTest, TheEndDoesNotWaitForADeadCollector) {
  for (int i = 0; i < 3; ++i) script_->answer({.error = "no connection"});
  start({.batch = 2,
         .period = 1h,
         .last_flush = 10ms,
         .retry = {.first_pause = 1h, .longest_pause = 1h}});
  exporter_->add(spans(2));
  ASSERT_TRUE(script_->wait_for_posts(1));
  end();
  EXPECT_EQ(script_->bodies().size(), 1U);
}

}  // namespace
}  // namespace cnnselect
