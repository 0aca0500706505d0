#include "model/toml_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "model/names.h"

namespace cnnselect {
namespace {

std::string shown(const toml::node& value) {
  if (const auto* text = value.as_string()) return in_quotes(text->get());
  if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
  if (value.is_array()) return "an array";
  if (value.is_table()) return "a table";
  std::ostringstream stream;
  value.visit([&](const auto& visible) { stream << visible; });
  return stream.str();
}

}  // namespace

void FirstError::report(const toml::source_position& where, std::string_view message) {
  if (error_) return;
  error_ = Error{ErrorCode::kInvalidArgument,
                 fmt::format("{}:{}:{}: {}", source_, where.line, where.column, message)};
}

void TomlFields::allow_only(std::span<const std::string_view> known) {
  for (const auto& [key, value] : table_) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    errors_.report(key.source().begin,
                   fmt::format("unknown key {} in {}; nearest is '{}' of {}", in_quotes(key.str()),
                               where_, nearest(key.str(), known), fmt::join(known, ", ")));
  }
}

void TomlFields::reject(std::string_view key, const toml::node& value, std::string_view allowed) {
  errors_.report(value.source().begin, fmt::format("'{}' in {} is {}; it must be {}", key, where_,
                                                   shown(value), allowed));
}

toml::source_position TomlFields::position(std::string_view key) const {
  const toml::node* value = table_.get(key);
  return value != nullptr ? value->source().begin : table_.source().begin;
}

std::optional<std::string> TomlFields::text(std::string_view key) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const auto* found = value->as_string();
  if (found != nullptr && !found->get().empty()) return found->get();
  reject(key, *value, "a text in quotes, not empty");
  return std::nullopt;
}

std::string TomlFields::required_text(std::string_view key) {
  if (!table_.contains(key)) {
    errors_.report(table_.source().begin, fmt::format("key '{}' is missing in {}", key, where_));
  }
  return text(key).value_or("");
}

std::optional<bool> TomlFields::flag(std::string_view key) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* found = value->as_boolean()) return found->get();
  reject(key, *value, "true or false");
  return std::nullopt;
}

std::optional<int> TomlFields::integer(std::string_view key, int low, int high) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const auto* found = value->as_integer();
  if (found != nullptr && found->get() >= low && found->get() <= high) {
    return static_cast<int>(found->get());
  }
  reject(key, *value, fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<double> TomlFields::fraction(std::string_view key) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const auto found = value->is_number() ? value->value<double>() : std::nullopt;
  if (found && *found >= 0 && *found <= 1) return found;
  reject(key, *value, "a fraction from 0 to 1");
  return std::nullopt;
}

std::optional<double> TomlFields::number(std::string_view key, double low, double high) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const auto found = value->is_number() ? value->value<double>() : std::nullopt;
  if (found && *found >= low && *found <= high) return found;
  reject(key, *value, fmt::format("a number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<std::array<float, 3>> TomlFields::triple(std::string_view key, bool positive) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const std::string_view allowed = positive ? "a number above 0, or three, one per channel"
                                            : "a number, or three, one per channel";
  const toml::array* items = value->as_array();
  if (items != nullptr && items->size() != 1 && items->size() != 3) {
    reject(key, *value, allowed);
    return std::nullopt;
  }
  std::array<float, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const toml::node& item = items == nullptr ? *value : *items->get(items->size() == 1 ? 0 : i);
    const double number = item.is_number() ? item.value<double>().value_or(NAN) : NAN;
    numbers[i] = static_cast<float>(number);
    if (!std::isfinite(numbers[i]) || (positive && numbers[i] <= 0)) {
      reject(key, item, allowed);
      return std::nullopt;
    }
  }
  return numbers;
}

std::optional<PixelSize> TomlFields::size(std::string_view key, int low, int high) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  const auto side = [&](const toml::node& item) -> std::optional<int> {
    const auto* found = item.as_integer();
    if (found != nullptr && found->get() >= low && found->get() <= high) {
      return static_cast<int>(found->get());
    }
    reject(key, item, fmt::format("a whole number from {} to {}, or [height, width]", low, high));
    return std::nullopt;
  };
  const toml::array* items = value->as_array();
  const bool both = items != nullptr && items->size() == 2;
  const auto height = side(both ? *items->get(0) : *value);
  const auto width = both ? side(*items->get(1)) : height;
  if (!height || !width) return std::nullopt;
  return PixelSize{.height = *height, .width = *width};
}

bool TomlFields::is_text(std::string_view key) const {
  const toml::node* value = table_.get(key);
  return value != nullptr && value->is_string();
}

bool TomlFields::is_array(std::string_view key) const {
  const toml::node* value = table_.get(key);
  return value != nullptr && value->is_array();
}

std::optional<std::size_t> TomlFields::choice(std::string_view key,
                                              std::span<const std::string_view> allowed) {
  const toml::node* value = table_.get(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* found = value->as_string()) {
    const auto place = std::ranges::find(allowed, std::string_view(found->get()));
    if (place != allowed.end()) return static_cast<std::size_t>(place - allowed.begin());
  }
  reject(key, *value, fmt::format("'{}'", fmt::join(allowed, "' or '")));
  return std::nullopt;
}

}  // namespace cnnselect
