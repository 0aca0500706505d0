// What an operator may set about the service, with its defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cnnselect/time.h"
#include "engine/scheduler.h"
#include "image/decode.h"
#include "select/registry.h"

namespace cnnselect {

struct ServiceOptions {
  std::string server_name = "cnnselect";
  std::string version;                                 ///< of the server, as `GET /v2` tells it
  std::string policy{kDefaultPolicy};                  ///< used when a request names none
  Duration threshold = std::chrono::milliseconds(10);  ///< T_threshold when a request names none
  Late late = Late::kLast;             ///< what to do if even the fastest model would be late
  std::uint32_t priority_levels = 3;   ///< classes of requests, >= 1
  std::uint32_t default_priority = 2;  ///< of requests that ask for none, 1..priority_levels
  Duration queue_timeout = kForever;   ///< how long any request may wait, > 0
  /// How long a model may go without a run before it is measured in an idle moment
  /// (idle_measuring.h), > 0. Nothing: no model is ever measured so.
  std::optional<Duration> idle_measure;
  DecodeLimits decode;
  int decode_threads = 2;          ///< photos decoded at a time, >= 1
  std::size_t max_decoding = 256;  ///< photos waiting for or in decoding; one more gets 503
  std::int64_t max_batch = 64;     ///< images in one request's tensor
  std::function<std::string()> more_metrics;  ///< of the listeners before the service; may be empty
};

}  // namespace cnnselect
