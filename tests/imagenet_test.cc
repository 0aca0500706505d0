// The whole way from a photo to an answer, on networks and photos that nobody here made, against
// what another implementation (Pillow and ONNX Runtime from Python) got out of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "backend/classification.h"
#include "backend/image_classifier.h"
#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "base/testing/read_file.h"
#include "base/testing/temporary_folder.h"
#include "image/decode.h"
#include "image/prepare.h"
#include "measure/evaluate.h"
#include "tests/imagenet_family.h"

namespace cnnselect {
namespace {

constexpr std::size_t kReferenceCrops = 16;
constexpr int kSide = 224;
constexpr std::size_t kPlane = std::size_t{kSide} * kSide;

class ImageNet : public ::testing::Test {
 protected:
  void SetUp() override {
    imagenet_ = test::find_imagenet();
    if (!imagenet_) GTEST_SKIP() << test::kNoImagenet;
    auto family = load_family(test::write_imagenet_family(folder_.path(), *imagenet_));
    ASSERT_TRUE(family.has_value()) << family.error().message;
    family_ = std::move(*family);
    ASSERT_EQ(family_.labels.size(), 1000U);
    auto photos = read_labelled_pictures(*imagenet_ / "labels.tsv", *imagenet_ / "photos", 1000);
    ASSERT_TRUE(photos.has_value()) << photos.error().message;
    photos_ = std::move(*photos);
    ASSERT_EQ(photos_.size(), 200U);
  }

  /// The n-th of the crops that the reference was computed from.
  Image reference_crop(std::size_t n) {
    if (crops_.empty()) crops_ = read_file(*imagenet_ / "reference/crops_u8_nchw_16x3x224x224.bin");
    Image crop{kSide, kSide, std::vector<std::uint8_t>(3 * kPlane)};
    for (std::size_t i = 0; i < 3 * kPlane; ++i) {
      crop.rgb[(3 * (i % kPlane)) + (i / kPlane)] =
          static_cast<std::uint8_t>(crops_.at((n * 3 * kPlane) + i));
    }
    return crop;
  }

  TemporaryFolder folder_;
  std::optional<std::filesystem::path> imagenet_;
  Family family_;
  std::vector<LabelledPicture> photos_;
  std::string crops_;
  OnnxRuntimeBackend backend_;
};

TEST_F(ImageNet, LogitsOfTheReferenceCropsAgreeWithinAThousandth) {
  for (const FamilyMember& member : family_.members) {
    const auto model = backend_.load(member.file);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    const auto fits = check_member(member, family_.labels.size(), **model);
    ASSERT_TRUE(fits.has_value()) << fits.error().message;
    const std::string expected =
        read_file(*imagenet_ / ("reference/logits_f32_16x1000_" + member.name + ".bin"));
    ASSERT_EQ(expected.size(), kReferenceCrops * 4000);
    std::vector<float> tensor(3 * kPlane);
    const std::vector<std::int64_t> shape{1, 3, kSide, kSide};
    float worst = 0;
    for (std::size_t n = 0; n < kReferenceCrops; ++n) {
      write_tensor(reference_crop(n), member.input, ElementType::kFp32,
                   std::as_writable_bytes(std::span(tensor)));
      const auto output =
          (*model)->run({ElementType::kFp32, shape, std::as_bytes(std::span(tensor))}, {});
      ASSERT_TRUE(output.has_value()) << output.error().message;
      std::vector<float> logits(1000);
      std::vector<float> wanted(1000);
      ASSERT_EQ(output->bytes.size(), 4000U);
      std::memcpy(logits.data(), output->bytes.data(), 4000);
      std::memcpy(wanted.data(), expected.data() + (n * 4000), 4000);
      for (std::size_t i = 0; i < 1000; ++i) {
        worst = std::max(worst, std::abs(logits[i] - wanted[i]));
      }
    }
    EXPECT_LE(worst, 1e-3F) << member.name;
    RecordProperty(member.name, std::to_string(worst));
  }
}

TEST_F(ImageNet, OwnDecoderAndResizerGiveTheReferenceCrops) {
  const InputSpec& spec = family_.members.front().input;
  for (std::size_t n = 0; n < kReferenceCrops; ++n) {
    const std::string file = read_file(photos_[n].file);
    const auto image = decode(std::as_bytes(std::span(file)), DecodeLimits{}, 0);
    ASSERT_TRUE(image.has_value()) << image.error().message;
    const Image fitted = fit(*image, spec);
    const Image wanted = reference_crop(n);
    double sum = 0;
    int largest = 0;
    for (std::size_t i = 0; i < wanted.rgb.size(); ++i) {
      const int difference = std::abs(int{fitted.rgb[i]} - int{wanted.rgb[i]});
      sum += difference;
      largest = std::max(largest, difference);
    }
    EXPECT_LE(largest, 2) << photos_[n].file;
    EXPECT_LE(sum / static_cast<double>(wanted.rgb.size()), 0.3) << photos_[n].file;
  }
}

/// One test per network, so that none takes long.
class ImageNetAccuracy : public ImageNet, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(ImageNetAccuracy, OnThePhotosIsWithinTwoPointsOfTheReadme) {
  const RealClock clock;
  const FamilyMember& member = family_.members.at(GetParam());
  const auto result = evaluate(member, family_.labels.size(), backend_, photos_, clock, nullptr);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_NEAR(result->top1.value, *member.top1, 0.02) << member.name;
  EXPECT_NEAR(result->top5.value, *member.top5, 0.02) << member.name;
  RecordProperty(member.name, std::to_string(result->top1.value));
}

INSTANTIATE_TEST_SUITE_P(ImageNet, ImageNetAccuracy, ::testing::Range<std::size_t>(0, 5));

}  // namespace
}  // namespace cnnselect
