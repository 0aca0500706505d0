#include "span_output.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "spans/http_collector.h"
#include "spans/span_exporter.h"
#include "version.h"

namespace cnnselect {
namespace {

/// Of this machine, not of --seed: no two servers may give the same ids.
std::uint64_t entropy() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string instance_id() {
  std::array<std::uint8_t, 16> bytes{};
  std::random_device device;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(device());
  return to_hex(bytes);
}

}  // namespace

Result<SpanOutput> open_span_output(const ServeFlags& flags) {
  if (flags.otlp.empty()) return SpanOutput();
  auto collector = open_http_collector(flags.otlp);
  if (!collector) return std::unexpected(collector.error().within("--otlp"));
  if (flags.check) return SpanOutput();
  SpanResource resource{.attributes = {{"service.name", flags.server_name},
                                       {"service.version", CNNSELECT_VERSION},
                                       {"service.instance.id", instance_id()},
                                       {"host.name", host_name()},
                                       {"process.pid", std::int64_t{getpid()}}},
                        .version = CNNSELECT_VERSION};
  return SpanOutput{.sink =
                        std::make_unique<SpanExporter>(*std::move(collector), std::move(resource))};
}

std::unique_ptr<TraceSampling> make_trace_sampling(const ServeFlags& flags) {
  if (flags.otlp.empty()) return nullptr;
  return std::make_unique<TraceSampling>(
      TraceSamplingOptions{.fraction = flags.trace_rate, .seed = entropy()});
}

}  // namespace cnnselect
