// The two protocols side by side, each with and without TLS, and what loading a model does to those
// who ask for another.
//
//   wire_bench [protocols|tls|reload]...     default: all
//
// On the ImageNet networks when they are there (tests/imagenet_family.h), else on the embedded
// family. The client runs on the same machine and takes its share of the processor.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>

#include "backend/onnxruntime_backend.h"
#include "bench/server_process.h"
#include "bench/subject.h"
#include "bench/timing.h"
#include "net/testing/certificates.h"
#include "net/testing/raw_client.h"
#include "proto/open_inference.grpc.pb.h"
#include "report/run_header.h"
#include "report/table.h"
#include "stats/percentile.h"

namespace cnnselect::bench {
namespace {

constexpr int kWarmUp = 20;
constexpr int kPairs = 400;
constexpr int kRounds = 5;
constexpr auto kRoundTime = std::chrono::seconds(8);

Duration quantile(std::vector<Duration> times, double fraction) {
  std::ranges::sort(times);
  return percentile_of_sorted(std::span<const Duration>(times), fraction).value();
}

/// One tensor for a model, as a request of either protocol.
class TensorRequest {
 public:
  explicit TensorRequest(const FamilyMember& member) {
    OnnxRuntimeBackend backend({.intra_op_threads = 1});
    const auto model = backend.load(member.file).value();
    auto shape = model->input().shape;
    shape.front() = 1;
    std::size_t count = 1;
    for (const auto size : shape) count *= static_cast<std::size_t>(size);
    std::vector<float> values(count);
    std::minstd_rand numbers(1);
    for (float& value : values) value = static_cast<float>(numbers() % 2'000) / 500.0F - 2.0F;
    const std::string raw(reinterpret_cast<const char*>(values.data()), count * sizeof(float));

    const std::string json = fmt::format(
        R"({{"inputs":[{{"name":"{}","datatype":"FP32","shape":[{}],)"
        R"("parameters":{{"binary_data_size":{}}}}}],"parameters":{{"binary_data_output":true}}}})",
        model->input().name, fmt::join(shape, ","), raw.size());
    body_ = json + raw;
    head_ = fmt::format(
        "POST /v2/models/{}/infer HTTP/1.1\r\nHost: bench\r\nInference-Header-Content-Length: "
        "{}\r\nContent-Length: {}\r\n\r\n",
        member.name, json.size(), body_.size());
    message_.set_model_name(member.name);
    auto& input = *message_.add_inputs();
    input.set_name(model->input().name);
    input.set_datatype("FP32");
    input.mutable_shape()->Assign(shape.begin(), shape.end());
    message_.add_raw_input_contents(raw);
  }

  void send(RawClient& client) const {
    client.send(head_ + body_);
    if (client.read().status != 200) throw std::runtime_error("not answered");
  }
  void send(BlockingClient& client) const { client.ask(head_, std::as_bytes(std::span(body_))); }
  void send(inference::GRPCInferenceService::Stub& stub) const {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    const auto status = stub.ModelInfer(&context, message_, &response);
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }

 private:
  std::string head_;
  std::string body_;
  inference::ModelInferRequest message_;
};

void protocols(const Subject& subject) {
  fmt::print("\nProtocols: one worker, one kept connection each, binary FP32 tensor, {} pairs\n",
             kPairs);
  Table table(
      {{"model", Table::Align::kLeft}, {"HTTP ms"}, {"gRPC ms"}, {"gRPC / HTTP"}, {"p95 ratio"}});
  const ServerProcess server({"--models", subject.repository.string(), "--workers", "1"});
  const auto stub = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(server.grpc_port()), grpc::InsecureChannelCredentials()));
  for (const CatalogModel& model : subject.catalog.models()) {
    const TensorRequest request(model.member);
    BlockingClient client(server.port());
    for (int i = 0; i < kWarmUp; ++i) {
      request.send(client);
      request.send(*stub);
    }
    std::vector<Duration> http;
    std::vector<Duration> grpc;
    for (int i = 0; i < kPairs; ++i) {
      http.push_back(time_of([&] { request.send(client); }));
      grpc.push_back(time_of([&] { request.send(*stub); }));
    }
    const auto ratio = [&](double fraction) {
      return fmt::format("{:.3f}",
                         to_ms(quantile(grpc, fraction)) / to_ms(quantile(http, fraction)));
    };
    table.add({model.member.name, fmt::format("{:.3f}", to_ms(quantile(http, 0.5))),
               fmt::format("{:.3f}", to_ms(quantile(grpc, 0.5))), ratio(0.5), ratio(0.95)});
  }
  fmt::print("{}", table.text());
}

/// A server with TLS beside one without, and the same clients of both.
void tls(const Subject& subject) {
  fmt::print(
      "\nTLS 1.3: one worker, one kept connection each, a photo and binary FP32 tensors, {} "
      "pairs\n",
      kPairs);
  Table table({{"request", Table::Align::kLeft},
               {"protocol", Table::Align::kLeft},
               {"plain p50 ms"},
               {"TLS p50 ms"},
               {"more ms"},
               {"p95 more ms"}});
  const TestTls files;
  const auto certificate = files.files();
  const std::vector<std::string> common{"--models", subject.repository.string(), "--workers", "1"};
  std::vector<std::string> with_tls = common;
  with_tls.insert(with_tls.end(), {"--tls-certificate", certificate.certificate.string(),
                                   "--tls-key", certificate.key.string()});
  const ServerProcess plain_server(common);
  const ServerProcess tls_server(with_tls);
  const auto stub = [](const ServerProcess& server, const auto& credentials) {
    return inference::GRPCInferenceService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server.grpc_port()), credentials));
  };
  const auto plain_stub = stub(plain_server, grpc::InsecureChannelCredentials());
  const auto tls_stub =
      stub(tls_server, grpc::SslCredentials({.pem_root_certs = files.authority().certificate()}));
  const auto compare = [&](const std::string& what, const char* protocol, const auto& send,
                           auto& one, auto& other) {
    std::vector<Duration> without;
    std::vector<Duration> with;
    for (int i = 0; i < kWarmUp + kPairs; ++i) {
      const Duration first = time_of([&] { send(one); });
      const Duration second = time_of([&] { send(other); });
      if (i < kWarmUp) continue;
      without.push_back(first);
      with.push_back(second);
    }
    const auto more = [&](double fraction) {
      return fmt::format("{:.3f}", to_ms(quantile(with, fraction) - quantile(without, fraction)));
    };
    table.add({what, protocol, fmt::format("{:.3f}", to_ms(quantile(without, 0.5))),
               fmt::format("{:.3f}", to_ms(quantile(with, 0.5))), more(0.5), more(0.95)});
  };
  RawClient plain(plain_server.port());
  RawClient secure(tls_server.port(), {.authority = files.authority_file()});
  const std::string photo =
      photo_requests(subject.catalog.families().front().name, std::chrono::milliseconds(1)).front();
  const auto send_photo = [&photo](RawClient& client) {
    client.send(photo);
    if (client.read().status != 200) throw std::runtime_error("not answered");
  };
  compare(fmt::format("photo of {:.1f} kB, fastest model", static_cast<double>(photo.size()) / 1e3),
          "HTTP", send_photo, plain, secure);
  for (const CatalogModel& model : subject.catalog.models()) {
    const TensorRequest request(model.member);
    const auto send = [&request](auto& client) { request.send(client); };
    compare(model.member.name, "HTTP", send, plain, secure);
    compare(model.member.name, "gRPC", send, *plain_stub, *tls_stub);
  }
  fmt::print("{}", table.text());
}

