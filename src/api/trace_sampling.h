// TraceSampling: which requests are recorded as traces, and under which ids.
//
// Who comes with a trace of his own decides himself: sampled there, recorded here, and not
// otherwise. Of the others a fraction begins a trace of its own, as long as there are any left of
// those that an operator asked for. Recording may be off, for everybody or for one model, and then
// nothing is recorded. Settings of a model stand over those for all, those over what the server was
// started with. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/trace_context.h"
#include "base/mutex.h"
#include "cnnselect/result.h"
#include "cnnselect/rng.h"

namespace cnnselect {

struct TraceSettings {
  bool on = true;          ///< anything is recorded
  double fraction = 0;     ///< of the requests without a trace of their own, [0, 1]
  std::int64_t left = -1;  ///< traces that may still begin here; -1: any number
  friend bool operator==(const TraceSettings&, const TraceSettings&) = default;
};

/// What stands over the settings below; nothing: they count.
struct TraceOverrides {
  std::optional<bool> on;
  std::optional<double> fraction;
  std::optional<std::int64_t> left;
  friend bool operator==(const TraceOverrides&, const TraceOverrides&) = default;
};

struct TraceSamplingOptions {
  double fraction = 0;     ///< [0, 1]
  std::uint64_t seed = 1;  ///< of ids and draws: another for every server, else ids meet
};

class TraceSampling {
 public:
  explicit TraceSampling(const TraceSamplingOptions& options);

  /// The trace of a request to `model`, a model's or family's name, that came with `headers`.
  /// Nothing where there is nothing to tell the client: it sent no trace, and none is recorded.
  std::optional<RequestTrace> begin(std::string_view model,
                                    const std::vector<std::pair<std::string, std::string>>& headers,
                                    const TraceTransport& transport) CNNSELECT_EXCLUDES(mutex_);

  /// What counts for `model`; empty: for models that have nothing of their own.
  TraceSettings settings(std::string_view model) const CNNSELECT_EXCLUDES(mutex_);

  /// Changes what stands over the settings of `model`, a name that there is, or of all where it is
  /// empty: `edit` makes the new from the old. Errors: those of `edit`.
  using Edit = std::function<Result<TraceOverrides>(TraceOverrides)>;
  Status change(std::string_view model, const Edit& edit) CNNSELECT_EXCLUDES(mutex_);

 private:
  TraceSettings settings_of(std::string_view model) const CNNSELECT_REQUIRES(mutex_);
  bool draw(std::string_view model) CNNSELECT_REQUIRES(mutex_);
  void use_up_one(std::string_view model) CNNSELECT_REQUIRES(mutex_);
  template <class Id>
  Id new_id() CNNSELECT_REQUIRES(mutex_);

  const TraceSamplingOptions options_;
  mutable Mutex mutex_;
  Rng rng_ CNNSELECT_GUARDED_BY(mutex_);
  /// By name; "" is for all.
  std::map<std::string, TraceOverrides, std::less<>> overrides_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
