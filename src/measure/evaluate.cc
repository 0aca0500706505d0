#include "measure/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

#include "backend/classification.h"
#include "backend/image_classifier.h"
#include "image/decode.h"
#include "image/prepare.h"
#include "stats/confidence.h"
#include "stats/percentile.h"
#include "stats/running_moments.h"

namespace cnnselect {
namespace {

constexpr std::size_t kTop = 5;

Result<std::vector<std::byte>> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(file.tellg());
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::max<std::streamoff>(size, 0)));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) return fail(ErrorCode::kNotFound, "cannot read the file");
  return bytes;
}

/// The times of every picture so far, and how many were right.
struct Tally {
  std::vector<Duration> decode;
  std::vector<Duration> prepare;
  std::vector<Duration> infer;
  std::size_t top1 = 0;
  std::size_t top5 = 0;
};

/// Of each picture.
std::vector<Duration> sums(const std::vector<Duration>& a, const std::vector<Duration>& b) {
  std::vector<Duration> sums;
  std::ranges::transform(a, b, std::back_inserter(sums), std::plus());
  return sums;
}

/// One member, its input buffer, and the clock that times it.
class Examiner {
 public:
  Examiner(const FamilyMember& member, std::size_t labels, LoadedModel& model, const Clock& clock)
      : member_(member), labels_(labels), model_(model), clock_(clock) {
    shape_ = tensor_shape(member.input);
    tensor_.resize(tensor_bytes(member.input, model.input().type));
  }

  /// Decodes the picture into the input tensor.
  Status prepare(const LabelledPicture& picture) {
    const auto encoded = read_file(picture.file);
    if (!encoded) return std::unexpected(encoded.error());
    const TimePoint start = clock_.now();
    const auto image = decode(*encoded, DecodeLimits{}, enough_pixels(member_.input));
    if (!image) return std::unexpected(image.error());
    const TimePoint decoded = clock_.now();
    write_tensor(fit(*image, member_.input), member_.input, model_.input().type, tensor_);
    tally_.decode.push_back(decoded - start);
    tally_.prepare.push_back(clock_.now() - decoded);
    return {};
  }

  Result<Tensor> run() { return model_.run({model_.input().type, shape_, tensor_}, {}); }

  /// Runs the prepared tensor and compares the answer.
  Status examine(std::size_t expected) {
    const TimePoint start = clock_.now();
    const auto output = run();
    tally_.infer.push_back(clock_.now() - start);
    if (!output) return std::unexpected(output.error());
    const auto ranked = rank(*output, member_.output, labels_, kTop);
    if (!ranked) return std::unexpected(ranked.error());
    tally_.top1 += ranked->front().index == expected ? 1 : 0;
    tally_.top5 += std::ranges::find(*ranked, expected, &RankedClass::index) != ranked->end();
    return {};
  }

  Tally& tally() { return tally_; }

 private:
  const FamilyMember& member_;
  std::size_t labels_;
  LoadedModel& model_;
  const Clock& clock_;
  std::vector<std::int64_t> shape_;
  std::vector<std::byte> tensor_;
  Tally tally_;
};

}  // namespace

Proportion proportion(std::size_t hits, std::size_t of) {
  if (of == 0) return {};
  return {static_cast<double>(hits) / static_cast<double>(of), standard_error(hits, of)};
}

TimeSummary summarise(std::vector<Duration> times) {
  if (times.empty()) return {};
  std::ranges::sort(times);
  const Duration sum = std::accumulate(times.begin(), times.end(), Duration::zero());
  RunningMoments moments;
  for (const Duration time : times) moments.add(to_ms(time));
  const auto quantile = [&](double q) {
    return *percentile_of_sorted(std::span<const Duration>(times), q);
  };
  return {.mean = sum / static_cast<Duration::rep>(times.size()),
          .deviation = from_ms(moments.deviation()),
          .p50 = quantile(0.5),
          .p90 = quantile(0.9),
          .p95 = quantile(0.95),
          .p99 = quantile(0.99)};
}

Result<Evaluation> evaluate(const FamilyMember& member, std::size_t labels, Backend& backend,
                            std::span<const LabelledPicture> pictures, const Clock& clock,
                            const EvaluationProgress& progress) {
  const std::string who = fmt::format("model '{}'", member.name);
  const auto model = backend.load(member.file);
  if (!model) return std::unexpected(model.error().within(who));
  if (auto fits = check_member(member, labels, **model); !fits) {
    return std::unexpected(fits.error());
  }
  Examiner examiner(member, labels, **model, clock);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const LabelledPicture& picture = pictures[i];
    if (auto ready = examiner.prepare(picture); !ready) {
      return std::unexpected(ready.error().within(picture.file.string()));
    }
    if (i == 0) {
      if (auto first = examiner.run(); !first) return std::unexpected(first.error().within(who));
    }
    if (auto done = examiner.examine(picture.index); !done) {
      return std::unexpected(done.error().within(who).within(picture.file.string()));
    }
    if (progress) progress(i + 1, pictures.size());
  }
  Tally& tally = examiner.tally();
  return Evaluation{pictures.size(),
                    proportion(tally.top1, pictures.size()),
                    proportion(tally.top5, pictures.size()),
                    summarise(std::move(tally.decode)),
                    summarise(tally.prepare),
                    summarise(tally.infer),
                    summarise(sums(tally.prepare, tally.infer))};
}

}  // namespace cnnselect
