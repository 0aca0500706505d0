#include "rpc/call_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/request_hints.h"
#include "oip/oip_rules.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

constexpr TraceTransport kGrpc{
    .status_key = "rpc.grpc.status_code", .status = [](const Error* error) {
      return error == nullptr ? 0 : static_cast<int>(status_of(*error).error_code());
    }};

TextPairs metadata_of(const grpc::CallbackServerContext& context) {
  TextPairs pairs;
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

Result<RequestHints> hints_of(const grpc::CallbackServerContext& context) {
  RequestHints hints;
  if (const Status read = apply_hint_headers(metadata_of(context), hints); !read) {
    return std::unexpected(read.error());
  }
  return hints;
}

Result<KeyRing::Admission> admit(const CallWorld& world, const grpc::CallbackServerContext& context,
                                 Operation operation) {
  const OperationFacts& facts = facts_of(operation);
  KeyRing::Admission admission;
  if (facts.access && world.keys != nullptr) {
    auto admitted = world.keys->admit(key_of(context), *facts.access, world.clock.now());
    if (!admitted) return admitted;
    admission = *std::move(admitted);
  }
  if (const Status may = check_right(world.rights, facts.right); !may) {
    return std::unexpected(may.error());
  }
  return admission;
}

Status check_key(const CallWorld& world, const grpc::CallbackServerContext& context,
                 Operation operation) {
  const OperationFacts& facts = facts_of(operation);
  if (!facts.access || world.keys == nullptr) return {};
  return world.keys->check(key_of(context), *facts.access);
}

std::optional<RequestTrace> trace_of(const grpc::CallbackServerContext& context,
                                     TraceSampling* traces, std::string_view model) {
  if (traces == nullptr) return std::nullopt;
  return traces->begin(model, metadata_of(context), kGrpc);
}

void deadline_as_sla(std::chrono::system_clock::time_point deadline,
                     std::chrono::system_clock::time_point now, RequestHints& hints) {
  if (hints.sla || deadline - now > from_ms(kMaxHintMs)) return;
  hints.sla = std::max(std::chrono::duration_cast<Duration>(deadline - now), from_ms(kMinSlaMs));
}

Status check_version(std::string_view model, std::string_view version) {
  if (version.empty() || is_version(version)) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("model '{}' has no version '{}'; versions are whole numbers", model,
                          version.substr(0, 40)));
}

}  // namespace cnnselect::rpc
