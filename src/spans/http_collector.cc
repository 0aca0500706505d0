#include "spans/http_collector.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace cnnselect {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{64} << 10U;

template <auto Free>
struct Freed {
  void operator()(auto* thing) const { Free(thing); }
};
using Handle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;
using CurlText = std::unique_ptr<char, Freed<curl_free>>;

/// For the whole process, and before its first transfer.
void set_up_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  return CurlText(text).get();
}

Result<std::string> whole_url(const std::string& text) {
  const Url url(curl_url());
  const CURLUcode read = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  const std::string scheme = read == CURLUE_OK ? part(url.get(), CURLUPART_SCHEME) : "";
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not a collector's URL; want http://HOST:PORT/v1/traces, or "
                            "https",
                            text));
  }
  if (part(url.get(), CURLUPART_PATH) == "/") {
    curl_url_set(url.get(), CURLUPART_PATH, "/v1/traces", 0);
  }
  return part(url.get(), CURLUPART_URL);
}

/// What is too much is left out: an answer is short, or not worth reading.
std::size_t keep(const char* bytes, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  text.append(bytes, std::min(size * count, kMaxAnswer - text.size()));
  return size * count;
}

int ask_whether_to_go_on(void* abandon, curl_off_t /*unused*/, curl_off_t /*unused*/,
                         curl_off_t /*unused*/, curl_off_t /*unused*/) {
  return (*static_cast<const std::function<bool()>*>(abandon))() ? 1 : 0;
}

class HttpCollector final : public SpanCollector {
 public:
  explicit HttpCollector(const std::string& url) : curl_(curl_easy_init()) {
    add_header("Content-Type: application/json");
    add_header("Expect:");  // no round trip of its own before a body of any size
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROXY, "");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // the end of the program waits for no name server
    set(CURLOPT_USERAGENT, "cnnselect");
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_WRITEFUNCTION, keep);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, ask_whether_to_go_on);
    set(CURLOPT_ERRORBUFFER, error_);
  }

  PostOutcome post(std::string_view body, Duration timeout,
                   const std::function<bool()>& abandon) override {
    PostOutcome outcome;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    error_[0] = '\0';
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(ms));
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_WRITEDATA, &outcome.body);
    set(CURLOPT_XFERINFODATA, &abandon);
    const CURLcode done = curl_easy_perform(curl_.get());
    if (done != CURLE_OK) {
      outcome.error = error_[0] != '\0' ? error_ : curl_easy_strerror(done);
      return outcome;
    }
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    outcome.status = static_cast<int>(status);
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RETRY_AFTER, &seconds);
    // A day is as good as for ever, and does not overflow.
    if (seconds > 0) {
      outcome.retry_after = std::chrono::seconds(std::min<curl_off_t>(seconds, 86'400));
    }
    return outcome;
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_.get(), option, value);
  }
  void add_header(const char* line) { headers_.reset(curl_slist_append(headers_.release(), line)); }

  const Handle curl_;
  Headers headers_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace

Result<std::unique_ptr<SpanCollector>> open_http_collector(const std::string& url) {
  set_up_curl();
  const auto whole = whole_url(url);
  if (!whole) return std::unexpected(whole.error());
  return std::make_unique<HttpCollector>(*whole);
}

}  // namespace cnnselect
