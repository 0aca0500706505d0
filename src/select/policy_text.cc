#include "select/policy_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "model/names.h"

namespace cnnselect {
namespace {

std::string allowed_values(const PolicyParameter& parameter) {
  return fmt::format("allowed: {}{} to {}{}{}", parameter.whole ? "whole numbers, " : "",
                     parameter.least, parameter.most, parameter.unit.empty() ? "" : " ",
                     parameter.unit);
}

std::optional<double> parse_value(const PolicyParameter& parameter, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || (!rest.empty() && rest != parameter.unit)) return std::nullopt;
  const bool inside = value >= parameter.least && value <= parameter.most;
  if (!inside || (parameter.whole && value != std::floor(value))) return std::nullopt;
  return value;
}

std::vector<std::string_view> names_of(std::span<const PolicyParameter> parameters) {
  std::vector<std::string_view> names;
  for (const PolicyParameter& parameter : parameters) names.push_back(parameter.name);
  return names;
}

Error wrong(const PolicyKind& kind, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("policy '{}': {}", kind.name, what)};
}

/// Sets one value from `piece`. `set` says which have been.
Status read_piece(const PolicyKind& kind, std::string_view piece, std::vector<double>& values,
                  std::vector<bool>& set) {
  const auto equals = piece.find('=');
  const std::string_view name = piece.substr(0, equals);
  const auto found = std::ranges::find(kind.parameters, name, &PolicyParameter::name);
  if (found == kind.parameters.end()) {
    const auto names = names_of(kind.parameters);
    return std::unexpected(
        wrong(kind, fmt::format("no parameter {}; nearest is '{}' of {}", in_quotes(name),
                                nearest(name, names), fmt::join(names, ", "))));
  }
  const auto place = static_cast<std::size_t>(found - kind.parameters.begin());
  if (set[place]) return std::unexpected(wrong(kind, fmt::format("two values for '{}'", name)));
  const std::string_view text =
      equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
  const auto value = parse_value(*found, text);
  if (!value) {
    return std::unexpected(
        wrong(kind, fmt::format("{} is {}; {}", name, in_quotes(text), allowed_values(*found))));
  }
  values[place] = *value;
  set[place] = true;
  return {};
}

}  // namespace

std::string_view policy_name_of(std::string_view text) { return text.substr(0, text.find(':')); }

Result<std::vector<double>> parse_policy_values(const PolicyKind& kind, std::string_view text) {
  std::vector<double> values;
  for (const PolicyParameter& parameter : kind.parameters) values.push_back(parameter.usual);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return values;
  std::string_view rest = text.substr(colon + 1);
  if (kind.parameters.empty()) {
    return std::unexpected(
        wrong(kind, fmt::format("{} after its name; it has no parameters", in_quotes(rest))));
  }
  std::vector<bool> set(values.size());
  for (;;) {
    const auto comma = rest.find(',');
    if (const Status read = read_piece(kind, rest.substr(0, comma), values, set); !read) {
      return std::unexpected(read.error());
    }
    if (comma == std::string_view::npos) return values;
    rest.remove_prefix(comma + 1);
  }
}

Result<std::vector<std::string>> join_policy_pieces(std::span<const std::string> pieces) {
  std::vector<std::string> policies;
  for (const std::string& piece : pieces) {
    const bool belongs = piece.contains('=') && !piece.contains(':');
    if (!belongs) {
      policies.push_back(piece);
      continue;
    }
    if (policies.empty() || !policies.back().contains(':')) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} stands behind no policy with parameters; want "
                              "NAME:key=value,key=value",
                              in_quotes(piece)));
    }
    policies.back() += "," + piece;
  }
  return policies;
}

}  // namespace cnnselect
