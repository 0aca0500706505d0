#include "service/statistics_book.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace cnnselect {
namespace {

void add(DurationTotal& total, Duration time) {
  ++total.count;
  total.time += time;
}

void add(DurationTotal& total, const DurationTotal& other) {
  total.count += other.count;
  total.time += other.time;
}

}  // namespace

StatisticsBook::StatisticsBook(const Catalog& catalog)
    : catalog_(catalog), fails_(catalog.families().size()) {
  for (const CatalogModel& model : catalog.models()) {
    models_.push_back({.name = model.member.name, .version = std::to_string(model.member.version)});
  }
}

void StatisticsBook::answered(const Answer& answer, Duration server, WallTime now) {
  const MutexLock lock(mutex_);
  ModelStatistics& model = models_[answer.model.value];
  model.last_inference_unix_ms = unix_ms(now);
  add(model.success, server);
  add(model.queue, answer.queued);
  add(model.prepare, answer.prepare);
  add(model.infer, answer.infer);
  add(model.output, Duration::zero());  // outputs go to the wire as the runtime wrote them
}

void StatisticsBook::failed(std::string_view asked, Duration server, std::size_t images) {
  const DurationTotal failed{.count = images, .time = server * static_cast<std::int64_t>(images)};
  const MutexLock lock(mutex_);
  if (const auto family = catalog_.find_family(asked)) {
    add(fails_[family->value], failed);
  } else if (const auto model = catalog_.find_model(asked)) {
    add(models_[model->value].fail, failed);
  }
}

ModelStatistics StatisticsBook::of(ModelId id) const {
  const MutexLock lock(mutex_);
  return models_[id.value];
}

ModelStatistics StatisticsBook::of(FamilyId id) const {
  ModelStatistics sum{.name = catalog_.family(id).name, .version = "1"};
  const MutexLock lock(mutex_);
  sum.fail = fails_[id.value];
  for (const ModelId member : catalog_.members(id)) {
    const ModelStatistics& model = models_[member.value];
    sum.last_inference_unix_ms = std::max(sum.last_inference_unix_ms, model.last_inference_unix_ms);
    add(sum.success, model.success);
    add(sum.fail, model.fail);
    add(sum.queue, model.queue);
    add(sum.prepare, model.prepare);
    add(sum.infer, model.infer);
    add(sum.output, model.output);
  }
  return sum;
}

}  // namespace cnnselect
