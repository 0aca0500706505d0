#include "routes/classify_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "api/request_hints.h"
#include "base/text.h"
#include "http/multipart.h"
#include "http/url_text.h"
#include "oip/oip_rules.h"

namespace cnnselect {
namespace {

Status set_top(std::string_view text, ClassifyRequest& photo) {
  if (text.empty()) return {};
  int top = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), top);
  if (error != std::errc() || stop != text.end() || top < 1 || top > kMaxTop) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("top is '{}'; allowed: 1 to {}", text.substr(0, 40), kMaxTop));
  }
  photo.top = top;
  return {};
}

Status set_id(std::string_view text, ClassifyRequest& photo) {
  const Status fits = check_id(text);
  if (fits) photo.id = text;
  return fits;
}

/// `also`: what else there may be where it was found, with a comma behind it.
Status set_field(std::string_view key, std::string_view text, std::string_view also,
                 ClassifyRequest& photo) {
  if (key == "top") return set_top(text, photo);
  if (key == "id") return set_id(text, photo);
  const Result<bool> known = set_hint(photo.hints, key, text);
  if (!known) return std::unexpected(known.error());
  if (*known) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is not known; there are: {}top, id, {}", key.substr(0, 40), also,
                          hint_keys()));
}

bool is_form(const HttpRequest& request) {
  return lowered(request.header("content-type").value_or("")).starts_with("multipart/");
}

Status read_part(const FormPart& part, ClassifyRequest& photo, bool& has_file) {
  if (part.name != "file") {
    Status set = set_field(part.name, part.content, "file, ", photo);
    return set ? set : std::unexpected(set.error().within("form"));
  }
  if (has_file) return fail(ErrorCode::kInvalidArgument, "the form has two fields named 'file'");
  has_file = true;
  photo.photo_offset = static_cast<std::size_t>(part.content.data() - photo.body.data());
  photo.photo_size = part.content.size();
  return {};
}

Status read_form(std::string_view content_type, ClassifyRequest& photo) {
  const auto parts = parse_form(content_type, photo.body);
  if (!parts) return std::unexpected(parts.error());
  bool has_file = false;
  for (const FormPart& part : *parts) {
    if (Status read = read_part(part, photo, has_file); !read) return read;
  }
  if (has_file) return {};
  return fail(ErrorCode::kInvalidArgument,
              "the form has no field named 'file', which is where the photo goes");
}

Status read_query(std::string_view query, ClassifyRequest& photo) {
  const auto pairs = decode_query(query);
  if (!pairs) return std::unexpected(pairs.error());
  for (const auto& [key, text] : *pairs) {
    if (Status set = set_field(key, text, "", photo); !set) {
      return std::unexpected(set.error().within("query"));
    }
  }
  return {};
}

}  // namespace

Result<ClassifyRequest> read_classify_request(HttpRequest request, std::string family) {
  ClassifyRequest photo;
  photo.family = std::move(family);
  photo.arrival = {request.first_byte, request.last_byte, request.rtt, std::move(request.peer),
                   std::move(request.key)};
  if (Status hints = apply_hint_headers(request.headers, photo.hints); !hints) {
    return std::unexpected(hints.error());
  }
  if (Status read = read_query(request.query, photo); !read) return std::unexpected(read.error());
  photo.body = std::move(request.body);
  photo.photo_size = photo.body.size();
  if (is_form(request)) {
    const std::string_view type = request.header("content-type").value_or("");
    if (Status read = read_form(type, photo); !read) return std::unexpected(read.error());
  }
  if (photo.photo_size > 0) return photo;
  return fail(ErrorCode::kInvalidArgument,
              "there is no photo: send an image as the body, or a form with a field 'file'");
}

}  // namespace cnnselect
