#include "sim/drift.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "model/text_file.h"
#include "model/toml_fields.h"

namespace cnnselect {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys{"change"};
constexpr std::array<std::string_view, 4> kChangeKeys{"at_ms", "slowdown", "model", "network"};
constexpr double kMostMs = 24.0 * 3'600'000;
constexpr double kLeastSlowdown = 0.01;
constexpr double kMostSlowdown = 100;

Change read_change(const toml::table& table, const ModelSet& models, double correlation,
                   FirstError& errors) {
  TomlFields fields(table, "[[change]]", errors);
  fields.allow_only(kChangeKeys);
  Change change;
  const auto at_ms = fields.number("at_ms", 0, kMostMs);
  if (!at_ms) errors.report(fields.position("at_ms"), "key 'at_ms' is missing in [[change]]");
  change.at = from_ms(at_ms.value_or(0));
  change.slowdown = fields.number("slowdown", kLeastSlowdown, kMostSlowdown);
  if (const auto name = fields.text("model")) {
    const auto names = models.models() | std::views::transform(&SimulatedModel::name);
    const auto place = std::ranges::find(names, *name);
    change.model = static_cast<std::size_t>(place - names.begin());
    if (place == names.end()) {
      errors.report(fields.position("model"),
                    fmt::format("no model '{}'; there are: {}", *name, fmt::join(names, ", ")));
    }
  }
  if (const auto text = fields.text("network")) {
    auto network = Network::parse(*text, correlation);
    if (!network) errors.report(fields.position("network"), network.error().message);
    if (network) change.network = std::move(*network);
  }
  return change;
}

Result<Drift> read_drift(const toml::table& root, std::string_view source, const ModelSet& models,
                         double correlation) {
  FirstError errors(source);
  TomlFields(root, "the file", errors).allow_only(kFileKeys);
  Drift drift;
  const toml::array* changes = root["change"].as_array();
  if (changes == nullptr || !changes->is_array_of_tables()) {
    errors.report(root.source().begin, "there must be one [[change]] at least");
  } else {
    for (const toml::node& item : *changes) {
      const toml::table& table = *item.as_table();
      drift.changes.push_back(read_change(table, models, correlation, errors));
      const auto count = drift.changes.size();
      if (count > 1 && drift.changes[count - 1].at < drift.changes[count - 2].at) {
        errors.report(table.source().begin, "'at_ms' is before that of the change above");
      }
    }
  }
  if (errors.error()) return std::unexpected(*errors.error());
  return drift;
}

}  // namespace

Result<Drift> parse_drift(std::string_view text, std::string_view source, const ModelSet& models,
                          double correlation) {
  try {
    return read_drift(toml::parse(text, source), source, models, correlation);
  } catch (const toml::parse_error& error) {
    FirstError errors(source);
    errors.report(error.source().begin, error.description());
    return std::unexpected(*errors.error());
  }
}

Result<Drift> load_drift(const std::filesystem::path& file, const ModelSet& models,
                         double correlation) {
  const auto text = read_text_file("drift file", file);
  if (!text) return std::unexpected(text.error());
  return parse_drift(*text, file.string(), models, correlation);
}

void DriftingWorld::advance(Duration now) {
  for (; next_ != end_ && next_->at <= now; ++next_) {
    if (next_->network) network_ = &*next_->network;
    for (std::size_t m = 0; next_->slowdown && m < slowdowns_.size(); ++m) {
      if (!next_->model || next_->model == m) slowdowns_[m] = *next_->slowdown;
    }
  }
}

Duration DriftingWorld::slowed(std::size_t model, Duration usual) const {
  if (slowdowns_[model] == 1) return usual;
  return Duration(std::llround(static_cast<double>(usual.count()) * slowdowns_[model]));
}

}  // namespace cnnselect
