#include "report/table.h"

#include <algorithm>
#include <cassert>

namespace cnnselect {
namespace {

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Code points, which for the labels and numbers shown here is what a terminal calls columns.
std::size_t width_of(const std::string& cell) {
  return static_cast<std::size_t>(std::ranges::count_if(cell, begins_code_point));
}

std::string shortened_to(std::string cell, std::size_t widest) {
  if (width_of(cell) <= widest) return cell;
  std::size_t kept = 0;
  const auto cut =
      std::ranges::find_if(cell, [&](char c) { return begins_code_point(c) && ++kept == widest; });
  cell.erase(cut, cell.end());
  return cell + "…";
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    cells[i] = shortened_to(std::move(cells[i]), columns_[i].widest);
  }
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = width_of(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[i]));
    widths.push_back(widest);
  }
  std::string text;
  const auto add_line = [&](auto cell_of) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string pad(widths[i] - width_of(cell), ' ');
      if (i > 0) text += "  ";
      text += columns_[i].align == Align::kRight ? pad + cell : cell + pad;
    }
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  };
  std::vector<std::string> rules;
  for (const std::size_t width : widths) rules.emplace_back(width, '-');
  add_line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  add_line([&](std::size_t i) -> const std::string& { return rules[i]; });
  for (const auto& row : rows_) {
    add_line([&](std::size_t i) -> const std::string& { return row[i]; });
  }
  return text;
}

}  // namespace cnnselect
