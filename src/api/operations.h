// Operations: what this server can be asked for, over HTTP and over gRPC, in one table: the paths
// and the call by which it is asked for, the API key that it needs, and the right that the listener
// must have. Routes, the key gate and the gRPC calls read it, and so do the tests. Pure; any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "access/key_ring.h"
#include "api/rights.h"
#include "cnnselect/result.h"

namespace cnnselect {

enum class Operation {
  kLive,
  kReady,
  kWelcome,
  kServerMetadata,
  kModelList,
  kAllStatistics,
  kModelMetadata,
  kModelReady,
  kModelConfig,
  kModelStatistics,
  kInfer,
  kStreamInfer,
  kClassify,
  kIndex,
  kLoad,
  kUnload,
  kLogSettings,
  kChangeLogSettings,
  kTraceSettings,
  kChangeTraceSettings,
  kSharedStatus,
  kSharedRegister,
  kSharedRemove,
  kMetrics,
  kOpenApi,
};

/// How HTTP asks. HEAD is answered as GET is.
enum class Verb { kGet, kPost };

struct OperationFacts {
  Operation operation;
  Verb verb = Verb::kGet;
  /// Templates as OpenAPI writes them, the more literal first; a name in braces stands for one
  /// segment that is not empty. Blank ones are none: an operation without any has no HTTP.
  std::array<std::string_view, 3> paths;
  std::string_view rpc;          ///< a method of inference.GRPCInferenceService; blank: none
  std::optional<Access> access;  ///< the key that it needs; nothing: none
  Right right = Right::kNone;    ///< what the listener must allow
};

// NOLINTBEGIN(modernize-use-designated-initializers): a table is read by its columns
inline constexpr std::array kOperations = {
    // Health is told to everybody: balancers have no keys. So is the way to the rest.
    OperationFacts{Operation::kLive, Verb::kGet, {"/v2/health/live"}, "ServerLive", {}},
    OperationFacts{Operation::kReady, Verb::kGet, {"/v2/health/ready"}, "ServerReady", {}},
    OperationFacts{Operation::kWelcome, Verb::kGet, {"/"}, "", {}},
    OperationFacts{
        Operation::kServerMetadata, Verb::kGet, {"/v2"}, "ServerMetadata", Access::kCall},
    OperationFacts{Operation::kModelList, Verb::kGet, {"/v2/models"}, "", Access::kCall},
    // Before a model's metadata: a model named "stats" has none, as in the reference.
    OperationFacts{Operation::kAllStatistics, Verb::kGet, {"/v2/models/stats"}, "", Access::kCall},
    OperationFacts{Operation::kModelMetadata,
                   Verb::kGet,
                   {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"},
                   "ModelMetadata",
                   Access::kCall},
    OperationFacts{Operation::kModelReady,
                   Verb::kGet,
                   {"/v2/models/{model}/ready", "/v2/models/{model}/versions/{version}/ready"},
                   "ModelReady",
                   Access::kCall},
    OperationFacts{Operation::kModelConfig,
                   Verb::kGet,
                   {"/v2/models/{model}/config", "/v2/models/{model}/versions/{version}/config"},
                   "ModelConfig",
                   Access::kCall},
    OperationFacts{Operation::kModelStatistics,
                   Verb::kGet,
                   {"/v2/models/{model}/stats", "/v2/models/{model}/versions/{version}/stats"},
                   "ModelStatistics",
                   Access::kCall},
    OperationFacts{Operation::kInfer,
                   Verb::kPost,
                   {"/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"},
                   "ModelInfer",
                   Access::kCall},
    OperationFacts{Operation::kStreamInfer, Verb::kPost, {}, "ModelStreamInfer", Access::kCall},
    OperationFacts{
        Operation::kClassify, Verb::kPost, {"/v1/families/{family}/classify"}, "", Access::kCall},
    OperationFacts{Operation::kIndex,
                   Verb::kPost,
                   {"/v2/repository/index", "/v2/repository/{repository}/index"},
                   "RepositoryIndex",
                   Access::kCall},
    OperationFacts{
        Operation::kLoad,
        Verb::kPost,
        {"/v2/repository/models/{model}/load", "/v2/repository/{repository}/models/{model}/load"},
        "RepositoryModelLoad",
        Access::kAdmin,
        Right::kModels},
    OperationFacts{Operation::kUnload,
                   Verb::kPost,
                   {"/v2/repository/models/{model}/unload",
                    "/v2/repository/{repository}/models/{model}/unload"},
                   "RepositoryModelUnload",
                   Access::kAdmin,
                   Right::kModels},
    OperationFacts{
        Operation::kLogSettings, Verb::kGet, {"/v2/logging"}, "LogSettings", Access::kCall},
    OperationFacts{Operation::kChangeLogSettings,
                   Verb::kPost,
                   {"/v2/logging"},
                   "LogSettings",
                   Access::kAdmin,
                   Right::kSettings},
    OperationFacts{Operation::kTraceSettings,
                   Verb::kGet,
                   {"/v2/trace/setting", "/v2/models/{model}/trace/setting",
                    "/v2/models/{model}/versions/{version}/trace/setting"},
                   "TraceSetting",
                   Access::kCall},
    OperationFacts{Operation::kChangeTraceSettings,
                   Verb::kPost,
                   {"/v2/trace/setting", "/v2/models/{model}/trace/setting",
                    "/v2/models/{model}/versions/{version}/trace/setting"},
                   "TraceSetting",
                   Access::kAdmin,
                   Right::kSettings},
    OperationFacts{
        Operation::kSharedStatus,
        Verb::kGet,
        {"/v2/systemsharedmemory/status", "/v2/systemsharedmemory/region/{region}/status"},
        "SystemSharedMemoryStatus",
        Access::kCall},
    OperationFacts{Operation::kSharedRegister,
                   Verb::kPost,
                   {"/v2/systemsharedmemory/region/{region}/register"},
                   "SystemSharedMemoryRegister",
                   Access::kAdmin},
    OperationFacts{
        Operation::kSharedRemove,
        Verb::kPost,
        {"/v2/systemsharedmemory/unregister", "/v2/systemsharedmemory/region/{region}/unregister"},
        "SystemSharedMemoryUnregister",
        Access::kAdmin},
    OperationFacts{Operation::kMetrics, Verb::kGet, {"/metrics"}, "", Access::kCall},
    OperationFacts{Operation::kOpenApi, Verb::kGet, {"/openapi.json"}, "", Access::kCall},
};
// NOLINTEND(modernize-use-designated-initializers)

constexpr const OperationFacts& facts_of(Operation operation) {
  return kOperations[static_cast<std::size_t>(operation)];
}

/// Whom an HTTP request asks for what.
struct Route {
  Operation operation = Operation::kServerMetadata;
  std::string name;     ///< the model, family or region; may be empty
  std::string version;  ///< digits, or empty
  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace cnnselect
