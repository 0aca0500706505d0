#include "access/api_keys.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/names.h"
#include "model/toml_fields.h"

namespace cnnselect {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys{"key"};
constexpr std::array<std::string_view, 6> kKeyKeys{"name",  "sha256",     "requests_per_second",
                                                   "burst", "concurrent", "admin"};
constexpr double kLeastRate = 0.001;
constexpr double kMostRate = 1e6;
constexpr int kMostConcurrent = 1'000'000;

std::optional<Sha256> parse_digest(std::string_view hex) {
  Sha256 digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* const two = hex.data() + (2 * i);
    const auto [end, error] = std::from_chars(two, two + 2, digest[i], 16);
    if (error != std::errc{} || end != two + 2) return std::nullopt;
  }
  return digest;
}

ApiKey read_key(const toml::table& table, FirstError& errors) {
  TomlFields fields(table, "[[key]]", errors);
  fields.allow_only(kKeyKeys);
  ApiKey key;
  key.name = fields.required_text("name");
  if (const Status legal = check_name("key name", key.name); !key.name.empty() && !legal) {
    errors.report(fields.position("name"), legal.error().message);
  }
  const std::string hex = fields.required_text("sha256");
  const auto digest = parse_digest(hex);
  if (!hex.empty() && !digest) {
    errors.report(fields.position("sha256"), "'sha256' in [[key]] must be 64 hexadecimal digits");
  }
  key.digest = digest.value_or(Sha256{});
  key.per_second = fields.number("requests_per_second", kLeastRate, kMostRate);
  key.burst = fields.number("burst", 1, kMostRate)
                  .value_or(std::max(1.0, std::ceil(key.per_second.value_or(1))));
  if (const auto most = fields.integer("concurrent", 1, kMostConcurrent)) {
    key.concurrent = static_cast<std::size_t>(*most);
  }
  key.admin = fields.flag("admin").value_or(false);
  return key;
}

Result<std::vector<ApiKey>> read_keys(const toml::table& root, std::string_view source) {
  FirstError errors(source);
  TomlFields(root, "the file", errors).allow_only(kFileKeys);
  std::vector<ApiKey> keys;
  const toml::array* tables = root["key"].as_array();
  if (tables == nullptr || !tables->is_array_of_tables()) {
    errors.report(root.source().begin, "there must be one [[key]] at least");
  } else {
    for (const toml::node& item : *tables) {
      ApiKey key = read_key(*item.as_table(), errors);
      const auto same = [&](const ApiKey& other) {
        return other.name == key.name || other.digest == key.digest;
      };
      if (std::ranges::any_of(keys, same)) {
        errors.report(item.source().begin,
                      fmt::format("key '{}': its name or digest is there twice", key.name));
      }
      keys.push_back(std::move(key));
    }
  }
  if (errors.error()) return std::unexpected(*errors.error());
  return keys;
}

}  // namespace

Sha256 sha256_of(std::string_view text) {
  Sha256 digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, std::string_view source) {
  try {
    return read_keys(toml::parse(text, source), source);
  } catch (const toml::parse_error& error) {
    FirstError errors(source);
    errors.report(error.source().begin, error.description());
    return std::unexpected(*errors.error());
  }
}

}  // namespace cnnselect
