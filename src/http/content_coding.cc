#include "http/content_coding.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "http/http_error.h"

namespace cnnselect {
namespace {

constexpr std::size_t kWorthCompressing = 1024;
constexpr std::size_t kPart = std::size_t{64} << 10U;
// zlib's own numbers: the largest window, and 16 more for gzip's frame around it.
constexpr int window_bits(Coding coding) { return coding == Coding::kGzip ? 15 + 16 : 15; }
constexpr std::string_view name_of(Coding coding) {
  return coding == Coding::kGzip ? "gzip" : "deflate";
}

std::string without_blanks(std::string_view text) {
  std::string small = lowered(text);
  std::erase_if(small, [](char c) { return c == ' ' || c == '\t'; });
  return small;
}

std::optional<Coding> coding_named(std::string_view name) {
  if (name == "gzip" || name == "x-gzip") return Coding::kGzip;
  if (name == "deflate") return Coding::kDeflate;
  return std::nullopt;
}

/// Of "gzip;q=0.5" the 0.5; 1 without, 0 for what is no number.
double weight_of(std::string_view parameters) {
  if (!parameters.starts_with("q=")) return 1;
  double weight = 0;
  const std::string_view number = parameters.substr(2);
  const auto [end, failed] = std::from_chars(number.begin(), number.end(), weight);
  return failed == std::errc() && end == number.end() && weight > 0 && weight <= 1 ? weight : 0;
}

unsigned char* bytes_of(std::string_view text) {
  // zlib reads through a pointer that is not const, and writes nothing there.
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
}

/// One inflate stream, ended whatever happens.
class Inflater {
 public:
  explicit Inflater(Coding coding) : ready_(inflateInit2(&stream_, window_bits(coding)) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

Error wrong(Coding coding, std::string_view what) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("the body is not {}: {}", name_of(coding), what)};
}

/// One deflate stream, ended whatever happens.
class Deflater {
 public:
  Deflater(Coding coding, int level)
      : state_(deflateInit2(&stream_, level, Z_DEFLATED, window_bits(coding), 8,
                            Z_DEFAULT_STRATEGY)) {}
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  /// Z_OK, or why it cannot be used.
  int state() const { return state_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  int state_;
};

HttpResponse compressed(HttpResponse response, Coding coding, int level) {
  if (response.body.size() >= kWorthCompressing) {
    if (auto body = compress(response.body, coding, level)) {
      response.body = *std::move(body);
      response.headers.emplace_back("Content-Encoding", name_of(coding));
    } else {
      spdlog::warn("an answer goes uncompressed: {}", body.error().message);
    }
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  return response;
}

/// Compresses what is answered on its way to the client.
class CompressingExchange final : public HttpExchange {
 public:
  CompressingExchange(std::shared_ptr<HttpExchange> client, Coding coding, int level)
      : client_(std::move(client)), coding_(coding), level_(level) {}

  void respond_later(MakeResponse make) override {
    client_->respond_later([make = std::move(make), coding = coding_, level = level_]() mutable {
      return compressed(make(), coding, level);
    });
  }
  void on_disconnect(std::move_only_function<void()> gone) override {
    client_->on_disconnect(std::move(gone));
  }

 private:
  std::shared_ptr<HttpExchange> client_;
  Coding coding_;
  int level_;
};

}  // namespace

Result<std::optional<Coding>> parse_coding(std::string_view text) {
  const std::string name = without_blanks(text);
  if (name.empty() || name == "identity") return std::nullopt;
  if (const auto coding = coding_named(name)) return coding;
  return fail(
      ErrorCode::kUnsupported,
      fmt::format("Content-Encoding '{}' is not understood; allowed: gzip, deflate, identity",
                  text.substr(0, 40)));
}

std::optional<Coding> preferred_coding(std::string_view accept_encoding) {
  const std::string wishes = without_blanks(accept_encoding);
  std::optional<Coding> best;
  double best_weight = 0;
  for (std::size_t begin = 0; begin < wishes.size();) {
    const std::size_t end = std::min(wishes.find(',', begin), wishes.size());
    const std::string_view wish = std::string_view(wishes).substr(begin, end - begin);
    const std::size_t name_end = std::min(wish.find(';'), wish.size());
    const auto coding = coding_named(wish.substr(0, name_end));
    const double weight = weight_of(wish.substr(std::min(name_end + 1, wish.size())));
    const bool better = weight > best_weight || (weight == best_weight && coding == Coding::kGzip);
    if (coding && weight > 0 && better) {
      best = coding;
      best_weight = weight;
    }
    begin = end + 1;
  }
  return best;
}

Result<std::string> decompress(std::string_view bytes, Coding coding, std::size_t max_bytes) {
  Inflater inflater(coding);
  if (!inflater.ready()) return fail(ErrorCode::kInternal, "no memory to inflate a body");
  z_stream& stream = inflater.stream();
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string inflated;
  std::string part(kPart, '\0');  // once: a member may be empty, and there may be millions
  for (int state = Z_OK; state != Z_STREAM_END || stream.avail_in > 0;) {
    if (state == Z_STREAM_END) {  // gzip may consist of several members
      if (coding != Coding::kGzip) return std::unexpected(wrong(coding, "something follows it"));
      inflateReset(&stream);
    }
    if (inflated.size() > max_bytes) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("the body inflates to more than {} bytes", max_bytes));
    }
    stream.next_out = bytes_of(part);
    stream.avail_out = kPart;
    state = inflate(&stream, Z_NO_FLUSH);
    inflated.append(part, 0, kPart - stream.avail_out);
    if (state == Z_BUF_ERROR) return std::unexpected(wrong(coding, "it is cut off"));
    if (state != Z_OK && state != Z_STREAM_END) {
      return std::unexpected(wrong(coding, stream.msg == nullptr ? "broken" : stream.msg));
    }
  }
  if (inflated.size() > max_bytes) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("the body inflates to more than {} bytes", max_bytes));
  }
  return inflated;
}

