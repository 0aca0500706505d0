// TomlFields: reads one TOML table key by key, strictly, and keeps the first thing that is wrong.
//
// A reader asks for all it knows, then looks at the one FirstError that all its tables share: every
// message names source, line, column, table, key, the value seen and what is allowed.
// Not thread-safe.
#pragma once

#include <toml++/toml.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cnnselect/input_spec.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// Where errors of one file go: the first one stays.
class FirstError {
 public:
  explicit FirstError(std::string_view source) : source_(source) {}

  /// "source:line:column: message", unless there was one already.
  void report(const toml::source_position& where, std::string_view message);
  const std::optional<Error>& error() const { return error_; }

 private:
  std::string source_;
  std::optional<Error> error_;
};

class TomlFields {
 public:
  /// `where` names the table in messages: "[input]". Both references outlive this object.
  TomlFields(const toml::table& table, std::string where, FirstError& errors)
      : table_(table), where_(std::move(where)), errors_(errors) {}

  /// Reports the first key that is not `known`, with the nearest one that is.
  void allow_only(std::span<const std::string_view> known);

  // Each gives nothing when the key is absent, and reports and gives nothing when it is wrong.
  std::optional<std::string> text(std::string_view key);  ///< not empty
  std::optional<bool> flag(std::string_view key);
  std::optional<int> integer(std::string_view key, int low, int high);
  std::optional<double> fraction(std::string_view key);  ///< in [0, 1]
  std::optional<double> number(std::string_view key, double low, double high);
  /// Three finite numbers, or one that stands for all three; `positive`: each above zero.
  std::optional<std::array<float, 3>> triple(std::string_view key, bool positive);
  /// A whole number for both sides, or [height, width].
  std::optional<PixelSize> size(std::string_view key, int low, int high);
  /// Whether the key has a value of that type.
  bool is_text(std::string_view key) const;
  bool is_array(std::string_view key) const;
  /// The place in `allowed` of the key's text.
  std::optional<std::size_t> choice(std::string_view key,
                                    std::span<const std::string_view> allowed);
  /// As text(), but an absent key is reported too; gives "" then.
  std::string required_text(std::string_view key);

  /// Where the key's value stands; the table's own place when it is absent.
  toml::source_position position(std::string_view key) const;

 private:
  void reject(std::string_view key, const toml::node& value, std::string_view allowed);

  const toml::table& table_;
  std::string where_;
  FirstError& errors_;
};

}  // namespace cnnselect
