// Requests over the wire while models are loaded anew, sent away and brought back: none may fail,
// and each answer must be, to the bit, that of a whole model.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "base/testing/temporary_folder.h"
#include "net/testing/raw_client.h"
#include "tests/live_server.h"

namespace cnnselect {
namespace {

struct NamedModel {
  const char* name;
  std::size_t side;
};
constexpr std::array<NamedModel, 3> kModels = {
    {{"mobilenet_025_32", 32}, {"mobilenet_025_48", 48}, {"mobilenet_025_64", 64}}};
constexpr int kClients = 4;
constexpr int kRequestsEach = 2'500;
constexpr int kReloads = 50;

/// A tensor for the model, in JSON and what follows it.
std::string request_for(const NamedModel& model) {
  const std::size_t values = 3 * model.side * model.side;
  const std::string json =
      fmt::format(R"({{"inputs":[{{"name":"input","datatype":"FP32","shape":[1,3,{0},{0}],)"
                  R"("parameters":{{"binary_data_size":{1}}}}}],)"
                  R"("outputs":[{{"name":"logits","parameters":{{"binary_data":true}}}}]}})",
                  model.side, values * sizeof(float));
  std::string tensor(values * sizeof(float), '\0');
  for (std::size_t i = 0; i < values; ++i) {
    const float value = static_cast<float>(i % 97) / 48.5F - 1.0F;
    std::memcpy(tensor.data() + i * sizeof(value), &value, sizeof(value));
  }
  return fmt::format(
      "POST /v2/models/{}/infer HTTP/1.1\r\nHost: t\r\nInference-Header-Content-Length: {}\r\n"
      "Content-Length: {}\r\n\r\n{}{}",
      model.name, json.size(), json.size() + tensor.size(), json, tensor);
}

/// The logits' bytes; what is before them tells times, which differ.
std::string logits(const RawResponse& response) {
  constexpr std::size_t kBytes = 100 * sizeof(float);
  if (response.status != 200 || response.body.size() < kBytes) {
    return std::to_string(response.status) + " " + response.body;
  }
  return response.body.substr(response.body.size() - kBytes);
}

TEST(IntegrationReload, TenThousandRequestsThroughFiftyReloadsAndManyEvictions) {
  const TemporaryFolder folder;
  std::filesystem::copy(test::kZoo / "repository", folder.path(),
                        std::filesystem::copy_options::recursive);
  // Every model is measured as 20 MB, and two of the seven fit.
  std::atomic<std::uint64_t> grown = 0;
  test::LiveServer server(
      folder.path(), {}, {},
      {.threads = 2, .check = check_member, .memory = 50'000'000, .process_bytes = [&] {
         return grown += 20'000'000;
       }});
  std::map<std::string, std::string> expected;
  for (const auto& model : kModels) {
    RawClient client(static_cast<std::uint16_t>(std::stoi(server.url().port)));
    client.send(request_for(model));
    expected[model.name] = logits(client.read());
    ASSERT_EQ(expected[model.name].size(), 400U) << expected[model.name];
  }

  std::atomic<int> answered = 0;
  std::atomic<int> wrong = 0;
  std::string first_wrong;
  std::once_flag once;
  {
    std::vector<std::jthread> clients;
    for (int number = 0; number < kClients; ++number) {
      clients.emplace_back([&, number] {
        RawClient client(static_cast<std::uint16_t>(std::stoi(server.url().port)));
        for (int i = 0; i < kRequestsEach; ++i) {
          const NamedModel& model = kModels.at(static_cast<std::size_t>(number + i / 50) % 3);
          client.send(request_for(model));
          const std::string answer = logits(client.read());
          ++answered;
          if (answer == expected.at(model.name)) continue;
          ++wrong;
          std::call_once(once, [&] { first_wrong = answer; });
        }
      });
    }
    for (int i = 0; i < kReloads; ++i) {
      while (answered < kClients * kRequestsEach / kReloads * i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      const auto& model = kModels.at(static_cast<std::size_t>(i) % 3);
      // A new version of the same content; the old ones go when nobody needs them any more.
      const auto versions = folder.path() / model.name;
      std::filesystem::copy(versions / std::to_string(1 + i / 3), versions / "aside");
      std::filesystem::rename(versions / "aside", versions / std::to_string(2 + i / 3));
      std::promise<Status> done;
      server.service().load(model.name, [&](Status status) { done.set_value(std::move(status)); });
      const Status loaded = done.get_future().get();
      EXPECT_TRUE(loaded) << loaded.error().message;
      std::filesystem::remove_all(versions / std::to_string(1 + i / 3));
    }
  }
  EXPECT_EQ(wrong, 0) << first_wrong.substr(0, 200);
  EXPECT_GT(server.models().memory()->evictions, 100U);
}

}  // namespace
}  // namespace cnnselect
