// KeyRing: lets calls in by their API keys. Which key a call has is found by the digest of what the
// client sent, in the same time whichever it is (and whether it is any).
//
// Thread-safe. Keys may be read again while calls are under way; a key of the same name keeps its
// counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/api_keys.h"
#include "access/token_bucket.h"
#include "base/mutex.h"

namespace cnnselect {

/// What a call wants to do.
enum class Access {
  kCall,   ///< any key
  kAdmin,  ///< a key with `admin`: models and settings are changed
};

/// The key in a call's headers: `Authorization: Bearer KEY` before `X-Api-Key: KEY`; nothing when
/// there is neither.
std::optional<std::string_view> presented_key(std::optional<std::string_view> authorization,
                                              std::optional<std::string_view> api_key);

class KeyRing {
 public:
  struct Counts {
    std::uint64_t admitted = 0;
    std::uint64_t too_fast = 0;  ///< over requests_per_second
    std::uint64_t too_many = 0;  ///< over concurrent
    std::size_t under_way = 0;
  };

  /// A call that was let in; its end makes room for the next. It may outlive the ring.
  struct Admission {
    std::string key;                    ///< its name
    std::shared_ptr<const void> place;  ///< among the key's calls
    void reset() { place.reset(); }
  };

  explicit KeyRing(std::vector<ApiKey> keys);
  static Result<std::unique_ptr<KeyRing>> read(const std::filesystem::path& file);

  /// Takes the place of the keys there were.
  void replace(std::vector<ApiKey> keys) CNNSELECT_EXCLUDES(mutex_);
  /// Reads the file that read() was given again. On an error nothing changes.
  Status reload() CNNSELECT_EXCLUDES(mutex_);

  /// Errors: kUnauthenticated (no key, or an unknown one), kForbidden (not for this), kTooMany
  /// (over the key's limits). No error tells the key that was sent.
  Result<Admission> admit(std::optional<std::string_view> key, Access access, TimePoint now)
      CNNSELECT_EXCLUDES(mutex_);

  /// What admit() would say whatever the key's limits, counting nothing but the unknown.
  Status check(std::optional<std::string_view> key, Access access) CNNSELECT_EXCLUDES(mutex_);

  /// By the keys' names.
  std::map<std::string, Counts> counts() const CNNSELECT_EXCLUDES(mutex_);
  /// Calls without a key, or with an unknown one.
  std::uint64_t unknown() const CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Held {
    ApiKey key;
    std::optional<TokenBucket> tokens;
    Counts counts;
    /// The admissions' too, which may end after the ring.
    std::shared_ptr<std::atomic<std::size_t>> under_way;
  };

  Held* find(std::string_view key) CNNSELECT_REQUIRES(mutex_);
  /// The key, if there is one and it may do this.
  Result<Held*> allowed(std::optional<std::string_view> key, Access access)
      CNNSELECT_REQUIRES(mutex_);

  std::filesystem::path file_;
  mutable Mutex mutex_;
  std::vector<Held> keys_ CNNSELECT_GUARDED_BY(mutex_);
  std::uint64_t unknown_ CNNSELECT_GUARDED_BY(mutex_) = 0;
};

}  // namespace cnnselect
