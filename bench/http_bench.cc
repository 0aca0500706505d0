// The HTTP transport alone: round trips over loopback against a handler that does nothing. Client
// and server are threads of one process, so a round trip contains both sides' work.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "http/http_server.h"
#include "http/testing/fake_handler.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

std::string post_of(std::size_t size) {
  return "POST /v1/families/f/classify HTTP/1.1\r\nHost: h\r\nContent-Type: image/jpeg\r\n"
         "Content-Length: " +
         std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
}

/// One connection, one request at a time, `state.range(0)` bytes of body.
void post_round_trip(benchmark::State& state) {
  const RealClock clock;
  EchoHandler handler;
  const auto server = HttpServer::start({}, handler, clock);
  RawClient client((*server)->port());
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::string request = post_of(size);
  for (auto _ : state) {
    client.send(request);
    if (client.read().status != 200) return state.SkipWithError("no answer");
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(post_round_trip)->Arg(0)->Arg(4096)->Arg(327 << 10)->Arg(3 << 20)->UseRealTime();

/// One connection, 64 small requests in every send: what the server can do when the client's and
/// the kernel's part is small.
void pipelined_requests(benchmark::State& state) {
  constexpr int kDepth = 64;
  const RealClock clock;
  EchoHandler handler;
  const auto server = HttpServer::start({}, handler, clock);
  RawClient client((*server)->port());
  std::string batch;
  for (int i = 0; i < kDepth; ++i) batch += "GET /v2/health/live HTTP/1.1\r\nHost: h\r\n\r\n";
  for (auto _ : state) {
    client.send(batch);
    for (int i = 0; i < kDepth; ++i) {
      if (client.read().status != 200) return state.SkipWithError("no answer");
    }
  }
  state.SetItemsProcessed(state.iterations() * kDepth);
}
BENCHMARK(pipelined_requests)->UseRealTime();

}  // namespace
}  // namespace cnnselect
