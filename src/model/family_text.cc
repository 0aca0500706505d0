#include "model/family_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "model/names.h"
#include "model/toml_fields.h"

namespace cnnselect {
namespace {

using std::string_view;
namespace fs = std::filesystem;

constexpr int kMaxPixels = 4096;
constexpr std::array<string_view, 6> kFamilyKeys{"name",  "task",   "labels",
                                                 "input", "output", "model"};
constexpr std::array<string_view, 8> kInputKeys{"resize", "crop", "fill", "channels",
                                                "scale",  "mean", "std",  "layout"};
constexpr std::array<string_view, 1> kOutputKeys{"kind"};
constexpr std::array<string_view, 14> kModelKeys{"name",   "file", "version", "top1",     "top5",
                                                 "resize", "crop", "fill",    "channels", "scale",
                                                 "mean",   "std",  "layout",  "kind"};
constexpr std::array<string_view, 1> kTasks{"image-classification"};
// Each in the order of its enumeration.
constexpr std::array<string_view, 2> kLayouts{"NCHW", "NHWC"};
constexpr std::array<string_view, 2> kKinds{"logits", "probabilities"};
constexpr std::array<string_view, 3> kChannels{"RGB", "BGR", "gray"};
constexpr std::array<string_view, 1> kResizeWords{"letterbox"};
constexpr double kLeastScale = 1e-6;
constexpr double kLargestScale = 65535;  // of a pixel of 16 bits

bool is_square(const PixelSize& size) { return size.height == size.width; }

std::string size_text(const PixelSize& size) {
  return is_square(size) ? fmt::format("{}", size.height)
                         : fmt::format("[{}, {}]", size.height, size.width);
}

/// A number is the shorter side, [height, width] the whole picture, a text how it is fitted.
void read_resize(TomlFields& fields, InputSpec& spec) {
  if (fields.is_text("resize")) {
    if (fields.choice("resize", kResizeWords)) spec.fitting = Fitting::kLetterbox;
    return;
  }
  const auto size = fields.size("resize", 1, kMaxPixels);
  if (!size) return;
  spec.resize = *size;
  spec.fitting = fields.is_array("resize") ? Fitting::kStretch : Fitting::kShorterSide;
}

void check_sizes(const TomlFields& fields, const InputSpec& spec, FirstError& errors) {
  const auto& [height, width] = spec.crop;
  if (spec.fitting == Fitting::kLetterbox) return;
  if (spec.resize.height >= height && spec.resize.width >= width) return;
  const std::string allowed =
      spec.fitting == Fitting::kStretch
          ? fmt::format("at least that in height and in width, up to {}", kMaxPixels)
          : fmt::format("{} to {}", std::max(height, width), kMaxPixels);
  errors.report(fields.position("resize"),
                fmt::format("'resize' is {}, smaller than 'crop', {}; it must be {}",
                            size_text(spec.resize), size_text(spec.crop), allowed));
}

/// A gray picture has one channel, and so one mean and one std.
void check_gray(const TomlFields& fields, const InputSpec& spec, FirstError& errors) {
  if (spec.channels != Channels::kGray) return;
  const auto check_one = [&](string_view key, const std::array<float, 3>& values) {
    if (values[0] == values[1] && values[1] == values[2]) return;
    errors.report(fields.position(key),
                  fmt::format("'{}' is [{}, {}, {}], and 'channels' is 'gray'; it must be one "
                              "number then",
                              key, values[0], values[1], values[2]));
  };
  check_one("mean", spec.mean);
  check_one("std", spec.std);
}

/// Changes in `spec` what the table states, be it [input] or a member's own.
void read_input(TomlFields& fields, InputSpec& spec, FirstError& errors) {
  read_resize(fields, spec);
  spec.crop = fields.size("crop", 1, kMaxPixels).value_or(spec.crop);
  spec.fill = fields.integer("fill", 0, 255).value_or(spec.fill);
  if (const auto channels = fields.choice("channels", kChannels)) {
    spec.channels = static_cast<Channels>(*channels);
  }
  if (const auto scale = fields.number("scale", kLeastScale, kLargestScale)) {
    spec.scale = static_cast<float>(*scale);
  }
  spec.mean = fields.triple("mean", false).value_or(spec.mean);
  spec.std = fields.triple("std", true).value_or(spec.std);
  if (const auto layout = fields.choice("layout", kLayouts)) {
    spec.layout = static_cast<Layout>(*layout);
  }
  check_sizes(fields, spec, errors);
  check_gray(fields, spec, errors);
}

void read_kind(TomlFields& fields, OutputKind& kind) {
  if (const auto place = fields.choice("kind", kKinds)) kind = static_cast<OutputKind>(*place);
}

/// The table `key` of `root`; nothing when absent or, reported, something else.
const toml::table* subtable(const toml::table& root, string_view key, FirstError& errors) {
  const toml::node* node = root.get(key);
  if (node != nullptr && !node->is_table()) {
    errors.report(node->source().begin, fmt::format("'{}' must be a table: [{}]", key, key));
  }
  return node != nullptr ? node->as_table() : nullptr;
}

void check(const Status& status, const toml::source_position& where, FirstError& errors) {
  if (!status) errors.report(where, status.error().message);
}

class FamilyReader {
 public:
  FamilyReader(string_view source, const fs::path& base)
      : source_(source), base_(base), errors_(source) {}

