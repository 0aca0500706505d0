#include "http/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace cnnselect {
namespace {

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046, 5.1.1
constexpr std::string_view kBlank = " \t";

/// Takes a parameter's value, bare or quoted, off the front of `rest`; nothing when the closing
/// quote is missing.
std::optional<std::string> take_value(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const std::string_view bare = rest.substr(0, rest.find(';'));
    rest.remove_prefix(bare.size());
    return std::string(trimmed(bare));
  }
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    // Only these two are escapes: some browsers send Windows paths as they are.
    const bool is_escape =
        rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (is_escape) ++i;
    value += rest[i];
  }
  return std::nullopt;
}

/// The parameter `name` of a header value such as `form-data; name="file"; filename="a.jpg"`.
std::optional<std::string> parameter(std::string_view value, std::string_view name) {
  std::string_view rest = value.substr(std::min(value.find(';'), value.size()));
  while (rest.starts_with(';')) {
    rest.remove_prefix(1);
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trimmed(rest.substr(0, equals));
    rest.remove_prefix(equals + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()));
    auto found = take_value(rest);
    if (!found) return std::nullopt;
    if (same_without_case(key, name)) return found;
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  }
  return std::nullopt;
}

std::string_view media_type(std::string_view value) {
  return trimmed(value.substr(0, value.find(';')));
}

std::unexpected<Error> bad_form(std::string message) {
  return fail(ErrorCode::kInvalidArgument, "form: " + std::move(message));
}

Result<std::string> boundary_of(std::string_view content_type) {
  if (!same_without_case(media_type(content_type), "multipart/form-data")) {
    return fail(ErrorCode::kUnsupportedMedia,
                fmt::format("a form is multipart/form-data, not '{}'", media_type(content_type)));
  }
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
    return bad_form(fmt::format("the boundary in Content-Type has {} characters; allowed: 1 to {}",
                                boundary ? boundary->size() : 0, kMaxBoundary));
  }
  return *std::move(boundary);
}

enum class After { kPart, kEnd, kNothing };

/// What a boundary is followed by at the front of `rest`; takes a line's end off it. A boundary
/// that is only the beginning of a longer word is content.
After take_line_end(std::string_view& rest) {
  if (rest.starts_with("--")) return After::kEnd;
  const auto end = std::min(rest.find_first_not_of(kBlank), rest.size());
  if (!rest.substr(end).starts_with("\r\n")) return After::kNothing;
  rest.remove_prefix(end + 2);
  return After::kPart;
}

struct Delimiter {
  std::size_t at = 0;     // where the content before it ends
  std::string_view rest;  // behind the delimiter's line
  After after = After::kNothing;
};

/// The next "\r\n--boundary" line in `text`.
std::optional<Delimiter> find_delimiter(std::string_view text, std::string_view line) {
  for (auto at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
    std::string_view rest = text.substr(at + line.size());
    const After after = take_line_end(rest);
    if (after != After::kNothing) return Delimiter{at, rest, after};
  }
  return std::nullopt;
}

Status read_header(std::string_view line, FormPart& part, bool& named) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad_form("a part's header line has no colon");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_without_case(name, "content-type")) part.content_type = value;
  if (!same_without_case(name, "content-disposition")) return {};
  if (!same_without_case(media_type(value), "form-data")) {
    return bad_form(fmt::format("a part's disposition is '{}', not form-data", media_type(value)));
  }
  auto field = parameter(value, "name");
  if (!field) return bad_form("a part has no name");
  part.name = *std::move(field);
  part.filename = parameter(value, "filename").value_or("");
  named = true;
  return {};
}

/// Header lines, blank line, content.
Result<FormPart> read_part(std::string_view text) {
  FormPart part;
  bool named = false;
  std::size_t header_bytes = 0;
  while (!text.starts_with("\r\n")) {
    const auto end = text.find("\r\n");
    header_bytes += end;
    if (end == std::string_view::npos) return bad_form("a part has no blank line after its header");
    if (header_bytes > kMaxPartHeaderBytes) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("form: a part's header has more than {} bytes", kMaxPartHeaderBytes));
    }
    if (Status read = read_header(text.substr(0, end), part, named); !read) {
      return std::unexpected(read.error());
    }
    text.remove_prefix(end + 2);
  }
  if (!named) return bad_form("a part has no Content-Disposition");
  part.content = text.substr(2);
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return std::unexpected(boundary.error());
  const std::string line = "\r\n--" + *boundary;

  // The first boundary may stand at the very beginning, without a line break before it.
  std::optional<Delimiter> delimiter;
  if (body.starts_with(line.substr(2))) {
    std::string_view rest = body.substr(line.size() - 2);
    const After after = take_line_end(rest);
    if (after != After::kNothing) delimiter = Delimiter{0, rest, after};
  }
  if (!delimiter) delimiter = find_delimiter(body, line);
  if (!delimiter) return bad_form(fmt::format("no line '--{}'", *boundary));

  std::vector<FormPart> parts;
  while (delimiter->after == After::kPart) {
    if (parts.size() == kMaxFormParts) {
      return fail(ErrorCode::kTooLarge, fmt::format("form: more than {} parts", kMaxFormParts));
    }
    const std::string_view rest = delimiter->rest;
    delimiter = find_delimiter(rest, line);
    if (!delimiter) return bad_form(fmt::format("no closing line '--{}--'", *boundary));
    auto part = read_part(rest.substr(0, delimiter->at));
    if (!part) return std::unexpected(part.error());
    parts.push_back(*std::move(part));
  }
  return parts;
}

}  // namespace cnnselect
