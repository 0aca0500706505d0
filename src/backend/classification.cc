#include "backend/classification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "backend/image_classifier.h"
#include "base/shape_text.h"

namespace cnnselect {
namespace {

Result<std::vector<float>> read_row(const Tensor& output, std::size_t labels) {
  if (output.type != ElementType::kFp32 || output.bytes.size() != labels * sizeof(float)) {
    return fail(
        ErrorCode::kInternal,
        fmt::format("the model gave {} {} ({} bytes) for one image; the family has {} labels",
                    to_string(output.type), shape_text(output.shape), output.bytes.size(), labels));
  }
  std::vector<float> row(labels);
  if (!row.empty()) std::memcpy(row.data(), output.bytes.data(), output.bytes.size());
  return row;
}

/// What a softmax output says, made into probabilities where rounding or a NaN left the range.
std::vector<double> clamp_probabilities(std::span<const float> row) {
  std::vector<double> probabilities;
  probabilities.reserve(row.size());
  for (const float value : row) {
    probabilities.push_back(std::isnan(value) ? 0.0 : std::clamp(double{value}, 0.0, 1.0));
  }
  return probabilities;
}

}  // namespace

std::vector<double> softmax(std::span<const float> logits) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  float largest = kLowest;
  for (const float logit : logits) {
    if (!std::isnan(logit)) largest = std::max(largest, logit);
  }
  std::vector<double> probabilities;
  probabilities.reserve(logits.size());
  for (const float logit : logits) {
    double weight = 0;
    if (std::isinf(largest)) {
      // inf - inf is NaN: an infinite logit is compared, not subtracted.
      weight = logit == largest || largest < 0 ? 1.0 : 0.0;
    } else if (!std::isnan(logit)) {
      weight = std::exp(double{logit} - double{largest});
    }
    probabilities.push_back(weight);
  }
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

Result<std::vector<RankedClass>> rank(const Tensor& output, OutputKind kind, std::size_t labels,
                                      std::size_t k) {
  const auto row = read_row(output, labels);
  if (!row) return std::unexpected(row.error());
  const auto probabilities =
      kind == OutputKind::kLogits ? softmax(*row) : clamp_probabilities(*row);
  std::vector<RankedClass> ranked;
  ranked.reserve(labels);
  for (std::size_t i = 0; i < labels; ++i) ranked.push_back({i, probabilities[i]});
  const auto top = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(k, labels));
  std::ranges::partial_sort(ranked, top, [](const RankedClass& a, const RankedClass& b) {
    return a.confidence != b.confidence ? a.confidence > b.confidence : a.index < b.index;
  });
  ranked.erase(top, ranked.end());
  return ranked;
}

}  // namespace cnnselect
