#include "http/http_error.h"

#include <utility>

#include "cnnselect/result.h"
#include "json/json_writer.h"
#include "json/readable.h"

namespace cnnselect {
namespace {

/// `reason` is left out if it is empty.
std::string error_json(std::string_view message, std::string_view reason) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("error").string(readable(message));
  if (!reason.empty()) json.key("reason").string(reason);
  json.end_object();
  return text;
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kMethodNotAllowed:
      return 405;
    case ErrorCode::kTimeout:
      return 408;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupportedMedia:
      return 415;
    case ErrorCode::kTooMany:
      return 429;
    case ErrorCode::kCancelled:
      return 499;
    case ErrorCode::kInternal:
      return 500;
    case ErrorCode::kUnsupported:
      return 501;
    case ErrorCode::kTimedOut:
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kTooLate:
    case ErrorCode::kUseDevice:
      return 504;
  }
  return 500;
}

HttpResponse json_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

HttpResponse refusal(int status, std::string_view message) {
  return json_response(status, error_json(message, ""));
}

HttpResponse error_response(const Error& error) {
  HttpResponse response =
      json_response(status_of(error.code), error_json(error.message, why_given_up(error.code)));
  if (response.status == 503 || response.status == 429) {
    response.headers.emplace_back("Retry-After", "1");
  }
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace cnnselect
