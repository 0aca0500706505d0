#include "backend/image_classifier.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/shape_text.h"
#include "image/prepare.h"

namespace cnnselect {
namespace {

constexpr std::int64_t kFree = -1;
constexpr std::size_t kImageRank = 4;

bool fits(std::int64_t wanted, std::int64_t have) { return wanted == kFree || wanted == have; }

bool fits(std::span<const std::int64_t> wanted, std::span<const std::int64_t> have) {
  return std::ranges::equal(wanted, have, [](auto want, auto got) { return fits(want, got); });
}

Status invalid(std::string message) {
  return fail(ErrorCode::kInvalidArgument, std::move(message));
}

/// Elements of a tensor with this shape, nothing when a dimension is negative or the product
/// overflows.
std::optional<std::size_t> count_elements(std::span<const std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(dimension);
    if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) return std::nullopt;
    count *= size;
  }
  return count;
}

/// Whether a dimension may be that of the channels.
bool is_channels(std::int64_t dimension) {
  return dimension == kFree || dimension == 1 || dimension == 3;
}

std::string_view channels_text(Channels channels) {
  switch (channels) {
    case Channels::kRgb:
      return "RGB";
    case Channels::kBgr:
      return "BGR";
    case Channels::kGray:
      break;
  }
  return "gray";
}

}  // namespace

Status check_classifier(const TensorSpec& input, const TensorSpec& output) {
  const auto& in = input.shape;
  if (in.size() != kImageRank || (!is_channels(in[1]) && !is_channels(in[3]))) {
    return invalid(
        fmt::format("input '{}' has shape {}; an image input is [batch,channels,height,width] or "
                    "[batch,height,width,channels], with 3 channels or 1",
                    input.name, shape_text(in)));
  }
  if (output.type == ElementType::kUint8 || output.shape.size() != 2) {
    return invalid(
        fmt::format("output '{}' is {} {}; a classifier's is FP32 or FP16 "
                    "[batch,classes]",
                    output.name, to_string(output.type), shape_text(output.shape)));
  }
  if (in[0] != kFree && !fits(output.shape[0], in[0])) {
    return invalid(
        fmt::format("input '{}' has shape {}, a batch of {}, but output '{}' has {}: "
                    "want one row per image",
                    input.name, shape_text(in), in[0], output.name, shape_text(output.shape)));
  }
  return {};
}

std::vector<std::int64_t> as_rows(std::vector<std::int64_t> shape) {
  if (shape.size() == 1) shape.insert(shape.begin(), 1);
  for (std::size_t i = shape.size(); i-- > 1 && shape.size() > 2;) {
    if (shape[i] == 1) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return shape;
}

Status check_tensor(const TensorSpec& input, const TensorView& given) {
  if (given.type != input.type) {
    return invalid(fmt::format("input '{}' is {}, but the tensor is {}", input.name,
                               to_string(input.type), to_string(given.type)));
  }
  const auto count = count_elements(given.shape);
  if (!count || !fits(input.shape, given.shape)) {
    return invalid(fmt::format("input '{}' has shape {}, but the tensor has {}", input.name,
                               shape_text(input.shape), shape_text(given.shape)));
  }
  if (*count == 0) {
    return invalid(fmt::format("input '{}': a tensor of shape {} is empty", input.name,
                               shape_text(given.shape)));
  }
  if (given.bytes.size() / size_of(given.type) != *count ||
      given.bytes.size() % size_of(given.type) != 0) {
    return invalid(
        fmt::format("input '{}': a {} tensor of shape {} has {} elements of {} bytes, "
                    "but there are {} bytes",
                    input.name, to_string(given.type), shape_text(given.shape), *count,
                    size_of(given.type), given.bytes.size()));
  }
  return {};
}

Status check_member(const FamilyMember& member, std::size_t labels, const LoadedModel& model) {
  const std::string who = fmt::format("model '{}' ({})", member.name, member.file.string());
  const TensorSpec& input = model.input();
  const auto shape = tensor_shape(member.input);
  if (!fits(input.shape, shape)) {
    return invalid(fmt::format(
        "{}: its input '{}' has shape {}, but the family file asks for {} "
        "(layout {}, crop [{}, {}], channels {})",
        who, input.name, shape_text(input.shape), shape_text(shape),
        member.input.layout == Layout::kNchw ? "NCHW" : "NHWC", member.input.crop.height,
        member.input.crop.width, channels_text(member.input.channels)));
  }
  const TensorSpec& output = model.output();
  if (output.shape.size() != 2 || !fits(output.shape[0], 1) ||
      !fits(output.shape[1], static_cast<std::int64_t>(labels))) {
    return invalid(fmt::format("{}: its output '{}' has shape {}, but the family has {} labels",
                               who, output.name, shape_text(output.shape), labels));
  }
  return {};
}

}  // namespace cnnselect
