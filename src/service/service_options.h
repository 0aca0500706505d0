// What an operator may set about the service, with its defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cnnselect/time.h"
#include "image/decode.h"
#include "service/policy_set.h"
#include "service/process_metrics.h"
#include "service/term_defaults.h"

namespace cnnselect {

struct ServiceOptions {
  std::string server_name = "cnnselect";
  BuildFacts build;  ///< its version is what `GET /v2` tells
  TermDefaults terms;
  /// Policies that requests may name; `terms.policy` is always one of them.
  std::vector<std::string> policies = PolicySet::usual();
  PolicyRegistry registry;  ///< where they come from
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
