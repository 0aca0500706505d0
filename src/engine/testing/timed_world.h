// For tests: a catalog of one family over a TimedBackend on a simulated clock, and inputs that only
// hand out a tensor.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "engine/model_manager.h"
#include "engine/request.h"
#include "model/catalog.h"

namespace cnnselect {

/// One member of the family that TimedWorld serves.
struct TimedMember {
  const char* name;
  double top1;
  Duration time;
};

class TimedWorld {
 public:
  explicit TimedWorld(const std::vector<TimedMember>& members)
      : backend_(clock_), catalog_(make_catalog(members)), models_(catalog_, backend_, clock_, {}) {
    for (const auto& member : members) {
      backend_.add(file(member.name), timed_model(member.time, {0.F, 1.F}));
    }
  }

  static std::filesystem::path file(std::string_view name) {
    return fmt::format("/models/{}.onnx", name);
  }

  SimulatedClock& clock() { return clock_; }
  TimedBackend& backend() { return backend_; }
  const Catalog& catalog() const { return catalog_; }
  ModelManager& models() { return models_; }

 private:
  static Catalog make_catalog(const std::vector<TimedMember>& members) {
    Family family{.name = "timed",
                  .task = "image-classification",
                  .labels = {"no", "yes"},
                  .members = {},
                  .file = {}};
    for (const auto& member : members) {
      family.members.push_back({.name = member.name,
                                .file = file(member.name),
                                .input = {.resize = {1, 1}, .crop = {1, 1}},
                                .top1 = member.top1});
    }
    return Catalog::from({family}).value();
  }

  SimulatedClock clock_;
  TimedBackend backend_;
  Catalog catalog_;
  ModelManager models_;
};

/// One black pixel; can be told to take time, or to fail.
class PixelSource final : public InputSource {
 public:
  PixelSource() = default;
  PixelSource(Clock& clock, Duration time) : clock_(&clock), time_(time) {}
  explicit PixelSource(Error error) : error_(std::move(error)) {}

  Result<TensorView> tensor_for(ModelId, const TensorSpec&,
                                std::vector<std::byte>& scratch) override {
    if (error_) return std::unexpected(*error_);
    if (clock_ != nullptr) clock_->sleep_until(clock_->now() + time_);
    scratch.assign(3 * sizeof(float), std::byte{});
    return TensorView{ElementType::kFp32, shape_, scratch};
  }

 private:
  Clock* clock_ = nullptr;
  Duration time_{};
  std::optional<Error> error_;
  std::vector<std::int64_t> shape_{1, 3, 1, 1};
};

}  // namespace cnnselect
