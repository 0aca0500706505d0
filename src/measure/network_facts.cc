#include "measure/network_facts.h"

#include <utility>
#include <vector>

#include "image/prepare.h"
#include "measure/trial.h"

namespace cnnselect {
namespace {

/// Of a classifier's input, which has four dimensions (backend/image_classifier.h).
void read_shape(const std::vector<std::int64_t>& shape, NetworkFacts& facts) {
  const auto is_channels = [](std::int64_t n) { return n == 1 || n == 3; };
  facts.layout = is_channels(shape[1]) ? Layout::kNchw : Layout::kNhwc;
  const bool first = facts.layout == Layout::kNchw;
  facts.channels = shape[first ? 1 : 3] == 1 ? Channels::kGray : Channels::kRgb;
  const std::int64_t height = shape[first ? 2 : 1];
  const std::int64_t width = shape[first ? 3 : 2];
  if (height <= 0 || width <= 0) return;
  facts.size = PixelSize{.height = static_cast<int>(height), .width = static_cast<int>(width)};
}

}  // namespace

Result<NetworkFacts> network_facts(std::string name, const std::filesystem::path& file,
                                   Backend& backend) {
  NetworkFacts facts{.name = std::move(name)};
  const auto model = backend.load(file);
  if (!model) return std::unexpected(model.error());
  facts.type = (*model)->input().type;
  read_shape((*model)->input().shape, facts);
  InputSpec input{.fitting = Fitting::kStretch,
                  .crop = facts.size.value_or(InputSpec().crop),
                  .channels = facts.channels,
                  .layout = facts.layout};
  input.resize = input.crop;
  const auto scores = scores_of_picture(input, **model);
  if (!scores) return std::unexpected(scores.error().within(file.string()));
  facts.classes = scores->size();
  if (look_like_probabilities(*scores)) facts.output = OutputKind::kProbabilities;
  return facts;
}

}  // namespace cnnselect
