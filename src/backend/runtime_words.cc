#include "backend/runtime_words.h"

#include <array>

namespace cnnselect {
namespace {

struct Advice {
  std::string_view words;  ///< in what the runtime says
  std::string_view advice;
};

constexpr std::array kKnown = {
    Advice{"Unsupported model IR version", "; export it with an older ir_version"},
    Advice{"for domain ai.onnx is till opset", "; export it with an older opset_version"}};

}  // namespace

std::string runtime_words(std::string_view what) {
  // "...: /its/source/model.cc:192 onnxruntime::Model::Model(...) Unsupported model IR version"
  std::string words(what);
  const auto place = words.find(".cc:");
  if (place != std::string::npos) {
    const auto begin = words.rfind(':', place);
    const auto end = words.find(") ", place);
    if (end != std::string::npos) {
      const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
      words.replace(from, end + 2 - from, from == 0 ? "" : " ");
    }
  }
  while (words.ends_with('\n') || words.ends_with(' ')) words.pop_back();
  for (const auto& [said, advice] : kKnown) {
    if (words.contains(said)) words += advice;
  }
  return words;
}

}  // namespace cnnselect
