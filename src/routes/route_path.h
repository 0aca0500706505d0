// Which route a path means. Paths are split at '/' and then decoded, so an encoded slash stays part
// of a name; a name is looked up among loaded models, never in a file system, so '..' is a name
// like any other (and unknown). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

enum class RouteKind {
  kServerMetadata,  ///< /v2
  kLive,            ///< /v2/health/live
  kReady,           ///< /v2/health/ready
  kModelList,       ///< /v2/models
  kModel,           ///< /v2/models/{m}[/versions/{v}]
  kModelReady,      ///< .../ready
  kModelStats,      ///< .../stats
  kAllStats,        ///< /v2/models/stats
  kModelConfig,     ///< .../config
  kIndex,           ///< /v2/repository/index, /v2/repository/{r}/index
  kLoad,            ///< /v2/repository[/{r}]/models/{m}/load
  kUnload,          ///< .../unload
  kLogging,         ///< /v2/logging
  kTraceSetting,    ///< /v2/trace/setting, or /v2/models/{m}[/versions/{v}]/trace/setting
  kSharedStatus,    ///< /v2/systemsharedmemory[/region/{r}]/status
  kSharedRegister,  ///< /v2/systemsharedmemory/region/{r}/register
  kSharedRemove,    ///< /v2/systemsharedmemory[/region/{r}]/unregister
  kInfer,           ///< .../infer
  kClassify,        ///< /v1/families/{f}/classify
  kMetrics,         ///< /metrics
};

struct Route {
  RouteKind kind = RouteKind::kServerMetadata;
  std::string name;     ///< the model or family
  std::string version;  ///< digits, or empty
  friend bool operator==(const Route&, const Route&) = default;
};

/// `path`: percent-encoded, without the query; one slash at its end is ignored. Errors: kNotFound;
/// kInvalidArgument (a '%' without two hexadecimal digits).
Result<Route> find_route(std::string_view path);

/// The value of `Allow`: "GET, HEAD", "POST" or "GET, HEAD, POST".
std::string_view allowed_methods(RouteKind kind);

}  // namespace cnnselect
