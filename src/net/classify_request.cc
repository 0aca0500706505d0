#include "net/classify_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "net/request_hints.h"
#include "net/url_text.h"

namespace cnnselect::net {
namespace {

constexpr std::size_t kMaxId = 256;

Status set_top(std::string_view text, ClassifyRequest& photo) {
  if (text.empty()) return {};
  int top = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, top);
  if (error != std::errc() || stop != end || top < 1 || top > kMaxTop) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("top is '{}'; allowed: 1 to {}", text.substr(0, 40), kMaxTop));
  }
  photo.top = top;
  return {};
}

Status set_id(std::string_view text, ClassifyRequest& photo) {
  if (text.size() > kMaxId) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("id has {} bytes; allowed: {}", text.size(), kMaxId));
  }
  photo.id = text;
  return {};
}

Status set_field(std::string_view key, std::string_view text, ClassifyRequest& photo) {
  if (key == "top") return set_top(text, photo);
  if (key == "id") return set_id(text, photo);
  const Result<bool> known = set_hint(photo.hints, key, text);
  if (!known) return std::unexpected(known.error());
  if (*known) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not known; there are: top, id, {}",
                                                       key.substr(0, 40), hint_keys()));
}

bool is_form(const HttpRequest& request) {
  std::string type(request.header("content-type").value_or(""));
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type.starts_with("multipart/");
}

Status read_query(std::string_view query, ClassifyRequest& photo) {
  const auto pairs = decode_query(query);
  if (!pairs) return std::unexpected(pairs.error());
  for (const auto& [key, text] : *pairs) {
    if (Status set = set_field(key, text, photo); !set) {
      return std::unexpected(set.error().within("query"));
    }
  }
  return {};
}

}  // namespace

Result<ClassifyRequest> read_classify_request(HttpRequest request, std::string family) {
  ClassifyRequest photo;
  photo.family = std::move(family);
  photo.arrival = {request.first_byte, request.last_byte, request.rtt};
  if (Status hints = apply_hint_headers(request.headers, photo.hints); !hints) {
    return std::unexpected(hints.error());
  }
  if (Status read = read_query(request.query, photo); !read) return std::unexpected(read.error());
  photo.body = std::move(request.body);
  photo.photo_size = photo.body.size();
  if (is_form(request)) {
    return fail(ErrorCode::kUnsupportedMedia, "forms are not read here; send the image itself");
  }
  if (photo.photo_size > 0) return photo;
  return fail(ErrorCode::kInvalidArgument,
              "there is no photo: send an image as the body, or a form with a field 'file'");
}

}  // namespace cnnselect::net
