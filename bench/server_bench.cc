// What the server adds to the runtime: latency, throughput, start-up and memory, each beside the
// bare ONNX Runtime in the same run, alternating, as medians.
//
//   server_bench [latency|throughput|start|memory]...     default: all four
//
// On the ImageNet networks when they are there (see tests/imagenet_family.h), else on the embedded
// family; memory always on the embedded family and its photos. The client runs on the same machine
// and takes its share of the processor.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <thread>

#include "base/testing/read_file.h"
#include "bench/server_process.h"
#include "bench/subject.h"
#include "bench/timing.h"
#include "cnnselect/time.h"
#include "report/run_header.h"
#include "report/table.h"
#include "stats/percentile.h"

namespace cnnselect::bench {
namespace {

constexpr int kLatencyPairs = 300;
constexpr int kRounds = 5;
constexpr auto kThroughputTime = std::chrono::seconds(4);
constexpr int kWarmUpRuns = 11;  // as the server does at load: one to throw away and ten
constexpr int kMemoryFirst = 2'000;
constexpr int kMemoryLast = 20'000;

Duration median(std::vector<Duration> times) {
  std::ranges::sort(times);
  return percentile_of_sorted(std::span<const Duration>(times), 0.5).value();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::string spread(std::vector<double> values) {
  const auto [low, high] = std::ranges::minmax(values);
  return fmt::format("{:.3f}..{:.3f}", low, high);
}

/// A session as the server makes it, and nothing around it.
class BareModel {
 public:
  explicit BareModel(const std::filesystem::path& file) : session_(nullptr) {
    static const Ort::Env kEnvironment(ORT_LOGGING_LEVEL_ERROR, "bench");
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.AddConfigEntry("session.intra_op.allow_spinning", "0");
    session_ = Ort::Session(kEnvironment, file.c_str(), options);
    Ort::AllocatorWithDefaultOptions allocator;
    input_ = session_.GetInputNameAllocated(0, allocator).get();
    output_ = session_.GetOutputNameAllocated(0, allocator).get();
    shape_ = session_.GetInputTypeInfo(0).GetTensorTypeAndShapeInfo().GetShape();
    shape_[0] = 1;
    std::size_t count = 1;
    for (const auto size : shape_) count *= static_cast<std::size_t>(size);
    std::minstd_rand numbers(1);
    for (std::size_t i = 0; i < count; ++i) {
      values_.push_back(static_cast<float>(numbers() % 2'000) / 500.0F - 2.0F);
    }
  }

  /// Any thread.
  void run() {
    static const auto kMemory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    const auto tensor = Ort::Value::CreateTensor<float>(kMemory, values_.data(), values_.size(),
                                                        shape_.data(), shape_.size());
    const char* const inputs[] = {input_.c_str()};
    const char* const outputs[] = {output_.c_str()};
    (void)session_.Run(Ort::RunOptions(), inputs, &tensor, 1, outputs, 1);
  }

  /// Body of the same work for the server: JSON, then the tensor.
  std::string request_body(std::size_t& json_size) const {
    std::string body = fmt::format(
        R"({{"inputs":[{{"name":"{}","datatype":"FP32","shape":[{}],)"
        R"("parameters":{{"binary_data_size":{}}}}}],"parameters":{{"binary_data_output":true}}}})",
        input_, fmt::join(shape_, ","), values_.size() * sizeof(float));
    json_size = body.size();
    body.append(reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(float));
    return body;
  }

 private:
  Ort::Session session_;
  std::string input_;
  std::string output_;
  std::vector<std::int64_t> shape_;
  std::vector<float> values_;
};

struct Request {
  Request(const std::string& model, const BareModel& bare) {
    std::size_t json_size = 0;
    body = bare.request_body(json_size);
    head = fmt::format(
        "POST /v2/models/{}/infer HTTP/1.1\r\nHost: bench\r\nContent-Type: "
        "application/octet-stream\r\nInference-Header-Content-Length: {}\r\nContent-Length: "
        "{}\r\n\r\n",
        model, json_size, body.size());
  }
  void send(BlockingClient& client) const { client.ask(head, std::as_bytes(std::span(body))); }

  std::string head;
  std::string body;
};

void latency(const Subject& subject) {
  fmt::print("\nLatency: one worker, one kept connection, binary FP32 tensor, {} pairs\n",
             kLatencyPairs);
  Table table({{"model", Table::Align::kLeft}, {"bare ms"}, {"server ms"}, {"difference ms"}});
  const ServerProcess server({"--models", subject.repository.string(), "--workers", "1"});
  for (const CatalogModel& model : subject.catalog.models()) {
    BareModel bare(model.member.file);
    const Request request(model.member.name, bare);
    BlockingClient client(server.port());
    for (int i = 0; i < kWarmUpRuns; ++i) {
      bare.run();
      request.send(client);
    }
    std::vector<Duration> alone;
    std::vector<Duration> served;
    std::vector<Duration> differences;
    for (int i = 0; i < kLatencyPairs; ++i) {
      alone.push_back(time_of([&] { bare.run(); }));
      served.push_back(time_of([&] { request.send(client); }));
      differences.push_back(served.back() - alone.back());
    }
    table.add({model.member.name, fmt::format("{:.3f}", to_ms(median(alone))),
               fmt::format("{:.3f}", to_ms(median(served))),
               fmt::format("{:.3f}", to_ms(median(differences)))});
  }
  fmt::print("{}", table.text());
}

/// Runs of `work(i)` per second, when as many threads as there are workers repeat it.
double rate_of(int threads, const std::function<void(int)>& work) {
  std::atomic<int> runs = 0;
  const auto until = Clock::now() + kThroughputTime;
  {
    std::vector<std::jthread> team;
    for (int i = 0; i < threads; ++i) {
      team.emplace_back([&, i] {
        while (Clock::now() < until) {
          work(i);
          ++runs;
        }
      });
    }
  }
  return runs / to_seconds(kThroughputTime);
}

void throughput(const Subject& subject) {
  const int threads = static_cast<int>(std::thread::hardware_concurrency());
  fmt::print(
      "\nThroughput: {} workers and connections beside {} threads of the bare runtime, {} "
      "rounds\n",
      threads, threads, kRounds);
  Table table({{"model", Table::Align::kLeft}, {"bare /s"}, {"server /s"}, {"ratio"}, {"spread"}});
  const ServerProcess server(
      {"--models", subject.repository.string(), "--workers", std::to_string(threads)});
  for (const CatalogModel& model : subject.catalog.models()) {
    BareModel bare(model.member.file);
    const Request request(model.member.name, bare);
    std::vector<std::unique_ptr<BlockingClient>> clients;
    for (int i = 0; i < threads; ++i) {
      clients.push_back(std::make_unique<BlockingClient>(server.port()));
    }
    std::vector<double> alone;
    std::vector<double> served;
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
      alone.push_back(rate_of(threads, [&](int) { bare.run(); }));
      served.push_back(
          rate_of(threads, [&](int i) { request.send(*clients[static_cast<std::size_t>(i)]); }));
      ratios.push_back(served.back() / alone.back());
    }
    table.add({model.member.name, fmt::format("{:.1f}", median(alone)),
               fmt::format("{:.1f}", median(served)), fmt::format("{:.3f}", median(ratios)),
               spread(ratios)});
  }
  fmt::print("{}", table.text());
}

void start(const Subject& subject) {
  fmt::print(
      "\nStart: until it listens, beside the sum of session creation and {} runs each, one "
      "model after the other; {} rounds\n",
      kWarmUpRuns, kRounds);
  std::vector<Duration> bare;
  std::vector<Duration> served;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(time_of([&] {
      for (const CatalogModel& model : subject.catalog.models()) {
        BareModel alone(model.member.file);
        for (int i = 0; i < kWarmUpRuns; ++i) alone.run();
      }
    }));
    served.push_back(
        time_of([&] { const ServerProcess server({"--models", subject.repository.string()}); }));
    ratios.push_back(to_ms(served.back()) / to_ms(bare.back()));
  }
  fmt::print("sum of the parts {:.0f} ms, server {:.0f} ms, ratio {:.2f} ({})\n",
             to_ms(median(bare)), to_ms(median(served)), median(ratios), spread(ratios));
}

void memory() {
  fmt::print("\nMemory of the server on the embedded family, photos at SLAs of 1, 20 and 200 ms\n");
  const ServerProcess server({});
  std::vector<std::string> photos;
  const std::filesystem::path folder = kZoo / "pictures" / "test";
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".tsv") files.insert(entry.path());
  }
  for (const auto& path : files) {
    photos.push_back(read_file(path));
  }
  std::atomic<int> sent = 0;
  const auto send_until = [&](int last) {
    std::vector<std::jthread> team;
    for (int i = 0; i < 2; ++i) {
      team.emplace_back([&] {
        BlockingClient client(server.port());
        for (int n = sent++; n < last; n = sent++) {
          const std::string& photo = photos[static_cast<std::size_t>(n) % photos.size()];
          const int slas[] = {1, 20, 200};
          client.ask(fmt::format("POST /v1/families/emoji/classify?sla_ms={} HTTP/1.1\r\nHost: "
                                 "bench\r\nContent-Length: {}\r\n\r\n",
                                 slas[n % 3], photo.size()),
                     std::as_bytes(std::span(photo)));
        }
      });
    }
  };
  const auto mib = [&] { return static_cast<double>(server.resident_bytes()) / (1 << 20); };
  const double begin = mib();
  send_until(kMemoryFirst);
  sent = kMemoryFirst;
  const double first = mib();
  send_until(kMemoryLast);
  const double last = mib();
  fmt::print("ready {:.1f} MiB, after {} requests {:.1f} MiB, after {} {:.1f} MiB: ratio {:.4f}\n",
             begin, kMemoryFirst, first, kMemoryLast, last, last / first);
}

int run(std::vector<std::string> parts) {
  if (parts.empty()) parts = {"latency", "throughput", "start", "memory"};
  const Subject subject = Subject::find();
  fmt::print("{}, {}\n{}\n", machine_text(), utc_now_text(), subject.repository.string());
  for (const std::string& part : parts) {
    if (part == "latency") {
      latency(subject);
    } else if (part == "throughput") {
      throughput(subject);
    } else if (part == "start") {
      start(subject);
    } else if (part == "memory") {
      memory();
    } else {
      fmt::print(stderr, "server_bench: '{}'; allowed: latency, throughput, start, memory\n", part);
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace cnnselect::bench

int main(int argc, char** argv) { return cnnselect::bench::run({argv + 1, argv + argc}); }
