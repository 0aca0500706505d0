#include "measure/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "image/prepare.h"

namespace cnnselect {
namespace {

constexpr double kRounding = 1e-3;     // of one probability, as a network of 16 bits rounds
constexpr double kSumRounding = 2e-2;  // of a thousand
constexpr PixelSize kPicture{.height = 480, .width = 640};

/// Colours that run across, and squares upon them.
Image generated_picture() {
  Image picture{kPicture.width, kPicture.height, {}};
  picture.rgb.reserve(static_cast<std::size_t>(kPicture.width * kPicture.height) * 3);
  for (int y = 0; y < kPicture.height; ++y) {
    for (int x = 0; x < kPicture.width; ++x) {
      const bool square = (x / 80 + y / 80) % 2 == 0;
      picture.rgb.push_back(static_cast<std::uint8_t>(255 * x / kPicture.width));
      picture.rgb.push_back(static_cast<std::uint8_t>(255 * y / kPicture.height));
      picture.rgb.push_back(square ? 230 : 40);
    }
  }
  return picture;
}

std::vector<float> floats_of(const Tensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

std::unexpected<Error> no_scores(std::string message) {
  return fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool all_fractions(std::span<const float> scores) {
  return std::ranges::all_of(scores, [](float v) { return v >= -kRounding && v <= 1 + kRounding; });
}

bool sums_to_one(double sum) { return std::abs(sum - 1) <= kSumRounding; }

}  // namespace

bool look_like_probabilities(std::span<const float> scores) {
  double sum = 0;
  for (const float score : scores) sum += double{score};
  return scores.size() > 1 && all_fractions(scores) && sums_to_one(sum);
}

Result<std::vector<float>> scores_of_picture(const InputSpec& input, LoadedModel& model) {
  const ElementType type = model.input().type;
  std::vector<std::byte> tensor(tensor_bytes(input, type));
  write_tensor(fit(generated_picture(), input), input, type, tensor);
  const auto output = model.run({type, tensor_shape(input), tensor}, {});
  if (!output) return std::unexpected(output.error());
  return floats_of(*output);
}

Result<std::vector<std::string>> judge_scores(std::span<const float> scores, OutputKind kind) {
  std::vector<float> finite;
  std::ranges::copy_if(scores, std::back_inserter(finite),
                       [](float v) { return std::isfinite(v); });
  if (finite.empty()) {
    return no_scores(
        fmt::format("all of its {} scores are NaN or infinite; want numbers", scores.size()));
  }
  std::vector<std::string> doubts;
  if (finite.size() < scores.size()) {
    doubts.push_back(fmt::format("{} of its {} scores are NaN or infinite",
                                 scores.size() - finite.size(), scores.size()));
  }
  const auto [least, largest] = std::ranges::minmax(finite);
  double sum = 0;
  for (const float value : finite) sum += double{value};
  if (kind == OutputKind::kLogits) {
    if (scores.size() > 1 && look_like_probabilities(finite)) {
      doubts.push_back(fmt::format(
          "its scores lie in 0 .. 1 and sum to {:.3f}: they look like probabilities, but the "
          "family file says kind = \"logits\", and confidences come out too low. State "
          "kind = \"probabilities\"",
          sum));
    }
    return doubts;
  }
  if (!all_fractions(finite)) {
    return no_scores(
        fmt::format("its scores go from {:.4g} to {:.4g}, but the family file says "
                    "kind = \"probabilities\", which lie in 0 .. 1; state "
                    "kind = \"logits\"",
                    least, largest));
  }
  if (!sums_to_one(sum)) {
    doubts.push_back(fmt::format(
        "its scores sum to {:.3f}, but the family file says kind = \"probabilities\", which sum "
        "to 1 when classes exclude each other",
        sum));
  }
  return doubts;
}

Result<std::vector<std::string>> try_picture(const FamilyMember& member, LoadedModel& model) {
  const std::string who = fmt::format("model '{}' ({})", member.name, member.file.string());
  const auto scores = scores_of_picture(member.input, model);
  if (!scores) return std::unexpected(scores.error().within(who));
  auto doubts = judge_scores(*scores, member.output);
  if (!doubts) return std::unexpected(doubts.error().within(who));
  for (std::string& doubt : *doubts) doubt = fmt::format("{}: {}", who, doubt);
  if (model.batch() > 1) {
    doubts->push_back(
        fmt::format("{}: it takes {} pictures at a time and no fewer, so each "
                    "request costs the time of {}; export it with a free batch",
                    who, model.batch(), model.batch()));
  }
  return doubts;
}

}  // namespace cnnselect