Result<std::string> compress(std::string_view bytes, Coding coding, int level) {
  const auto failed = [&](int state) {
    return fail(ErrorCode::kInternal,
                fmt::format("{} bytes cannot be made {} at level {}: {}", bytes.size(),
                            name_of(coding), level, zError(state)));
  };
  if (bytes.size() > std::numeric_limits<uInt>::max()) return failed(Z_BUF_ERROR);
  Deflater deflater(coding, level);
  if (deflater.state() != Z_OK) return failed(deflater.state());
  z_stream& stream = deflater.stream();
  std::string deflated(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = bytes_of(deflated);
  stream.avail_out = static_cast<uInt>(deflated.size());
  const int state = deflate(&stream, Z_FINISH);
  if (state != Z_STREAM_END) return failed(state == Z_OK ? Z_BUF_ERROR : state);
  deflated.resize(stream.total_out);
  return deflated;
}

void ContentCoding::handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) {
  if (const auto coding = preferred_coding(request.header("accept-encoding").value_or(""))) {
    exchange = std::make_shared<CompressingExchange>(std::move(exchange), *coding, level_);
  }
  if (const Status decoded = decode(request); !decoded) {
    HttpResponse refusal = error_response(decoded.error());
    if (decoded.error().code == ErrorCode::kUnsupported) {
      refusal.headers.emplace_back("Accept-Encoding", "gzip, deflate");
    }
    exchange->respond(std::move(refusal));
    return;
  }
  next_.handle(std::move(request), std::move(exchange));
}

Status ContentCoding::decode(HttpRequest& request) const {
  const auto coding = parse_coding(request.header("content-encoding").value_or(""));
  if (!coding) return std::unexpected(coding.error());
  if (!*coding) return {};
  auto body = decompress(request.body, **coding, max_bytes_);
  if (!body) return std::unexpected(body.error());
  request.body = std::move(*body);
  return {};
}

}  // namespace cnnselect