/// Latencies of one client that asks all the time, for as long as a round takes.
std::vector<Duration> ask_for_a_round(const ServerProcess& server, const TensorRequest& request) {
  BlockingClient client(server.port());
  std::vector<Duration> times;
  for (const auto until = Clock::now() + kRoundTime; Clock::now() < until;) {
    times.push_back(time_of([&] { request.send(client); }));
  }
  return times;
}

void reload(const Subject& subject) {
  const auto heaviest = std::ranges::max_element(
      subject.catalog.models(), {},
      [](const CatalogModel& model) { return std::filesystem::file_size(model.member.file); });
  fmt::print("\nLoading '{}' again and again while one client asks for another model; {} rounds\n",
             heaviest->member.name, kRounds);
  const ServerProcess server(
      {"--models", subject.repository.string(), "--model-control", "explicit"});
  Table table({{"model", Table::Align::kLeft},
               {"p50 ms"},
               {"p99 ms"},
               {"p50 while loading"},
               {"p99 while loading"},
               {"p99 ratio"},
               {"spread"},
               {"loads"}});
  for (const CatalogModel& model : subject.catalog.models()) {
    if (model.id == heaviest->id) continue;
    const TensorRequest request(model.member);
    ask_for_a_round(server, request);
    std::vector<Duration> quiet;
    std::vector<Duration> loading;
    std::vector<double> ratios;
    std::atomic<int> loads = 0;
    for (int round = 0; round < kRounds; ++round) {
      const auto alone = ask_for_a_round(server, request);
      std::vector<Duration> beside;
      {
        std::atomic<bool> done = false;
        const std::jthread loader([&] {
          BlockingClient control(server.port());
          while (!done) {
            control.ask(fmt::format("POST /v2/repository/models/{}/load HTTP/1.1\r\nHost: "
                                    "bench\r\nContent-Length: 0\r\n\r\n",
                                    heaviest->member.name),
                        {});
            ++loads;
          }
        });
        beside = ask_for_a_round(server, request);
        done = true;
      }
      ratios.push_back(to_ms(quantile(beside, 0.99)) / to_ms(quantile(alone, 0.99)));
      quiet.insert(quiet.end(), alone.begin(), alone.end());
      loading.insert(loading.end(), beside.begin(), beside.end());
    }
    std::ranges::sort(ratios);
    table.add({model.member.name, fmt::format("{:.2f}", to_ms(quantile(quiet, 0.5))),
               fmt::format("{:.2f}", to_ms(quantile(quiet, 0.99))),
               fmt::format("{:.2f}", to_ms(quantile(loading, 0.5))),
               fmt::format("{:.2f}", to_ms(quantile(loading, 0.99))),
               fmt::format("{:.2f}", ratios[ratios.size() / 2]),
               fmt::format("{:.2f}..{:.2f}", ratios.front(), ratios.back()),
               std::to_string(loads.load())});
  }
  fmt::print("{}", table.text());
}

int run(std::vector<std::string> parts) {
  if (parts.empty()) parts = {"protocols", "tls", "reload"};
  const Subject subject = Subject::find();
  fmt::print("{}, {}\n{}\n", machine_text(), utc_now_text(), subject.repository.string());
  for (const std::string& part : parts) {
    if (part == "protocols") {
      protocols(subject);
    } else if (part == "tls") {
      tls(subject);
    } else if (part == "reload") {
      reload(subject);
    } else {
      fmt::print(stderr, "wire_bench: '{}'; allowed: protocols, tls, reload\n", part);
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace cnnselect::bench

int main(int argc, char** argv) { return cnnselect::bench::run({argv + 1, argv + argc}); }
