#include "routes/classify_request.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

using Fields = std::vector<std::pair<std::string, std::string>>;

HttpRequest raw(std::string body, std::string query = "") {
  HttpRequest request;
  request.method = "POST";
  request.query = std::move(query);
  request.headers = {{"Content-Type", "image/jpeg"}};
  request.body = std::move(body);
  return request;
}

HttpRequest form(const Fields& fields) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"content-type", "Multipart/form-data; boundary=line"}};
  for (const auto& [name, content] : fields) {
    request.body += "--line\r\nContent-Disposition: form-data; name=\"" + name + "\"";
    if (name == "file") request.body += "; filename=\"p.jpg\"\r\nContent-Type: image/jpeg";
    request.body += "\r\n\r\n" + content + "\r\n";
  }
  request.body += "--line--\r\n";
  return request;
}

std::string photo_of(const ClassifyRequest& request) {
  return request.body.substr(request.photo_offset, request.photo_size);
}

std::string message_of(HttpRequest request) {
  const auto read = read_classify_request(std::move(request), "emoji");
  return read ? "accepted" : read.error().message;
}

TEST(ClassifyRequest, TakesTheBodyAsThePhoto) {
  HttpRequest request = raw("photo", "sla_ms=250&top=3&id=r%201");
  request.first_byte = TimePoint(1s);
  request.last_byte = TimePoint(2s);
  request.rtt = 7ms;
  const auto read = read_classify_request(request, "emoji");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->family, "emoji");
  EXPECT_EQ(photo_of(*read), "photo");
  EXPECT_EQ(read->hints.sla, 250ms);
  EXPECT_EQ(read->top, 3);
  EXPECT_EQ(read->id, "r 1");
  EXPECT_EQ(read->arrival.first_byte, TimePoint(1s));
  EXPECT_EQ(read->arrival.last_byte, TimePoint(2s));
  EXPECT_EQ(read->arrival.rtt, 7ms);
}

TEST(ClassifyRequest, TakesAnyContentTypeButMultipart) {
  for (const char* const type :
       {"image/webp", "application/octet-stream", "application/x-www-form-urlencoded", ""}) {
    HttpRequest request = raw("photo");
    request.headers = {{"Content-Type", type}};
    EXPECT_EQ(message_of(request), "accepted") << type;
  }
  HttpRequest request = raw("photo");
  request.headers.clear();
  EXPECT_EQ(message_of(request), "accepted");
}

TEST(ClassifyRequest, TakesAFormWithAFileAndHints) {
  const auto read = read_classify_request(
      form({{"sla_ms", "90"}, {"file", "the photo\r\n"}, {"top", "1"}, {"rtt_ms", ""}}), "emoji");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(photo_of(*read), "the photo\r\n");
  EXPECT_EQ(read->hints.sla, 90ms);
  EXPECT_EQ(read->hints.rtt, std::nullopt) << "a blank field says nothing";
  EXPECT_EQ(read->top, 1);
}

TEST(ClassifyRequest, FormWinsOverQueryAndThatOverHeaders) {
  HttpRequest request = form({{"file", "photo"}, {"sla_ms", "100"}});
  request.query = "sla_ms=200&rtt_ms=20";
  request.headers.emplace_back("X-CNNSelect-SLA-MS", "300");
  request.headers.emplace_back("x-cnnselect-rtt-ms", "30");
  request.headers.emplace_back("x-cnnselect-network-class", "lte");
  const auto read = read_classify_request(request, "emoji");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->hints.sla, 100ms);
  EXPECT_EQ(read->hints.rtt, 20ms);
  EXPECT_EQ(read->hints.network_class, "lte");
}

struct BadPhotoCase {
  const char* why;
  HttpRequest request;
  const char* message;
};

TEST(ClassifyRequest, NamesWhatIsWrong) {
  HttpRequest bad_header = raw("photo");
  bad_header.headers.emplace_back("x-cnnselect-device-top1", "70");
  const BadPhotoCase cases[] = {
      {"no body", raw(""),
       "there is no photo: send an image as the body, or a form with a field 'file'"},
      {"an empty file", form({{"file", ""}}),
       "there is no photo: send an image as the body, or a form with a field 'file'"},
      {"no file", form({{"sla_ms", "5"}}),
       "the form has no field named 'file', which is where the photo goes"},
      {"two files", form({{"file", "a"}, {"file", "b"}}), "the form has two fields named 'file'"},
      {"a mistyped field", form({{"sla", "5"}, {"file", "a"}}),
       "form: 'sla' is not known; there are: file, top, id, sla_ms, rtt_ms, elapsed_ms, "
       "device_ms, device_top1, network_class, last_output_ms, last_input_ms, threshold_ms, "
       "policy, "
       "priority, timeout"},
      {"a mistyped query parameter", raw("photo", "Sla_ms=5"),
       "query: 'Sla_ms' is not known; there are: top, id, sla_ms, rtt_ms, elapsed_ms, device_ms, "
       "device_top1, network_class, last_output_ms, last_input_ms, threshold_ms, policy, "
       "priority, timeout"},
      {"a bad field", form({{"sla_ms", "-5"}, {"file", "a"}}),
       "form: sla_ms is -5; allowed: 0.001 to 3600000 milliseconds"},
      {"a bad header", bad_header,
       "header x-cnnselect-device-top1: device_top1 is 70; allowed: 0 to 1"},
      {"no classes", raw("photo", "top=0"), "query: top is '0'; allowed: 1 to 1000"},
      {"many classes", raw("photo", "top=1001"), "query: top is '1001'; allowed: 1 to 1000"},
      {"half a class", raw("photo", "top=2.5"), "query: top is '2.5'; allowed: 1 to 1000"},
      {"a long id", raw("photo", "id=" + std::string(257, 'i')),
       "query: id has 257 bytes; allowed: 256"},
      {"a broken escape", raw("photo", "id=%"),
       "query: '%' has a '%' without two hexadecimal digits after it"},
  };
  for (const BadPhotoCase& row : cases) EXPECT_EQ(message_of(row.request), row.message) << row.why;
}

TEST(ClassifyRequest, ABrokenFormIsRefused) {
  HttpRequest request = form({{"file", "photo"}});
  request.body.resize(request.body.size() - 8);
  EXPECT_NE(message_of(request), "accepted");
}

TEST(ClassifyRequest, APhotoInAShortFormSurvivesTheMove) {
  auto read = read_classify_request(form({{"file", "p"}}), "emoji");
  ASSERT_TRUE(read);
  const ClassifyRequest moved = *std::move(read);
  EXPECT_EQ(photo_of(moved), "p");
}

}  // namespace
}  // namespace cnnselect
