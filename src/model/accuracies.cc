#include "model/accuracies.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <ranges>
#include <utility>
#include <vector>

#include "model/family_text.h"
#include "model/names.h"
#include "model/text_file.h"

namespace cnnselect {
namespace {

using std::string_view;

/// At most five decimals, at least one: 0.498, 1.0.
std::string spelled(double fraction) {
  std::string text = fmt::format("{:.5f}", fraction);
  text.erase(std::max(text.find_last_not_of('0'), text.find('.') + 1) + 1);
  return text;
}

double as_read(double fraction) {
  const std::string text = spelled(fraction);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Edit {
  std::size_t begin;  ///< bytes of the text to replace; equal to `end` when something is put in
  std::size_t end;
  std::string replacement;
};

/// The accuracies' edits of one family file's text. Positions in TOML are lines and code points.
class Editor {
 public:
  explicit Editor(string_view text) : text_(text) {
    lines_.push_back(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  void set(const toml::table& model, const Accuracy& accuracy) {
    std::vector<std::string> missing;
    const auto change = [&](string_view key, double fraction) {
      const toml::node* value = model.get(key);
      if (value == nullptr) {
        missing.push_back(fmt::format("{} = {}", key, spelled(fraction)));
      } else if (spelled(value->value<double>().value_or(-1)) != spelled(fraction)) {
        edits_.push_back(
            {offset(value->source().begin), offset(value->source().end), spelled(fraction)});
      }
    };
    change("top1", accuracy.top1);
    if (accuracy.top5) change("top5", *accuracy.top5);
    if (!missing.empty()) add(model, missing);
  }

  std::string result() && {
    std::ranges::sort(edits_, std::ranges::greater{}, &Edit::begin);
    std::string text(text_);
    for (const Edit& edit : edits_) {
      text.replace(edit.begin, edit.end - edit.begin, edit.replacement);
    }
    return text;
  }

 private:
  std::size_t offset(const toml::source_position& position) const {
    std::size_t at = lines_[position.line - 1];
    for (auto column = position.column; column > 1; --column) {
      do {
        ++at;
      } while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U);
    }
    return at;
  }

  /// New keys go behind top1 if it is there, else behind the table's last key.
  void add(const toml::table& model, const std::vector<std::string>& keys) {
    const auto last = std::ranges::max_element(model, {}, [](const auto& entry) {
      const toml::source_position end = entry.second.source().end;
      return std::pair(entry.first.str() == "top1", std::pair(end.line, end.column));
    });
    const std::size_t value_end = offset(last->second.source().end);
    std::string added;
    if (model.is_inline()) {
      for (const std::string& key : keys) added += ", " + key;
      edits_.push_back({value_end, value_end, std::move(added)});
      return;
    }
    const std::size_t line_begin = lines_[last->first.source().begin.line - 1];
    const std::size_t key_begin = text_.find_first_not_of(" \t", line_begin);
    const string_view indent = text_.substr(line_begin, key_begin - line_begin);
    const std::size_t line_end = std::min(text_.find('\n', value_end), text_.size());
    const bool carriage_return = line_end > 0 && text_[line_end - 1] == '\r';
    const string_view newline = carriage_return ? "\r\n" : "\n";
    for (const std::string& key : keys) added += fmt::format("{}{}{}", newline, indent, key);
    const std::size_t place = carriage_return ? line_end - 1 : line_end;
    edits_.push_back({place, place, std::move(added)});
  }

  string_view text_;
  std::vector<std::size_t> lines_;  ///< where each line begins
  std::vector<Edit> edits_;
};

Status check(const Accuracies& measured, const std::vector<FamilyMember>& members,
             string_view source) {
  std::vector<string_view> names;
  for (const FamilyMember& member : members) names.push_back(member.name);
  for (const auto& [name, accuracy] : measured) {
    if (std::ranges::find(names, name) == names.end()) {
      return fail(ErrorCode::kNotFound, fmt::format("{}: no model {}; nearest is '{}'", source,
                                                    in_quotes(name), nearest(name, names)));
    }
    const double top5 = accuracy.top5.value_or(1);
    if (!(accuracy.top1 >= 0 && accuracy.top1 <= top5 && top5 <= 1)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: model '{}' with top1 {} and top5 {}; it must be "
                              "0 <= top1 <= top5 <= 1",
                              source, name, accuracy.top1, top5));
    }
  }
  return {};
}

}  // namespace

Result<std::string> with_accuracies(string_view text, string_view source,
                                    const Accuracies& measured) {
  Result<FamilyText> before = parse_family(text, source, {});
  if (!before) return std::unexpected(before.error());
  std::vector<FamilyMember>& members = before->family.members;
  if (Status status = check(measured, members, source); !status) {
    return std::unexpected(status.error());
  }

  const toml::table root = toml::parse(text, source);  // it did so above
  const toml::array& tables = *root.get_as<toml::array>("model");
  Editor editor(text);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto found = measured.find(members[i].name);
    if (found == measured.end()) continue;
    editor.set(*tables.get(i)->as_table(), found->second);
    members[i].top1 = as_read(found->second.top1);
    if (found->second.top5) members[i].top5 = as_read(*found->second.top5);
  }

  // The text is a person's work: nothing is handed out that does not say exactly what was meant.
  std::string edited = std::move(editor).result();
  const Result<FamilyText> after = parse_family(edited, source, {});
  if (!after) return std::unexpected(after.error().within("after setting the accuracies"));
  if (after->family.members != members) {
    return fail(ErrorCode::kInternal,
                fmt::format("{}: the accuracies could not be set in this spelling", source));
  }
  return edited;
}

Status write_accuracies(const std::filesystem::path& family_file, const Accuracies& measured) {
  const Result<std::string> text = read_text_file("family file", family_file);
  if (!text) return std::unexpected(text.error());
  const Result<std::string> edited = with_accuracies(*text, family_file.string(), measured);
  if (!edited) return std::unexpected(edited.error());
  if (*edited == *text) return {};
  return replace_text_file("family file", family_file, *edited);
}

}  // namespace cnnselect
