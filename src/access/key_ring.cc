#include "access/key_ring.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "model/text_file.h"

namespace cnnselect {
namespace {

Result<std::vector<ApiKey>> read_file(const std::filesystem::path& file) {
  const auto text = read_text_file("API keys file", file);
  if (!text) return std::unexpected(text.error());
  return parse_api_keys(*text, file.string());
}

}  // namespace

std::optional<std::string_view> presented_key(std::optional<std::string_view> authorization,
                                              std::optional<std::string_view> api_key) {
  constexpr std::string_view kBearer = "bearer ";
  if (!authorization || authorization->size() <= kBearer.size()) return api_key;
  const auto scheme = authorization->substr(0, kBearer.size());
  const bool is_bearer = std::ranges::equal(
      scheme, kBearer, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  if (!is_bearer) return api_key;
  auto key = authorization->substr(kBearer.size());
  while (key.starts_with(' ')) key.remove_prefix(1);
  return key;
}

KeyRing::KeyRing(std::vector<ApiKey> keys) { replace(std::move(keys)); }

Result<std::unique_ptr<KeyRing>> KeyRing::read(const std::filesystem::path& file) {
  auto keys = read_file(file);
  if (!keys) return std::unexpected(keys.error());
  auto ring = std::make_unique<KeyRing>(*std::move(keys));
  ring->file_ = file;
  return ring;
}

void KeyRing::replace(std::vector<ApiKey> keys) {
  const MutexLock lock(mutex_);
  std::vector<Held> held;
  for (ApiKey& key : keys) {
    Held fresh{.key = std::move(key),
               .tokens = std::nullopt,
               .counts = {},
               .under_way = std::make_shared<std::atomic<std::size_t>>(0)};
    if (fresh.key.per_second) fresh.tokens.emplace(*fresh.key.per_second, fresh.key.burst);
    const auto before = std::ranges::find(
        keys_, fresh.key.name, [](const Held& old) -> const std::string& { return old.key.name; });
    if (before != keys_.end()) {
      fresh.counts = before->counts;
      fresh.under_way = before->under_way;
      const bool same_limit =
          before->key.per_second == fresh.key.per_second && before->key.burst == fresh.key.burst;
      if (same_limit) fresh.tokens = before->tokens;
    }
    held.push_back(std::move(fresh));
  }
  keys_ = std::move(held);
}

Status KeyRing::reload() {
  auto keys = read_file(file_);
  if (!keys) return std::unexpected(keys.error());
  replace(*std::move(keys));
  return {};
}

KeyRing::Held* KeyRing::find(std::string_view key) {
  const Sha256 digest = sha256_of(key);
  Held* found = nullptr;
  for (Held& held : keys_) {  // all of them, so that the time tells nothing
    if (CRYPTO_memcmp(held.key.digest.data(), digest.data(), digest.size()) == 0) found = &held;
  }
  return found;
}

Result<KeyRing::Held*> KeyRing::allowed(std::optional<std::string_view> key, Access access) {
  Held* const held = key ? find(*key) : nullptr;
  if (held == nullptr) {
    ++unknown_;
    return fail(ErrorCode::kUnauthenticated,
                key ? "the API key is not known here"
                    : "an API key is wanted: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'");
  }
  if (access == Access::kAdmin && !held->key.admin) {
    return fail(ErrorCode::kForbidden,
                fmt::format("API key '{}' may not change models or settings", held->key.name));
  }
  return held;
}

Status KeyRing::check(std::optional<std::string_view> key, Access access) {
  const MutexLock lock(mutex_);
  const auto found = allowed(key, access);
  if (!found) return std::unexpected(found.error());
  return {};
}

Result<KeyRing::Admission> KeyRing::admit(std::optional<std::string_view> key, Access access,
                                          TimePoint now) {
  const MutexLock lock(mutex_);
  const auto found = allowed(key, access);
  if (!found) return std::unexpected(found.error());
  Held* const held = *found;
  const ApiKey& own = held->key;
  const std::size_t under_way = held->under_way->load();
  if (own.concurrent && under_way >= *own.concurrent) {
    ++held->counts.too_many;
    return fail(ErrorCode::kTooMany,
                fmt::format("API key '{}' has {} requests under way; allowed: {}", own.name,
                            under_way, *own.concurrent));
  }
  if (held->tokens && !held->tokens->take(now)) {
    ++held->counts.too_fast;
    return fail(ErrorCode::kTooMany, fmt::format("API key '{}' may send {} requests a second, {} "
                                                 "at once",
                                                 own.name, *own.per_second, own.burst));
  }
  ++held->counts.admitted;
  ++*held->under_way;
  return Admission{
      .key = own.name,
      .place = {held->under_way.get(), [count = held->under_way](const void*) { --*count; }}};
}

std::map<std::string, KeyRing::Counts> KeyRing::counts() const {
  const MutexLock lock(mutex_);
  std::map<std::string, Counts> counts;
  for (const Held& held : keys_) {
    Counts now = held.counts;
    now.under_way = held.under_way->load();
    counts.emplace(held.key.name, now);
  }
  return counts;
}

std::uint64_t KeyRing::unknown() const {
  const MutexLock lock(mutex_);
  return unknown_;
}

}  // namespace cnnselect
