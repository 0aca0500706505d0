// StatisticsBook: what the protocol's statistics extension tells of models and families, counted
// since the start. Thread-safe.
//
// A model counts what it ran, whoever asked for it. A failure counts for the name that was asked
// for, since most failures come before a model is chosen. A family's numbers are those of its
// members, and its own failures.
#pragma once

#include <string_view>
#include <vector>

#include "api/inference_api.h"
#include "base/mutex.h"
#include "base/wall_clock.h"
#include "engine/request.h"
#include "model/catalog.h"

namespace cnnselect {

class StatisticsBook {
 public:
  /// `catalog` outlives the book.
  explicit StatisticsBook(const Catalog& catalog);

  /// `server`: from the request's last byte to its answer.
  void answered(const Answer& answer, Duration server, WallTime now) CNNSELECT_EXCLUDES(mutex_);
  /// A request for `asked`, a family or a model, ended in an error after `server`,
  /// with so many images, >= 1.
  void failed(std::string_view asked, Duration server, std::size_t images)
      CNNSELECT_EXCLUDES(mutex_);

  /// A model's version is that of the start. It may have another one by now.
  ModelStatistics of(ModelId id) const CNNSELECT_EXCLUDES(mutex_);
  ModelStatistics of(FamilyId id) const CNNSELECT_EXCLUDES(mutex_);

 private:
  const Catalog& catalog_;
  mutable Mutex mutex_;
  std::vector<ModelStatistics> models_ CNNSELECT_GUARDED_BY(mutex_);  ///< by ModelId
  std::vector<DurationTotal> fails_ CNNSELECT_GUARDED_BY(mutex_);     ///< by FamilyId
};

}  // namespace cnnselect
