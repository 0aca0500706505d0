// Bodies that come or go compressed: gzip and deflate (in zlib's format, RFC 9110, section 8.4.1).
// Pure but for ContentCoding::handle; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "http/http_message.h"

namespace cnnselect {

enum class Coding { kGzip, kDeflate };

/// What a Content-Encoding names: "gzip" (or "x-gzip"), "deflate", whatever their case; nothing for
/// "identity" and "". Error kUnsupported, naming the value and those allowed.
Result<std::optional<Coding>> parse_coding(std::string_view text);

/// The coding that an Accept-Encoding wants most of those we have; of equals gzip. Nothing: the
/// body goes as it is.
std::optional<Coding> preferred_coding(std::string_view accept_encoding);

/// At most `max_bytes` are ever held. Errors: kTooLarge (and how much is allowed), kInvalidArgument
/// (not of that coding, cut off, or followed by something else).
Result<std::string> decompress(std::string_view bytes, Coding coding, std::size_t max_bytes);
/// The level of a busy server: an answer waits for it, and text shrinks well at any.
inline constexpr int kFastestLevel = 1;
/// `level`: zlib's, 1 (fastest) to 9. Error kInternal, saying why: what zlib refuses (no memory,
/// another level), or 4 GiB and more.
Result<std::string> compress(std::string_view bytes, Coding coding, int level = kFastestLevel);

/// In front of another handler, which only sees bodies as they are. Answers of 1 KiB and more are
/// compressed for clients that ask for it; one that cannot be goes out as it is.
class ContentCoding final : public HttpHandler {
 public:
  /// `next` outlives it; an inflated body has at most `max_bytes`.
  /// `level`: as compress() takes it.
  ContentCoding(HttpHandler& next, std::size_t max_bytes, int level = kFastestLevel)
      : next_(next), max_bytes_(max_bytes), level_(level) {}

  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override;

 private:
  Status decode(HttpRequest& request) const;

  HttpHandler& next_;
  const std::size_t max_bytes_;
  const int level_;
};

}  // namespace cnnselect
