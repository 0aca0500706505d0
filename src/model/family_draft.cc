#include "model/family_draft.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace cnnselect {
namespace {

/// As TOML quotes it.
std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string as_toml(const PixelSize& size) {
  if (size.height == size.width) return std::to_string(size.height);
  return fmt::format("[{}, {}]", size.height, size.width);
}

/// The usual photo around a crop: 256 pixels around 224.
std::string reas_toml(const PixelSize& crop) {
  if (crop.height != crop.width) return as_toml(crop);
  return std::to_string((crop.height * 8 + 3) / 7);
}

/// The lines of [input] that a network's file tells.
std::string input_lines(const NetworkFacts& network) {
  constexpr PixelSize kUsual = InputSpec().crop;
  const PixelSize crop = network.size.value_or(kUsual);
  const std::string guess = network.size ? "usual for this crop" : "usual; this network takes any";
  std::string lines = fmt::format("resize = {}   # {}: {}; what was it trained with?\n",
                                  reas_toml(crop), kFillIn, guess);
  lines += fmt::format("crop = {}\n", as_toml(crop));
  if (network.channels == Channels::kGray) lines += "channels = \"gray\"\n";
  if (network.layout == Layout::kNhwc) lines += "layout = \"NHWC\"\n";
  return lines;
}

std::string normalisation_lines(std::span<const NetworkFacts> networks) {
  const bool bytes = std::ranges::all_of(
      networks, [](const NetworkFacts& network) { return network.type == ElementType::kUint8; });
  if (bytes) return "# The inputs are bytes: no mean, no std.\n";
  return fmt::format(
      "# {0}: what the network was trained with; without both, pixels of 0 to 1 as they are.\n"
      "# mean = [0.485, 0.456, 0.406]\n"
      "# std = [0.229, 0.224, 0.225]\n",
      kFillIn);
}

std::string_view kind_of(const NetworkFacts& network) {
  return network.output == OutputKind::kProbabilities ? "probabilities" : "logits";
}

std::string model_text(const NetworkFacts& network, const NetworkFacts& first) {
  std::string text = fmt::format("\n[[model]]\nname = {}\n", quoted(network.name));
  if (!network.file.empty()) text += fmt::format("file = {}\n", quoted(network.file));
  if (input_lines(network) != input_lines(first)) {
    text += input_lines(network);
    if (first.layout == Layout::kNhwc && network.layout == Layout::kNchw) {
      text += "layout = \"NCHW\"\n";
    }
    if (first.channels == Channels::kGray && network.channels == Channels::kRgb) {
      text += "channels = \"RGB\"\n";
    }
  }
  if (network.output != first.output) text += fmt::format("kind = \"{}\"\n", kind_of(network));
  return text;
}

}  // namespace

Result<std::string> family_draft(const std::string& family, const std::string& labels,
                                 bool labels_known, std::span<const NetworkFacts> networks) {
  const NetworkFacts& first = networks.front();
  for (const NetworkFacts& network : networks) {
    if (network.classes == first.classes) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' has {} classes, '{}' has {}; a family's networks have the same: "
                            "put them in different folders",
                            first.name, first.classes, network.name, network.classes));
  }
  std::string text = fmt::format(
      "# Written by `cnnselect models init` from what the networks' files tell.\n"
      "# Lines with {} want a person; docs/families.md explains every key.\n"
      "name = {}\nlabels = {}",
      kFillIn, quoted(family), quoted(labels));
  text += labels_known ? "\n"
                       : fmt::format("   # {}: {} lines, in the order of the network's outputs\n",
                                     kFillIn, first.classes);
  text += "\n[input]\n" + input_lines(first) + normalisation_lines(networks);
  text += fmt::format("\n[output]\nkind = \"{}\"   # its scores of a test picture look like that\n",
                      kind_of(first));
  text += fmt::format(
      "\n# {}: top1 of each model; measure and write it with:\n"
      "#   cnnselect models evaluate DIR --family {} --images FOLDER --write\n",
      kFillIn, family);
  for (const NetworkFacts& network : networks) text += model_text(network, first);
  return text;
}

}  // namespace cnnselect
