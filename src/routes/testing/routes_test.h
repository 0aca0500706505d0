// For tests of the routes: a service that returns what it is given, and requests to it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/testing/fake_inference_api.h"
#include "http/testing/fake_exchange.h"
#include "routes/routes.h"

namespace cnnselect {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* kJson = "application/json";
inline constexpr const char* kSmallRequest =
    R"({"id":"7","inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.5,-2]}]})";

class RoutesTest : public ::testing::Test {
 protected:
  RoutesTest() {
    api_.set_state({"cnnselect", "0.1.0", {"binary_tensor_data"}, true, true, {"emoji", "small"}});
    api_.add_model({"small",
                    {"1"},
                    "onnxruntime_onnx",
                    {{"x", "FP32", {-1, 2}}},
                    {{"y", "FP32", {-1, 2}}},
                    true});
    api_.add_model({"emoji", {"1"}, "cnnselect_family", {}, {}, true});
    api_.add_model({"cold", {"1"}, "onnxruntime_onnx", {}, {}, false});
    api_.set_metrics("cnnselect_requests_total 3\n");
  }

  std::shared_ptr<FakeExchange> start(HttpRequest request) {
    auto exchange = std::make_shared<FakeExchange>();
    Routes(api_, rights_).handle(std::move(request), exchange);
    return exchange;
  }

  HttpResponse send(HttpRequest request) {
    const auto responses = start(std::move(request))->responses();
    EXPECT_THAT(responses, ::testing::SizeIs(1));
    return responses.empty() ? HttpResponse{} : responses.front();
  }

  HttpResponse get(std::string path) {
    HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    return send(request);
  }

  static HttpRequest post(std::string path, std::string body, Headers headers = {}) {
    HttpRequest request;
    request.method = "POST";
    request.path = std::move(path);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return request;
  }

  FakeInferenceApi api_;
  Rights rights_;
};

}  // namespace cnnselect