  Result<FamilyText> read(const toml::table& root) {
    TomlFields fields(root, "the family", errors_);
    fields.allow_only(kFamilyKeys);
    text_.family.name = fields.required_text("name");
    check(check_name("family", text_.family.name), fields.position("name"), errors_);
    text_.family.task = kTasks[fields.choice("task", kTasks).value_or(0)];
    text_.labels = base_ / fields.required_text("labels");
    text_.labels_place = place(fields.position("labels"));
    read_defaults(root);
    read_members(root);
    if (errors_.error()) return std::unexpected(*errors_.error());
    return std::move(text_);
  }

 private:
  void read_defaults(const toml::table& root) {
    if (const toml::table* table = subtable(root, "input", errors_)) {
      TomlFields fields(*table, "[input]", errors_);
      fields.allow_only(kInputKeys);
      read_input(fields, input_, errors_);
      states_mean_ = table->contains("mean");
      states_std_ = table->contains("std");
    }
    if (const toml::table* table = subtable(root, "output", errors_)) {
      TomlFields fields(*table, "[output]", errors_);
      fields.allow_only(kOutputKeys);
      read_kind(fields, kind_);
    }
  }

  void read_members(const toml::table& root) {
    const toml::node* models = root.get("model");
    const toml::array* tables = models != nullptr ? models->as_array() : nullptr;
    if (tables == nullptr || tables->empty() || !tables->is_homogeneous<toml::table>()) {
      errors_.report(models != nullptr ? models->source().begin : root.source().begin,
                     "a family needs at least one model, each in a table of its own: [[model]]");
      return;
    }
    for (const toml::node& node : *tables) read_member(*node.as_table());
  }

  void read_member(const toml::table& table) {
    const auto* stated = table.get_as<std::string>("name");
    TomlFields fields(
        table, stated != nullptr ? "[[model]] " + in_quotes(stated->get()) : "[[model]]", errors_);
    fields.allow_only(kModelKeys);
    FamilyMember member;
    member.name = fields.required_text("name");
    check(check_name("model", member.name), fields.position("name"), errors_);
    const auto [known, is_new] =
        lines_.emplace(member.name, static_cast<unsigned>(fields.position("name").line));
    if (!is_new) {
      errors_.report(fields.position("name"),
                     fmt::format("model '{}' stands in this family already, at line {}",
                                 member.name, known->second));
    }
    if (const auto file = fields.text("file")) member.file = base_ / *file;
    if (const auto version = fields.integer("version", 1, std::numeric_limits<int>::max())) {
      if (!member.file.empty()) {
        errors_.report(fields.position("version"),
                       fmt::format("model '{}' has a 'file' and a 'version'; a version is that of "
                                   "the repository's layout, want one of them",
                                   member.name));
      }
      member.version = *version;
      member.file = base_ / member.name / std::to_string(*version) / "model.onnx";
    }
    member.input = input_;
    read_input(fields, member.input, errors_);
    member.states_mean = states_mean_ || table.contains("mean");
    member.states_std = states_std_ || table.contains("std");
    member.output = kind_;
    read_kind(fields, member.output);
    member.top1 = fields.fraction("top1");
    member.top5 = fields.fraction("top5");
    if (member.top1 && member.top5 && *member.top5 < *member.top1) {
      errors_.report(fields.position("top5"),
                     fmt::format("'top5' of model '{}' is {}; it must be at least 'top1', {}",
                                 member.name, *member.top5, *member.top1));
    }
    text_.family.members.push_back(std::move(member));
    text_.member_places.push_back(place(table.source().begin));
  }

  std::string place(const toml::source_position& position) const {
    return fmt::format("{}:{}", source_, position.line);
  }

  string_view source_;
  const fs::path& base_;
  FirstError errors_;
  InputSpec input_;
  bool states_mean_ = false;
  bool states_std_ = false;
  OutputKind kind_ = OutputKind::kLogits;
  std::map<std::string, unsigned, std::less<>> lines_;
  FamilyText text_;
};

}  // namespace

Result<FamilyText> parse_family(string_view text, string_view source, const fs::path& base) {
  try {
    const toml::table root = toml::parse(text, source);
    return FamilyReader(source, base).read(root);
  } catch (const toml::parse_error& error) {
    const toml::source_position where = error.source().begin;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}:{}:{}: {}", source, where.line, where.column, error.description()));
  }
}

}  // namespace cnnselect
