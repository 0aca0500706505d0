#include "routes/route_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "http/url_text.h"
#include "oip/oip_rules.h"

namespace cnnselect {
namespace {

constexpr std::size_t kShownOfPath = 200;

std::unexpected<Error> unknown(std::string_view path) {
  return fail(ErrorCode::kNotFound, fmt::format("Not Found: {}", path.substr(0, kShownOfPath)));
}

Result<std::vector<std::string>> segments(std::string_view path) {
  if (!path.starts_with('/')) return unknown(path);
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string> parts;
  std::string_view rest = path;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    auto decoded = decode_url_text(part);
    if (!decoded) return std::unexpected(decoded.error().within("path"));
    parts.push_back(*std::move(decoded));
  }
  return parts;
}

bool same(std::span<const std::string> parts, std::initializer_list<std::string_view> wanted) {
  return std::ranges::equal(parts, wanted);
}

/// What follows /v2/models: a name, perhaps a version, perhaps a verb.
Result<Route> model_route(std::span<const std::string> parts, std::string_view path) {
  Route route{RouteKind::kModel, parts.front(), ""};
  parts = parts.subspan(1);
  if (parts.size() >= 2 && parts.front() == "versions") {
    route.version = parts[1];
    parts = parts.subspan(2);
    if (!is_version(route.version)) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("model '{}' has no version '{}'; versions are whole numbers",
                              route.name, route.version.substr(0, kShownOfPath)));
    }
  }
  if (same(parts, {"infer"})) {
    route.kind = RouteKind::kInfer;
  } else if (same(parts, {"ready"})) {
    route.kind = RouteKind::kModelReady;
  } else if (same(parts, {"stats"})) {
    route.kind = RouteKind::kModelStats;
  } else if (same(parts, {"config"})) {
    route.kind = RouteKind::kModelConfig;
  } else if (same(parts, {"trace", "setting"})) {
    route.kind = RouteKind::kTraceSetting;
  } else if (!parts.empty()) {
    return unknown(path);
  }
  return route;
}

/// What follows /v2/repository: "index" or "models", perhaps with the name of a repository before
/// it. One server has one repository, whatever a client calls it.
Result<Route> repository_route(std::span<const std::string> parts, std::string_view path) {
  const auto known = [&] {
    return same(parts, {"index"}) || (parts.size() == 3 && parts.front() == "models");
  };
  if (!known()) parts = parts.subspan(1);
  if (!known()) return unknown(path);
  if (parts.size() == 1) return Route{RouteKind::kIndex, "", ""};
  if (parts[1].empty()) return unknown(path);
  if (parts[2] == "load") return Route{RouteKind::kLoad, parts[1], ""};
  if (parts[2] == "unload") return Route{RouteKind::kUnload, parts[1], ""};
  return unknown(path);
}

/// What follows /v2/systemsharedmemory: perhaps a region, and a verb.
Result<Route> shared_memory_route(std::span<const std::string> parts, std::string_view path) {
  std::string region;
  if (parts.size() == 3 && parts.front() == "region" && !parts[1].empty()) {
    region = parts[1];
    parts = parts.subspan(2);
  }
  if (same(parts, {"status"})) return Route{RouteKind::kSharedStatus, region, ""};
  if (same(parts, {"unregister"})) return Route{RouteKind::kSharedRemove, region, ""};
  if (same(parts, {"register"}) && !region.empty()) {
    return Route{RouteKind::kSharedRegister, region, ""};
  }
  return unknown(path);
}

}  // namespace

Result<Route> find_route(std::string_view path) {
  const auto parts = segments(path);
  if (!parts) return std::unexpected(parts.error());
  const std::span<const std::string> all(*parts);
  if (same(all, {"v2"})) return Route{RouteKind::kServerMetadata, "", ""};
  if (same(all, {"v2", "health", "live"})) return Route{RouteKind::kLive, "", ""};
  if (same(all, {"v2", "health", "ready"})) return Route{RouteKind::kReady, "", ""};
  if (same(all, {"v2", "models"})) return Route{RouteKind::kModelList, "", ""};
  // So a model of that name has no metadata of its own under this path, as in the reference.
  if (same(all, {"v2", "models", "stats"})) return Route{RouteKind::kAllStats, "", ""};
  if (all.size() > 2 && same(all.first(2), {"v2", "repository"})) {
    return repository_route(all.subspan(2), path);
  }
  if (all.size() > 2 && same(all.first(2), {"v2", "systemsharedmemory"})) {
    return shared_memory_route(all.subspan(2), path);
  }
  if (same(all, {"v2", "logging"})) return Route{RouteKind::kLogging, "", ""};
  if (same(all, {"v2", "trace", "setting"})) return Route{RouteKind::kTraceSetting, "", ""};
  if (same(all, {"metrics"})) return Route{RouteKind::kMetrics, "", ""};
  if (all.size() < 3 || all[2].empty()) return unknown(path);
  if (same(all.first(2), {"v2", "models"})) {
    return model_route(all.subspan(2), path);
  }
  if (all.size() == 4 && same(all.first(2), {"v1", "families"}) && all[3] == "classify") {
    return Route{RouteKind::kClassify, all[2], ""};
  }
  return unknown(path);
}

std::string_view allowed_methods(RouteKind kind) {
  switch (kind) {
    case RouteKind::kIndex:
    case RouteKind::kLoad:
    case RouteKind::kUnload:
    case RouteKind::kSharedRegister:
    case RouteKind::kSharedRemove:
    case RouteKind::kInfer:
    case RouteKind::kClassify:
      return "POST";
    case RouteKind::kLogging:
    case RouteKind::kTraceSetting:
      return "GET, HEAD, POST";
    default:
      return "GET, HEAD";
  }
}

}  // namespace cnnselect
