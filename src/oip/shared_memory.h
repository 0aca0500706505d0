// SharedMemory: the system_shared_memory extension of the Open Inference Protocol. A client on this
// machine registers a POSIX shared memory object under a name; tensors of later requests may lie in
// it, and outputs may be written there.
//
// Bytes are copied through the object's file descriptor and never mapped: a client that shortens
// its object makes its own request fail, where a mapping would end the server with SIGBUS.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/inference_api.h"
#include "base/mutex.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// A registered part of a shared memory object.
struct SharedRegion {
  std::string name;          ///< the client's own for it
  std::string key;           ///< of shm_open: "/name", without another slash
  std::uint64_t offset = 0;  ///< bytes, where the region begins in the object
  std::uint64_t size = 0;    ///< bytes, above 0
  friend bool operator==(const SharedRegion&, const SharedRegion&) = default;
};

class SharedMemory {
 public:
  /// `max_bytes`: how large one tensor may be.
  explicit SharedMemory(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  std::size_t max_bytes() const { return max_bytes_; }
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  /// Errors: kInvalidArgument: the name is taken, the key is no name of an object that can be read
  /// and written, or the object ends before the region does.
  Status add(const SharedRegion& region) CNNSELECT_EXCLUDES(mutex_);
  /// One region, or all where `name` is blank. One that there is not is none the less gone;
  /// requests under way may still use it.
  void remove(std::string_view name) CNNSELECT_EXCLUDES(mutex_);
  /// Of one region, or of all where `name` is blank, by name. Error kInvalidArgument: no such
  /// region.
  Result<std::vector<SharedRegion>> regions(std::string_view name) const CNNSELECT_EXCLUDES(mutex_);

  /// Errors: kInvalidArgument: no such region, the range leaves it, or its object has become
  /// shorter; kTooLarge.
  Result<std::vector<std::byte>> read(const SharedRange& range) const CNNSELECT_EXCLUDES(mutex_);
  /// Writes `bytes` to the beginning of the range. Errors: as read(), and bytes that do not fit.
  Status write(const SharedRange& range, std::span<const std::byte> bytes) const
      CNNSELECT_EXCLUDES(mutex_);

 private:
  class Object;
  struct Entry {
    SharedRegion region;
    std::shared_ptr<const Object> object;
  };
  /// The entry of a range that lies within it.
  Result<Entry> find(const SharedRange& range) const CNNSELECT_EXCLUDES(mutex_);

  const std::size_t max_bytes_;
  mutable Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ CNNSELECT_GUARDED_BY(mutex_);
};

/// Reads the request's inputs that lie in shared memory, together no more than one tensor may have.
/// Errors: as SharedMemory::read, naming the input; kUnsupported: `memory` is null, it is not
/// offered.
Status fetch_shared_inputs(InferRequest& request, const SharedMemory* memory);

/// Writes the outputs that were asked for in shared memory there, and leaves in the response where.
/// `wanted` are the request's outputs. Errors: as SharedMemory::write, naming the output.
Status store_shared_outputs(InferResponse& response, std::span<const RequestedOutput> wanted,
                            const SharedMemory* memory);

}  // namespace cnnselect
