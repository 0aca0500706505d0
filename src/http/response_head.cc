#include "http/response_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <iterator>

namespace cnnselect {
namespace {

bool is_token_character(char c) {
  const bool is_alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_character(char c) {
  const auto code = static_cast<unsigned char>(c);
  return c == '\t' || (code >= 0x20 && code != 0x7f);
}

std::string_view reason(int status) {
  if (status == 499) return "Client Closed Request";
  return boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
}

}  // namespace

bool is_sendable(const HttpResponse& response) {
  return response.status >= 200 && response.status <= 599 &&
         std::ranges::all_of(response.headers, [](const auto& field) {
           return !field.first.empty() && std::ranges::all_of(field.first, is_token_character) &&
                  std::ranges::all_of(field.second, is_value_character);
         });
}

bool status_has_body(int status) { return status != 204 && status != 304; }

std::string response_head(const HttpResponse& response, bool keep_alive, std::string_view date) {
  std::string head;
  head.reserve(256);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nServer: cnnselect\r\nDate: {}\r\nConnection: {}\r\n",
                 response.status, reason(response.status), date,
                 keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (status_has_body(response.status)) {
    fmt::format_to(out, "Content-Length: {}\r\n", response.body.size());
  }
  head.append("\r\n");
  return head;
}

}  // namespace cnnselect
