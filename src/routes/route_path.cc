#include "routes/route_path.h"

#include <fmt/format.h>

#include <optional>
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

/// Takes "/first" off "/first/second".
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

Result<std::vector<std::string>> segments(std::string_view path) {
  if (!path.starts_with('/')) return unknown(path);
  if (path.size() > 2 && path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string> parts;
  while (!path.empty()) {
    auto decoded = decode_url_text(next_segment(path));
    if (!decoded) return std::unexpected(decoded.error().within("path"));
    parts.push_back(*std::move(decoded));
  }
  return parts;
}

/// The names that `pattern` finds in a path of these segments; nothing when they are not its.
std::optional<Route> match(std::string_view pattern, std::span<const std::string> parts,
                           Operation operation) {
  std::string_view name;
  std::string_view version;
  for (; !pattern.empty() && !parts.empty(); parts = parts.subspan(1)) {
    const std::string_view wanted = next_segment(pattern);
    const std::string& part = parts.front();
    if (!wanted.starts_with('{')) {
      if (part != wanted) return std::nullopt;
    } else if (part.empty()) {
      return std::nullopt;
    } else if (wanted == "{version}") {
      version = part;
    } else if (wanted != "{repository}") {
      name = part;
    }
  }
  if (!pattern.empty() || !parts.empty()) return std::nullopt;
  return Route{operation, std::string(name), std::string(version)};
}

/// Calls `visit(facts, route)` for every operation of that path, until it returns true.
template <class Visit>
void for_each_match(std::span<const std::string> parts, Visit visit) {
  for (const OperationFacts& facts : kOperations) {
    for (const std::string_view pattern : facts.paths) {
      if (pattern.empty()) break;
      auto route = match(pattern, parts, facts.operation);
      if (route && visit(facts, *std::move(route))) return;
    }
  }
}

bool is_verb(std::string_view method, Verb verb) {
  return verb == Verb::kPost ? method == "POST" : method == "GET" || method == "HEAD";
}

}  // namespace

Result<Route> find_route(std::string_view method, std::string_view path) {
  const auto parts = segments(path);
  if (!parts) return std::unexpected(parts.error());
  std::optional<Route> found;
  bool other_verbs = false;
  for_each_match(*parts, [&](const OperationFacts& facts, Route route) {
    other_verbs = true;
    if (is_verb(method, facts.verb)) found = std::move(route);
    return found.has_value();
  });
  if (!found) {
    if (!other_verbs) return unknown(path);
    return fail(ErrorCode::kMethodNotAllowed,
                fmt::format("Method Not Allowed: {} {}; allowed: {}", method,
                            path.substr(0, kShownOfPath), allowed_methods(path)));
  }
  if (found->version.empty() || is_version(found->version)) return *std::move(found);
  return fail(ErrorCode::kNotFound,
              fmt::format("model '{}' has no version '{}'; versions are whole numbers", found->name,
                          found->version.substr(0, kShownOfPath)));
}

const Result<Route>& route_of(HttpRequest& request) {
  if (!request.route) request.route = find_route(request.method, request.path);
  return *request.route;
}

std::string allowed_methods(std::string_view path) {
  bool gets = false;
  bool posts = false;
  if (const auto parts = segments(path)) {
    for_each_match(*parts, [&](const OperationFacts& facts, const Route&) {
      (facts.verb == Verb::kGet ? gets : posts) = true;
      return gets && posts;
    });
  }
  return fmt::format("{}{}{}", gets ? "GET, HEAD" : "", gets && posts ? ", " : "",
                     posts ? "POST" : "");
}

}  // namespace cnnselect
