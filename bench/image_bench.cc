// From a phone's photo to the input tensor: with the decoder's own scaling, and without.
// Bar: scaled takes at most 40 % of full. Compare within one run: other machines, other times.
#include <benchmark/benchmark.h>

#include <map>

#include "image/decode.h"
#include "image/prepare.h"
#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

/// 12 megapixels as a phone takes them; the two kinds differ in grain, hence in bytes.
const test::Bytes& photo(bool detailed) {
  static const std::map<bool, test::Bytes> photos{
      {false, test::encode_jpeg(test::draw_photo(4000, 3000, 3), 75)},
      {true, test::encode_jpeg(test::draw_photo(4000, 3000, 10), 75)},
  };
  return photos.at(detailed);
}

void to_tensor(benchmark::State& state, int enough) {
  const test::Bytes& encoded = photo(state.range(0) != 0);
  const InputSpec spec;
  std::vector<float> tensor(tensor_bytes(spec, ElementType::kFp32) / sizeof(float));
  for (auto _ : state) {
    const auto image = decode(encoded, DecodeLimits{}, enough);
    if (!image) {
      state.SkipWithError(image.error().message.c_str());
      return;
    }
    write_tensor(fit(*image, spec), spec, ElementType::kFp32,
                 std::as_writable_bytes(std::span(tensor)));
    benchmark::DoNotOptimize(tensor.data());
  }
  state.counters["jpeg_bytes"] = static_cast<double>(encoded.size());
}

void scaled_decode(benchmark::State& state) { to_tensor(state, enough_pixels(InputSpec{})); }
void full_decode(benchmark::State& state) { to_tensor(state, 0); }
BENCHMARK(full_decode)->ArgName("detailed")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(scaled_decode)->ArgName("detailed")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// The steps after decoding, on what a scaled decode leaves of such a photo.
void fit_only(benchmark::State& state) {
  const Image image = test::draw_photo(500, 375, 10);
  for (auto _ : state) benchmark::DoNotOptimize(fit(image, InputSpec{}));
}
BENCHMARK(fit_only)->Unit(benchmark::kMicrosecond);

void write_tensor_only(benchmark::State& state) {
  const InputSpec spec;
  const Image image = test::draw_photo(spec.crop.width, spec.crop.height, 10);
  std::vector<float> tensor(tensor_bytes(spec, ElementType::kFp32) / sizeof(float));
  for (auto _ : state) {
    write_tensor(image, spec, ElementType::kFp32, std::as_writable_bytes(std::span(tensor)));
    benchmark::DoNotOptimize(tensor.data());
  }
}
BENCHMARK(write_tensor_only)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cnnselect
