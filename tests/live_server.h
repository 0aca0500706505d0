// A whole server in this process, over real HTTP on a free port of the loopback interface: what the
// end-to-end tests talk to.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "backend/image_classifier.h"
#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "http/content_coding.h"
#include "http/http_server.h"
#include "load/classify_answer.h"
#include "load/sender.h"
#include "routes/routes.h"
#include "service/inference_service.h"

namespace cnnselect::test {

inline const std::filesystem::path kZoo = std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo";

class LiveServer {
 public:
  /// Loads every model of `repository`; a failure there fails the test.
  explicit LiveServer(const std::filesystem::path& repository, const ServiceOptions& options = {},
                      const HttpServerOptions& http = {},
                      ModelManager::Options models = {.threads = 2, .check = check_member})
      : catalog_(Catalog::scan(repository).value()),
        models_(catalog_, backend_, clock_, std::move(models)) {
    const Status loaded = models_.load_all();
    EXPECT_TRUE(loaded) << loaded.error().message;
    service_ = InferenceService::create(catalog_, models_, clock_, {.workers = 2}, options).value();
    service_->set_ready(true);
    routes_ = std::make_unique<Routes>(*service_, Rights{.models = true});
    bodies_ = std::make_unique<ContentCoding>(*routes_, http.max_body_bytes);
    http_ = HttpServer::start(http, *bodies_, clock_).value();
  }

  /// The answers' bodies, in the order of the requests; each is sent at once and on its own.
  std::vector<Result<std::string>> post_all(const std::vector<ShapedRequest>& requests) {
    std::vector<Result<std::string>> answers(requests.size(),
                                             fail(ErrorCode::kInternal, "no outcome"));
    const Status sent = send_shaped(
        url(), requests, {}, clock_,
        [&](std::size_t i, ShapedOutcome outcome) { answers[i] = std::move(outcome.body); });
    EXPECT_TRUE(sent);
    return answers;
  }

  Result<std::string> post(const std::string& target, const std::string& body) {
    return post_all({{.target = target, .body = std::as_bytes(std::span(body))}}).front();
  }

  /// Fails the test unless the answer is that of a photo.
  ClassifyAnswer classify(const std::string& target, const std::string& photo) {
    const auto body = post(target, photo);
    EXPECT_TRUE(body.has_value()) << body.error().message;
    return parse_classify_answer(body.value_or("")).value_or(ClassifyAnswer{});
  }

  ServerUrl url() const { return {.host = "127.0.0.1", .port = std::to_string(http_->port())}; }
  const ModelManager& models() const { return models_; }
  InferenceApi& service() { return *service_; }
  const Catalog& catalog() const { return catalog_; }
  const Clock& clock() const { return clock_; }

 private:
  RealClock clock_;
  OnnxRuntimeBackend backend_;
  Catalog catalog_;
  ModelManager models_;
  std::unique_ptr<InferenceService> service_;
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<ContentCoding> bodies_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace cnnselect::test
