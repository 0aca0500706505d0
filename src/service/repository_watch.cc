#include "service/repository_watch.h"

#include <set>
#include <system_error>
#include <utility>

#include "base/links.h"
#include "base/log.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

/// The model's folder in the repository's layout, and those of its versions, which may be many.
void add_versions(const fs::path& model, std::set<fs::path>& folders) {
  folders.insert(model);
  std::error_code error;
  for (fs::directory_iterator entry(model, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    if (entry->is_directory(unreadable)) folders.insert(entry->path());
  }
}

/// The folder of a file, and that of what the file links to.
void add_file(const fs::path& file, std::set<fs::path>& folders) {
  folders.insert(file.parent_path());
  std::error_code gone;
  const fs::path target = fs::canonical(file, gone);
  if (!gone) folders.insert(target.parent_path());
}

/// What is not there is left out.
Status unless_missing(Status added) {
  return added || added.error().code == ErrorCode::kNotFound ? Status() : added;
}

}  // namespace

Result<std::unique_ptr<RepositoryWatch>> RepositoryWatch::start(const Catalog& catalog,
                                                                std::function<void()> changed,
                                                                Duration quiet) {
  auto folders = FolderWatch::create();
  if (!folders) return std::unexpected(folders.error());
  std::unique_ptr<RepositoryWatch> watch(
      new RepositoryWatch(catalog, std::move(changed), quiet, std::move(*folders)));
  if (const Status added = watch->add_folders(); !added) return std::unexpected(added.error());
  watch->thread_ = std::jthread([self = watch.get()] { self->work(); });
  return watch;
}

RepositoryWatch::RepositoryWatch(const Catalog& catalog, std::function<void()> changed,
                                 Duration quiet, std::unique_ptr<FolderWatch> folders)
    : catalog_(catalog),
      changed_(std::move(changed)),
      quiet_(quiet),
      folders_(std::move(folders)) {}

RepositoryWatch::~RepositoryWatch() { folders_->stop(); }

Status RepositoryWatch::add_folders() {
  const MutexLock lock(mutex_);
  std::set<fs::path> folders;
  for (const Family& family : catalog_.families()) {
    const fs::path repository = family.file.parent_path();
    folders.insert(repository);
    for (const FamilyMember& member : family.members) {
      add_file(member.file, folders);
      for (const fs::path& weights : weights_.of(member.file)) add_file(weights, folders);
      add_versions(repository / member.name, folders);
    }
  }
  for (const fs::path& folder : folders) {
    for (const fs::path& link : links_on(folder)) {
      const Status added = unless_missing(folders_->add_entry(link));
      if (!added) return added;
    }
    if (const Status added = unless_missing(folders_->add(folder)); !added) return added;
  }
  return {};
}

void RepositoryWatch::renew() {
  if (const Status added = add_folders(); !added) spdlog::error("{}", added.error().message);
}

void RepositoryWatch::work() {
  while (folders_->wait(quiet_)) {
    // A new version's folder is watched from here on, also for a file that is still to come; so is
    // the folder to which a link leads now.
    renew();
    changed_();
  }
}

}  // namespace cnnselect
