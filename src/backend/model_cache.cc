#include "backend/model_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCopy = ".copy";
constexpr std::string_view kDraft = ".part";
constexpr std::string_view kLink = ".link";
constexpr std::size_t kDigest = 64;
constexpr std::size_t kStem = kDigest + 1 + 16;  // the model's digest, what the copy was made for
/// Coarser than the clock of any file system.
constexpr std::int64_t kGrainNs = 2'000'000'000;
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

std::string words(int error) { return std::generic_category().message(error); }

std::unexpected<Error> unavailable(const fs::path& path, int error) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", path.string(), words(error)));
}

/// Files of ours: the folder may be one that holds others.
bool is_ours(const std::string& name, std::string_view suffix) {
  return name.size() == kStem + suffix.size() && name[kDigest] == '-' && name.ends_with(suffix);
}

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return (time.tv_sec * kSecond) + time.tv_nsec;
}

bool is_same_file(int descriptor, const fs::path& path) {
  struct stat open{};
  struct stat there{};
  return fstat(descriptor, &open) == 0 && stat(path.c_str(), &there) == 0 &&
         open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

bool may_be_made(const fs::path& folder) {
  std::error_code unreadable;
  fs::path whole = fs::absolute(folder, unreadable).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();  // "folder/"
  return fs::is_directory(whole.parent_path(), unreadable);
}

}  // namespace

/// The file that a copy is written to, held by a lock that ends with the process. Removed unless it
/// was published.
class ModelCache::Draft {
 public:
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!published_) unlink(path_.c_str());
    close(descriptor_);
  }

  /// Null: somebody else is writing it. Errors: kUnavailable.
  static Result<std::unique_ptr<Draft>> open(const fs::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (descriptor < 0) return unavailable(path, errno);
    const int error = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    // It may have been published, or removed, before the lock was ours.
    if (error == 0 && is_same_file(descriptor, path)) {
      return std::unique_ptr<Draft>(new Draft(path, descriptor));
    }
    close(descriptor);
    if (error == 0 || error == EWOULDBLOCK) return nullptr;
    return unavailable(path, error);
  }

  const fs::path& path() const { return path_; }

  Status publish(const fs::path& to) {
    if (rename(path_.c_str(), to.c_str()) != 0) return unavailable(to, errno);
    published_ = true;
    return {};
  }

 private:
  Draft(fs::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  fs::path path_;
  int descriptor_;
  bool published_ = false;
};

Status ModelCache::check(const fs::path& folder) {
  struct stat status{};
  if (stat(folder.c_str(), &status) != 0) {
    const int error = errno;
    if (error == ENOENT && may_be_made(folder)) return {};
    return fail(ErrorCode::kNotFound, fmt::format("{}: {}", folder.string(), words(error)));
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not a folder", folder.string()));
  }
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: belongs to user {}; allowed: {} and 0", folder.string(),
                            status.st_uid, geteuid()));
  }
  if ((status.st_mode & kOthersWrite) != 0) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: others may write to it (mode {:04o}); allowed: 0700, 0755",
                            folder.string(), status.st_mode & 07777U));
  }
  return {};
}

Result<std::unique_ptr<ModelCache>> ModelCache::open(Options options) {
  const fs::path& folder = options.folder;
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unavailable(folder, errno);
  // Somebody else may have been first to make it.
  if (const Status usable = check(folder); !usable) return std::unexpected(usable.error());
  return std::unique_ptr<ModelCache>(new ModelCache(std::move(options)));
}

ModelCache::ModelCache(Options options)
    : options_(std::move(options)),
      made_for_(fmt::format("{:016x}",
                            XXH3_64bits(options_.made_for.data(), options_.made_for.size()))) {}

std::optional<ModelCache::Name> ModelCache::name_of(const fs::path& model) {
  const auto state = file_state(model);
  if (!state) return std::nullopt;
  const std::string text = fmt::format("{} {} {} {} {}", state->device, state->inode, state->size,
                                       state->modified_ns, state->changed_ns);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  Name name{.link = fmt::format("{:016x}{:016x}{}", hash.high64, hash.low64, kLink)};
  auto digest = linked_digest(name.link, state->changed_ns);
  name.linked = digest.has_value();
  if (!digest) {
    const auto read = digests_.of(model);
    if (!read) return std::nullopt;
    digest = *read;
  }
  name.copy = fmt::format("{}-{}{}", *digest, made_for_, kCopy);
  return name;
}

std::optional<std::string> ModelCache::linked_digest(const std::string& link,
                                                     std::int64_t changed_ns) const {
  struct stat status{};
  if (lstat(path_of(link).c_str(), &status) != 0) return std::nullopt;
  if (nanoseconds(status.st_mtim) < changed_ns + kGrainNs) return std::nullopt;
  std::error_code gone;
  const std::string copy = fs::read_symlink(path_of(link), gone).string();
  if (!is_ours(copy, kCopy)) return std::nullopt;
  return copy.substr(0, kDigest);
}

void ModelCache::link(const Name& name) const {
  if (name.linked) return;
  std::error_code in_vain;  // then the model is read again the next time
  fs::remove(path_of(name.link), in_vain);
  fs::create_symlink(name.copy, path_of(name.link), in_vain);
}

bool ModelCache::has(const fs::path& model) {
  const auto name = name_of(model);
  std::error_code none;
  return name && fs::is_regular_file(path_of(name->copy), none);
}

