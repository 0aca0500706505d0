#include "api/trace_sampling.h"

#include <algorithm>

namespace cnnselect {

TraceSampling::TraceSampling(const TraceSamplingOptions& options)
    : options_(options), rng_(options.seed) {}

std::optional<RequestTrace> TraceSampling::begin(
    std::string_view model, const std::vector<std::pair<std::string, std::string>>& headers,
    const TraceTransport& transport) {
  IncomingTrace incoming = incoming_trace(headers);
  const MutexLock lock(mutex_);
  const bool sampled =
      incoming.parent ? incoming.parent->sampled && settings_of(model).on : draw(model);
  if (!sampled && !incoming.told) return std::nullopt;
  RequestTrace trace{.trace = {},
                     .span = new_id<SpanId>(),
                     .parent = std::nullopt,
                     .sampled = sampled,
                     .state = std::move(incoming.state),
                     .transport = &transport};
  if (incoming.parent) {
    trace.trace = incoming.parent->trace;
    trace.parent = incoming.parent->span;
  } else {
    trace.trace = new_id<TraceId>();
  }
  return trace;
}

TraceSettings TraceSampling::settings(std::string_view model) const {
  const MutexLock lock(mutex_);
  return settings_of(model);
}

Status TraceSampling::change(std::string_view model, const Edit& edit) {
  const MutexLock lock(mutex_);
  const auto found = overrides_.find(model);
  const auto edited = edit(found == overrides_.end() ? TraceOverrides() : found->second);
  if (!edited) return std::unexpected(edited.error());
  overrides_.insert_or_assign(std::string(model), *edited);
  return {};
}

TraceSettings TraceSampling::settings_of(std::string_view model) const {
  TraceSettings settings{.fraction = options_.fraction};
  const auto apply = [&](std::string_view name) CNNSELECT_REQUIRES(mutex_) {
    const auto found = overrides_.find(name);
    if (found == overrides_.end()) return;
    const TraceOverrides& own = found->second;
    settings = {.on = own.on.value_or(settings.on),
                .fraction = own.fraction.value_or(settings.fraction),
                .left = own.left.value_or(settings.left)};
  };
  apply("");
  if (!model.empty()) apply(model);
  return settings;
}

bool TraceSampling::draw(std::string_view model) {
  const TraceSettings settings = settings_of(model);
  if (!settings.on || settings.left == 0 || settings.fraction <= 0) return false;
  if (rng_.uniform() >= settings.fraction) return false;
  use_up_one(model);
  return true;
}

void TraceSampling::use_up_one(std::string_view model) {
  // The model's own count where it has one, else that for all.
  for (const std::string_view name : {model, std::string_view()}) {
    const auto found = overrides_.find(name);
    if (found == overrides_.end() || !found->second.left) continue;
    if (*found->second.left > 0) --*found->second.left;
    return;
  }
}

template <class Id>
Id TraceSampling::new_id() {
  Id id;
  do {  // zeros only are no id
    for (std::size_t i = 0; i < id.bytes.size(); i += 8) {
      const std::uint64_t drawn = rng_();
      for (std::size_t k = 0; k < 8; ++k) {
        id.bytes[i + k] = static_cast<std::uint8_t>(drawn >> (8 * k));
      }
    }
  } while (id == Id());
  return id;
}

}  // namespace cnnselect
