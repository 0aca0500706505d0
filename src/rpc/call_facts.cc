#include "rpc/call_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "net/oip_rules.h"
#include "net/request_hints.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

constexpr net::TraceTransport kGrpc{
    .status_key = "rpc.grpc.status_code", .status = [](const Error* error) {
      return error == nullptr ? 0 : static_cast<int>(status_of(*error).error_code());
    }};

net::TextPairs metadata_of(const grpc::CallbackServerContext& context) {
  net::TextPairs pairs;
  for (const auto& [key, value] : context.client_metadata()) {
    pairs.emplace_back(std::string(key.data(), key.size()),
                       std::string(value.data(), value.size()));
  }
  return pairs;
}

std::optional<std::string_view> key_of(const grpc::CallbackServerContext& context) {
  const auto value_of = [&](const char* name) -> std::optional<std::string_view> {
    const auto found = context.client_metadata().find(name);
    if (found == context.client_metadata().end()) return std::nullopt;
    return std::string_view(found->second.data(), found->second.size());
  };
  return presented_key(value_of("authorization"), value_of("x-api-key"));
}

}  // namespace

Result<net::RequestHints> hints_of(const grpc::CallbackServerContext& context) {
  net::RequestHints hints;
  if (const Status read = net::apply_hint_headers(metadata_of(context), hints); !read) {
    return std::unexpected(read.error());
  }
  return hints;
}

Result<KeyRing::Admission> admit(const CallWorld& world, const grpc::CallbackServerContext& context,
                                 Access access) {
  if (world.keys == nullptr) return nullptr;
  return world.keys->admit(key_of(context), access, world.clock.now());
}

Status check_key(const CallWorld& world, const grpc::CallbackServerContext& context,
                 Access access) {
  if (world.keys == nullptr) return {};
  return world.keys->check(key_of(context), access);
}

std::optional<net::RequestTrace> trace_of(const grpc::CallbackServerContext& context,
                                          net::TraceSampling* traces, std::string_view model) {
  if (traces == nullptr) return std::nullopt;
  return traces->begin(model, metadata_of(context), kGrpc);
}

void deadline_as_sla(std::chrono::system_clock::time_point deadline,
                     std::chrono::system_clock::time_point now, net::RequestHints& hints) {
  if (hints.sla || deadline - now > from_ms(net::kMaxHintMs)) return;
  hints.sla =
      std::max(std::chrono::duration_cast<Duration>(deadline - now), from_ms(net::kMinSlaMs));
}

Status check_version(std::string_view model, std::string_view version) {
  if (version.empty() || net::is_version(version)) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("model '{}' has no version '{}'; versions are whole numbers", model,
                          version.substr(0, 40)));
}

}  // namespace cnnselect::rpc
