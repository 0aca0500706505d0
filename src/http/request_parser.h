// RequestParser: bytes of one connection in, HttpRequests out. It knows no sockets and no clock, so
// that a fuzzer or a test can feed it anything, cut anywhere. Beast does the grammar; what Beast
// lets through and a server must not (smuggling shapes, unknown codings, a missing Host) is refused
// here, with the status and the sentence that the client will read.
// After a Refusal the parser is spent: the connection is to be answered and closed.
// Used by one thread at a time.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cnnselect/time.h"
#include "http/http_message.h"

namespace cnnselect {

struct ParserLimits {
  std::size_t header_bytes = 16 << 10;  ///< request line and headers
  std::size_t body_bytes = std::size_t{64} << 20U;
};

/// Why a request is not served.
struct Refusal {
  int status = 400;
  std::string message;
};

class RequestParser {
 public:
  enum class Phase {
    kIdle,    ///< not one byte of the next request yet
    kHeader,  ///< inside request line and headers
    kBody,
    kDone,  ///< release() gives the request
  };

  explicit RequestParser(ParserLimits limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  Phase phase() const { return phase_; }

  /// Consumes what it can of `bytes` and returns how much that was; the rest is to be offered again
  /// with more behind it (an unfinished header line) or belongs to the next request (kDone).
  /// `arrived`: when these bytes were read; the request's first and last byte are stamped with it.
  /// `began`, where that is known: when the first of them came.
  std::expected<std::size_t, Refusal> take(std::string_view bytes, TimePoint arrived,
                                           std::optional<TimePoint> began = std::nullopt);

  /// In kBody with a Content-Length: where the next body bytes may be read to directly, never more
  /// than the body still lacks. Empty in all other cases (use take()). Valid until the next call.
  std::span<char> body_room();
  /// The first `size` bytes of body_room() have been filled.
  void body_filled(std::size_t size, TimePoint arrived);

  /// From the end of the header on: the request without what is missing of its body.
  HttpRequest& so_far() { return request_; }
  /// From the end of the header on: the client waits for `100 Continue`.
  bool expects_continue() const { return expects_continue_; }
  /// From the end of the header on: the connection stays open after the answer.
  bool keep_alive() const { return keep_alive_; }
  /// The client speaks HTTP/1.1, so it skips a `100 Continue` that it did not ask for. Until the
  /// next request's header.
  bool skips_interim() const { return skips_interim_; }
  /// The request was a HEAD (the handler sees a GET): the answer goes without its body.
  bool head_only() const { return head_only_; }

  /// In kDone: the request, without rtt and peer; the parser is idle again.
  HttpRequest release();

 private:
  struct Beast;

  std::expected<std::size_t, Refusal> take_header(std::string_view bytes);
  std::expected<std::size_t, Refusal> take_body(std::string_view bytes, TimePoint arrived);
  std::expected<void, Refusal> finish_header();

  ParserLimits limits_;
  std::unique_ptr<Beast> beast_;
  Phase phase_ = Phase::kIdle;
  HttpRequest request_;
  std::size_t length_ = 0;    // Content-Length
  std::size_t received_ = 0;  // body bytes that are in
  bool chunked_ = false;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool skips_interim_ = false;
};

}  // namespace cnnselect
