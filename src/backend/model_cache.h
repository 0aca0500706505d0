// ModelCache: copies of model files on disk, made ready for this machine, so that the next load of
// the same content need not do that again.
//
// A copy's name says what it is of (SHA-256 of the model's file) and for (what the copy depends on
// beside that). It is written under another name, sealed (backend/sealed_file.h) and then renamed,
// so nobody meets half a copy; whoever meets a damaged one removes it. Room is made by removing
// what was not used for longest. Only the server's user may read or write what is made here, and a
// folder to which others may write is not used, for a copy decides answers.
//
// Digests cost a tenth of what a copy saves, so they are kept too, as links from the state of a
// model's file (inode, size, times) to its copy. A link is believed only when it is clearly younger
// than the file's last change.
//
// A cache is a convenience: what goes wrong with it is said in the log, and the caller loads the
// model's own file. Several processes may share a folder. All functions are thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "backend/sealed_file.h"
#include "base/mutex.h"
#include "cnnselect/result.h"
#include "store/file_digest.h"

namespace cnnselect {

class ModelCache {
 public:
  struct Options {
    std::filesystem::path folder;  ///< made, in a folder that is there
    /// All that a copy depends on beside the model's content, in any words.
    std::string made_for;
    std::uint64_t max_bytes = std::uint64_t{4} << 30U;  ///< of all copies together
  };
  /// Writes a copy of a model to `file`, which exists and is empty.
  using Make = std::function<Status(const std::filesystem::path& file)>;

  /// Whether open() would take the folder; writes nothing. Errors name it: kNotFound,
  /// kInvalidArgument (no folder, or not this user's alone to write to).
  static Status check(const std::filesystem::path& folder);
  /// Errors: those of check(); kUnavailable when the folder cannot be made.
  static Result<std::unique_ptr<ModelCache>> open(Options options);

  /// Whether there is a copy of the model's file as it is now; it is not read.
  bool has(const std::filesystem::path& model);
  /// That copy, known to be whole; nothing: there is none. A damaged one is removed.
  std::optional<SealedFile> find(const std::filesystem::path& model);
  /// Has a copy made and keeps it; false: it does not, and the log says why, once. A model whose
  /// copy cannot be made is not tried again, nor any model once the folder has failed.
  bool add(const std::filesystem::path& model, const Make& make);
  /// The copy is whole and yet of no use: removed, and the model not tried again.
  void reject(const std::filesystem::path& model, const std::string& reason);

 private:
  class Draft;

  /// Under what a model's copy is kept.
  struct Name {
    std::string copy;
    std::string link;     ///< from the model's file as it is
    bool linked = false;  ///< and that is there
  };

  explicit ModelCache(Options options);

  /// Nothing when the model's file cannot be read, as who loads it will find.
  std::optional<Name> name_of(const std::filesystem::path& model);
  /// The digest to which a link leads; nothing: it does not, or not for certain.
  std::optional<std::string> linked_digest(const std::string& link, std::int64_t changed_ns) const;
  void link(const Name& name) const;
  std::filesystem::path path_of(const std::string& name) const { return options_.folder / name; }
  /// False: it cannot be removed.
  bool remove_copy(const std::string& name) const;
  /// Makes, seals and publishes; an error of code kUnavailable is the folder's, others the model's.
  Status write(const std::filesystem::path& model, const std::string& name, Draft& draft,
               const Make& make);
  bool given_up(const std::string& name) const CNNSELECT_EXCLUDES(mutex_);
  void give_up(const std::filesystem::path& model, const std::string& name, const Error& error)
      CNNSELECT_EXCLUDES(mutex_);
  /// Removes what was used least recently until the rest fits, but not `newest`; and what killed
  /// processes have left.
  void make_room(const std::string& newest) const;

  const Options options_;
  const std::string made_for_;  ///< as it stands in names
  FileDigests digests_;
  std::atomic<bool> read_only_ = false;  ///< the folder has failed
  mutable Mutex mutex_;
  std::set<std::string> given_up_ CNNSELECT_GUARDED_BY(mutex_);  ///< names
};

}  // namespace cnnselect
