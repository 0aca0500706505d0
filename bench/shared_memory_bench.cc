// What a tensor costs on its way into the server: in the body of an HTTP request, in a gRPC
// message, and in shared memory with either. The service behind them looks at every byte and
// answers with 1,000 numbers, so that what is measured is the way alone; the client's tensor lies
// in the shared memory already, which is the best case for it.
//
//   shared_memory_bench
//
// One kept connection each, the four in turn; client and server are threads of this process.
#include <fcntl.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/inference_api.h"
#include "base/clock.h"
#include "bench/server_process.h"
#include "bench/timing.h"
#include "http/http_server.h"
#include "oip/shared_memory.h"
#include "proto/open_inference.grpc.pb.h"
#include "report/run_header.h"
#include "report/table.h"
#include "routes/routes.h"
#include "rpc/grpc_server.h"
#include "stats/percentile.h"

namespace cnnselect::bench {
namespace {

constexpr int kWarmUp = 50;
constexpr int kRounds = 1000;

/// Reads its input as a model would, and has nothing else to do.
class ReadingApi final : public InferenceApi {
 public:
  ServerState state() const override { return {}; }
  Result<ModelInfo> model(std::string_view, std::string_view) const override { return ModelInfo{}; }
  std::vector<RepositoryEntry> repository() const override { return {}; }
  Result<std::vector<ModelStatistics>> statistics(std::string_view,
                                                  std::string_view) const override {
    return std::vector<ModelStatistics>();
  }
  Cancel infer(InferRequest request, Reply<InferResponse> reply) override {
    const auto bytes = request.inputs.front().bytes;
    const auto sum = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned all, auto byte) {
      return all + std::to_integer<unsigned>(byte);
    });
    std::vector<std::byte> output(1000 * sizeof(float), static_cast<std::byte>(sum & 0xffU));
    InferResponse response{.model = request.model, .version = "1", .id = "", .parameters = {}};
    response.outputs.push_back({.name = "y",
                                .datatype = "FP32",
                                .shape = {1, 1000},
                                .bytes = std::move(output),
                                .binary = true,
                                .shared = {}});
    reply(std::move(response));
    return [] {};
  }
  Cancel classify(ClassifyRequest, Reply<ClassifyResponse> reply) override {
    reply(fail(ErrorCode::kUnsupported, "not measured"));
    return [] {};
  }
  void load(std::string, Reply<void> reply) override { reply({}); }
  void unload(std::string, Reply<void> reply) override { reply({}); }
  std::string metrics() const override { return ""; }
};

/// A shared memory object of so many bytes.
class Object {
 public:
  explicit Object(std::size_t bytes) : key_(fmt::format("/cnnselect_bench_{}", getpid())) {
    file_ = shm_open(key_.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    const std::string content(bytes, 'x');
    if (file_ < 0 || pwrite(file_, content.data(), bytes, 0) != static_cast<ssize_t>(bytes)) {
      throw std::runtime_error("no shared memory");
    }
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() {
    close(file_);
    shm_unlink(key_.c_str());
  }
  const std::string& key() const { return key_; }

 private:
  std::string key_;
  int file_ = -1;
};

struct HttpTensor {
  std::string head;
  std::string body;

  HttpTensor(std::size_t bytes, const std::string& parameters, const std::string& tensor) {
    const std::string json = fmt::format(
        R"({{"inputs":[{{"name":"x","datatype":"UINT8","shape":[{}],"parameters":{{{}}}}}],)"
        R"("parameters":{{"binary_data_output":true}}}})",
        bytes, parameters);
    body = json + tensor;
    head = fmt::format(
        "POST /v2/models/m/infer HTTP/1.1\r\nHost: bench\r\nInference-Header-Content-Length: "
        "{}\r\nContent-Length: {}\r\n\r\n",
        json.size(), body.size());
  }
};

inference::ModelInferRequest message(std::size_t bytes) {
  inference::ModelInferRequest request;
  request.set_model_name("m");
  auto& input = *request.add_inputs();
  input.set_name("x");
  input.set_datatype("UINT8");
  input.add_shape(static_cast<std::int64_t>(bytes));
  return request;
}

void ask(inference::GRPCInferenceService::Stub& stub, const inference::ModelInferRequest& request) {
  grpc::ClientContext context;
  inference::ModelInferResponse response;
  const auto status = stub.ModelInfer(&context, request, &response);
  if (!status.ok()) throw std::runtime_error(status.error_message());
}

std::array<std::string, 4> measure(std::size_t bytes) {
  ReadingApi api;
  RealClock clock;
  SharedMemory memory(std::size_t{64} << 20U);
  Routes routes(api, {}, &memory);
  const auto http = HttpServer::start({}, routes, clock).value();
  const auto grpc = rpc::GrpcServer::start({.memory = &memory}, api, clock).value();
  const Object object(bytes);
  if (!memory.add({.name = "r", .key = object.key(), .offset = 0, .size = bytes})) {
    throw std::runtime_error("not registered");
  }
  BlockingClient client(http->port());
  const auto stub = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(grpc->port()), grpc::InsecureChannelCredentials()));
  const HttpTensor in_body(bytes, fmt::format(R"("binary_data_size":{})", bytes),
                           std::string(bytes, 'x'));
  const HttpTensor in_memory(
      bytes, fmt::format(R"("shared_memory_region":"r","shared_memory_byte_size":{})", bytes), "");
  auto in_message = message(bytes);
  in_message.add_raw_input_contents(std::string(bytes, 'x'));
  auto by_name = message(bytes);
  auto& parameters = *by_name.mutable_inputs(0)->mutable_parameters();
  parameters["shared_memory_region"].set_string_param("r");
  parameters["shared_memory_byte_size"].set_int64_param(static_cast<std::int64_t>(bytes));

  const auto post = [&client](const HttpTensor& tensor) {
    client.ask(tensor.head, std::as_bytes(std::span(tensor.body)));
  };
  std::array<std::vector<Duration>, 4> times;
  for (int round = 0; round < kWarmUp + kRounds; ++round) {
    const std::array<Duration, 4> took = {
        time_of([&] { post(in_body); }), time_of([&] { post(in_memory); }),
        time_of([&] { ask(*stub, in_message); }), time_of([&] { ask(*stub, by_name); })};
    if (round < kWarmUp) continue;
    for (std::size_t way = 0; way < took.size(); ++way) times[way].push_back(took[way]);
  }
  std::array<std::string, 4> medians;
  for (std::size_t way = 0; way < times.size(); ++way) {
    std::ranges::sort(times[way]);
    medians[way] = fmt::format(
        "{:.3f}", to_ms(percentile_of_sorted(std::span<const Duration>(times[way]), 0.5).value()));
  }
  return medians;
}

int run() {
  fmt::print("{}, {}\nmedians of {} requests, ms\n", machine_text(), utc_now_text(), kRounds);
  Table table({{"bytes"}, {"HTTP body"}, {"HTTP, shared"}, {"gRPC message"}, {"gRPC, shared"}});
  for (const std::size_t bytes : {150'528UL, 602'112UL, 2'408'448UL, 9'633'792UL}) {
    const auto medians = measure(bytes);
    table.add({std::to_string(bytes), medians[0], medians[1], medians[2], medians[3]});
  }
  fmt::print("{}", table.text());
  return 0;
}

}  // namespace
}  // namespace cnnselect::bench

int main() { return cnnselect::bench::run(); }
