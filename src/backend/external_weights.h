// ExternalWeights: the files in which a model keeps weights outside its own (ONNX's external data).
// They may change while the model's file does not.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/result.h"
#include "store/file_digest.h"

namespace cnnselect {

/// Thread-safe. A model's file is searched again only when it has changed.
class ExternalWeights {
 public:
  /// Each file once, in the order of their names; also one that is not there. A model without any,
  /// or that cannot be read, has none.
  std::vector<std::filesystem::path> of(const std::filesystem::path& model)
      CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Searched {
    FileState state;
    std::vector<std::filesystem::path> files;
  };

  Mutex mutex_;
  std::map<std::filesystem::path, Searched> known_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
