#include "oip/shared_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "oip/oip_rules.h"

namespace cnnselect {
namespace {

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool is_object_name(std::string_view key) {
  return key.size() > 1 && key.size() <= 255 && key.starts_with('/') &&
         !key.substr(1).contains('/') && !key.contains('\0') && key != "/." && key != "/..";
}

}  // namespace

/// An open shared memory object.
class SharedMemory::Object {
 public:
  explicit Object(int file) : file_(file) {}
  ~Object() { close(file_); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  std::uint64_t size() const {
    struct stat status{};
    return fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }
  /// False: there are not as many bytes there.
  bool read(std::uint64_t offset, std::span<std::byte> bytes) const {
    return transfer(offset, bytes, pread);
  }
  bool write(std::uint64_t offset, std::span<const std::byte> bytes) const {
    // Or it would grow an object that its owner has made shorter.
    if (size() < offset + bytes.size()) return false;
    return transfer(offset, bytes, pwrite);
  }

 private:
  template <class Bytes, class Call>
  bool transfer(std::uint64_t offset, Bytes bytes, Call call) const {
    while (!bytes.empty()) {
      const ssize_t done = call(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    return true;
  }

  const int file_;
};

SharedMemory::~SharedMemory() = default;

Status SharedMemory::add(const SharedRegion& region) {
  if (region.name.empty()) return wrong("a shared memory region needs a name");
  if (!is_object_name(region.key)) {
    return wrong(
        fmt::format("key is '{}'; want the name of a shared memory object, '/' and then no "
                    "other slash",
                    region.key.substr(0, 80)));
  }
  const int file = shm_open(region.key.c_str(), O_RDWR | O_CLOEXEC, 0);
  if (file < 0) {
    return wrong(fmt::format("Unable to open shared memory region: '{}': {}", region.key,
                             std::generic_category().message(errno)));
  }
  auto object = std::make_shared<const Object>(file);
  const std::uint64_t there = object->size();
  if (region.size == 0 || region.offset > there || region.size > there - region.offset) {
    return wrong(fmt::format("shared memory region '{}' is {} bytes from {} on; object '{}' has {}",
                             region.name, region.size, region.offset, region.key, there));
  }
  const MutexLock lock(mutex_);
  const bool added =
      entries_.try_emplace(region.name, Entry{.region = region, .object = std::move(object)})
          .second;
  if (added) return {};
  return wrong(fmt::format("shared memory region '{}' already in manager", region.name));
}

void SharedMemory::remove(std::string_view name) {
  const MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return name.empty() || entry.first == name; });
}

Result<std::vector<SharedRegion>> SharedMemory::regions(std::string_view name) const {
  std::vector<SharedRegion> all;
  const MutexLock lock(mutex_);
  for (const auto& [key, entry] : entries_) {
    if (name.empty() || key == name) all.push_back(entry.region);
  }
  if (!name.empty() && all.empty()) {
    return wrong(fmt::format("Unable to find system shared memory region: '{}'", name));
  }
  return all;
}

Result<SharedMemory::Entry> SharedMemory::find(const SharedRange& range) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(range.region);
  if (found == entries_.end()) {
    return wrong(fmt::format("Unable to find shared memory region: '{}'", range.region));
  }
  const SharedRegion& region = found->second.region;
  if (range.offset <= region.size && range.size <= region.size - range.offset) {
    return found->second;
  }
  return wrong(
      fmt::format("Invalid offset + byte size for shared memory region: '{}' has {} bytes, "
                  "asked for are {} from {} on",
                  region.name, region.size, range.size, range.offset));
}

Result<std::vector<std::byte>> SharedMemory::read(const SharedRange& range) const {
  const auto entry = find(range);
  if (!entry) return std::unexpected(entry.error());
  if (range.size > max_bytes_) {
    return fail(ErrorCode::kTooLarge, fmt::format("{} bytes of shared memory; allowed: up to {}",
                                                  range.size, max_bytes_));
  }
  std::vector<std::byte> bytes(range.size);
  if (entry->object->read(entry->region.offset + range.offset, bytes)) return bytes;
  return wrong(fmt::format("shared memory object '{}' has become shorter than region '{}'",
                           entry->region.key, range.region));
}

Status SharedMemory::write(const SharedRange& range, std::span<const std::byte> bytes) const {
  const auto entry = find(range);
  if (!entry) return std::unexpected(entry.error());
  if (bytes.size() > range.size) {
    return wrong(
        fmt::format("shared memory size specified with the request is {} bytes; it should "
                    "be at least {} bytes to hold the results",
                    range.size, bytes.size()));
  }
  if (entry->object->write(entry->region.offset + range.offset, bytes)) return {};
  return wrong(fmt::format("shared memory object '{}' has become shorter than region '{}'",
                           entry->region.key, range.region));
}

namespace {

Status check_offered(const SharedMemory* memory) {
  if (memory != nullptr) return {};
  return fail(ErrorCode::kUnsupported,
              "shared memory is not offered by this server; send the tensor itself");
}

Status fetch(InferInput& input, const SharedMemory* memory,
             std::vector<std::vector<std::byte>>& storage) {
  if (const Status offered = check_offered(memory); !offered) return offered;
  const auto type = parse_datatype(input.datatype);
  if (!type) return std::unexpected(type.error());
  auto bytes = memory->read(*input.shared);
  if (!bytes) return std::unexpected(bytes.error());
  storage.push_back(*std::move(bytes));
  input.bytes = storage.back();
  return check_tensor_bytes(input.bytes, *type, input.shape);
}

Status store(InferOutput& output, const SharedRange& range, const SharedMemory* memory) {
  if (const Status offered = check_offered(memory); !offered) return offered;
  if (const Status written = memory->write(range, output.bytes); !written) return written;
  output.shared = range;
  output.shared->size = output.bytes.size();
  output.bytes.clear();
  return {};
}

}  // namespace

Status fetch_shared_inputs(InferRequest& request, const SharedMemory* memory) {
  const std::size_t most = memory == nullptr ? 0 : memory->max_bytes();
  std::size_t together = 0;
  for (InferInput& input : request.inputs) {
    if (!input.shared) continue;
    together += std::min(input.shared->size, most);
    if (together > most) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("the inputs in shared memory take more than {} bytes", most));
    }
    if (const Status fetched = fetch(input, memory, request.storage); !fetched) {
      return std::unexpected(fetched.error().within(tensor_place("input", 0, input.name)));
    }
  }
  return {};
}

Status store_shared_outputs(InferResponse& response, std::span<const RequestedOutput> wanted,
                            const SharedMemory* memory) {
  for (InferOutput& output : response.outputs) {
    const auto asked = std::ranges::find(wanted, output.name, &RequestedOutput::name);
    if (asked == wanted.end() || !asked->shared) continue;
    if (const Status stored = store(output, *asked->shared, memory); !stored) {
      return std::unexpected(stored.error().within(tensor_place("output", 0, output.name)));
    }
  }
  return {};
}

}  // namespace cnnselect