std::optional<SealedFile> ModelCache::find(const fs::path& model) {
  const auto name = name_of(model);
  if (!name || given_up(name->copy)) return std::nullopt;
  auto copy = SealedFile::read(path_of(name->copy), name->copy);
  if (!copy) {
    if (copy.error().code == ErrorCode::kNotFound) return std::nullopt;
    spdlog::warn("a kept copy of {} is removed: {}", model.string(), copy.error().message);
    if (!remove_copy(name->copy)) {
      give_up(model, name->copy, {copy.error().code, "it cannot be removed"});
    }
    return std::nullopt;
  }
  // When it was used last; who may not write here has no room to make either.
  (void)utimensat(AT_FDCWD, path_of(name->copy).c_str(), nullptr, 0);
  link(*name);
  return std::move(*copy);
}

void ModelCache::reject(const fs::path& model, const std::string& reason) {
  const auto name = name_of(model);
  if (!name) return;
  (void)remove_copy(name->copy);  // left there, it is not used either
  give_up(model, name->copy, {ErrorCode::kUnsupported, reason});
}

bool ModelCache::remove_copy(const std::string& name) const {
  std::error_code problem;
  fs::remove(path_of(name), problem);
  return !problem;
}

bool ModelCache::add(const fs::path& model, const Make& make) {
  const auto name = name_of(model);
  if (read_only_ || !name || given_up(name->copy)) return false;
  const fs::path path = path_of(name->copy.substr(0, kStem) + std::string(kDraft));
  auto draft = Draft::open(path, O_CREAT);
  if (draft && *draft == nullptr) {
    spdlog::info("{}: somebody else is making a copy of it", model.string());
    return false;
  }
  const Status written =
      draft ? write(model, name->copy, **draft, make) : Status(std::unexpected(draft.error()));
  if (written) {
    link(*name);
    make_room(name->copy);
    return true;
  }
  if (written.error().code != ErrorCode::kUnavailable) {
    give_up(model, name->copy, written.error());
  } else if (!read_only_.exchange(true)) {
    spdlog::warn("no more copies of models are kept: {}", written.error().message);
  }
  return false;
}

Status ModelCache::write(const fs::path& model, const std::string& name, Draft& draft,
                         const Make& make) {
  if (has(model)) return {};  // since somebody else has made it
  std::error_code unknown;
  const auto size = fs::file_size(model, unknown);
  const auto room = fs::space(options_.folder, unknown).available;
  if (!unknown && room < size) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: {} bytes free, {} needed", options_.folder.string(), room, size));
  }
  if (truncate(draft.path().c_str(), 0) != 0) return unavailable(draft.path(), errno);
  if (const Status made = make(draft.path()); !made) {
    return fail(ErrorCode::kUnsupported, made.error().message);
  }
  if (const auto now = name_of(model); !now || now->copy != name) {
    return fail(ErrorCode::kInvalidArgument, "the file changed while it was read");
  }
  const auto copy_size = fs::file_size(draft.path(), unknown);
  if (copy_size > options_.max_bytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("it takes {} bytes; allowed for all copies: {}",
                                                  copy_size, options_.max_bytes));
  }
  if (const Status sealed = seal_file(draft.path(), name); !sealed) return sealed;
  if (const Status published = draft.publish(path_of(name)); !published) return published;
  spdlog::info("{}: a copy made for this machine is kept, {} bytes", model.string(), copy_size);
  return {};
}

bool ModelCache::given_up(const std::string& name) const {
  const MutexLock lock(mutex_);
  return given_up_.contains(name);
}

void ModelCache::give_up(const fs::path& model, const std::string& name, const Error& error) {
  {
    const MutexLock lock(mutex_);
    if (!given_up_.insert(name).second) return;
  }
  spdlog::warn("no copy of {} is kept: {}", model.string(), error.message);
}

void ModelCache::make_room(const std::string& newest) const {
  struct Copy {
    fs::path path;
    fs::file_time_type used;
    std::uintmax_t size = 0;
  };
  std::vector<Copy> copies;
  std::uintmax_t total = 0;
  std::error_code problem;
  for (fs::directory_iterator file(options_.folder, problem), end; !problem && file != end;
       file.increment(problem)) {
    const fs::path& path = file->path();
    const std::string name = path.filename().string();
    std::error_code gone;  // another process makes room too
    if (name.ends_with(kLink) && fs::is_symlink(path, gone) && !fs::exists(path, gone)) {
      fs::remove(path, gone);  // its copy went
    }
    if (is_ours(name, kDraft)) {
      const auto abandoned = Draft::open(path, 0);  // removed here, if its maker is dead
    }
    if (!is_ours(name, kCopy)) continue;
    const Copy copy{.path = path,
                    .used = fs::last_write_time(path, gone),
                    .size = gone ? 0 : fs::file_size(path, gone)};
    if (gone) continue;
    total += copy.size;
    if (name != newest) copies.push_back(copy);
  }
  std::ranges::sort(copies, {}, &Copy::used);
  for (const Copy& oldest : copies) {
    if (total <= options_.max_bytes) return;
    spdlog::info("{}: removed, not used for longest", oldest.path.string());
    if (fs::remove(oldest.path, problem)) total -= oldest.size;
  }
}

}  // namespace cnnselect
