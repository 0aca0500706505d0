// T_input as the server measures it, beside the truth: from the client's first byte leaving to the
// server's having the last one. Between the two is a line of a known delay (delay_line.h), and the
// client's kernel acknowledges answers at once, or when it must: after 40 ms on Linux.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "budget/network_estimate.h"
#include "budget/path_round_trip.h"
#include "http/http_server.h"
#include "net/testing/certificates.h"
#include "net/tls_keys.h"
#include "tests/delay_line.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using test::DelayLine;

// Longer than any client holds an acknowledgement back: on Linux, 40 ms.
constexpr Duration kPause = 60ms;
constexpr int kRequests = 7;

struct Arrival {
  Duration input;  ///< as estimated
  TimePoint last_byte;
};

// Answers as a classification does, in one segment, and keeps when requests came.
class Recorder final : public HttpHandler {
 public:
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    const NetworkEstimate network = estimate_network({.first_byte = request.first_byte,
                                                      .last_byte = request.last_byte,
                                                      .connection_rtt = request.rtt});
    {
      const MutexLock lock(mutex_);
      last_ = {.input = network.input, .last_byte = request.last_byte};
    }
    exchange->respond({.status = 200, .headers = {}, .body = std::string(600, 'a')});
  }
  Arrival last() const {
    const MutexLock lock(mutex_);
    return last_;
  }

 private:
  mutable Mutex mutex_;
  Arrival last_ CNNSELECT_GUARDED_BY(mutex_);
};

// One connection from the client's host.
class Phone {
 public:
  Phone(std::uint16_t port, bool quick) : quick_(quick) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    set(SOL_SOCKET, SO_RCVTIMEO, patience);
    set(SOL_SOCKET, SO_SNDTIMEO, patience);
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, DelayLine::kAddresses[DelayLine::kServer], &to.sin_addr);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
  }
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;
  ~Phone() { ::close(fd_); }

  /// From here on inside TLS, whoever the server is.
  void speak_tls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), fd_);
    ASSERT_EQ(SSL_connect(tls_.get()), 1);
  }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const long sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0) << "the server did not take all";
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Reads up to and including `end`.
  void read_to(std::string_view end) const {
    std::string text;
    std::array<char, 4096> buffer{};
    while (!text.ends_with(end)) {
      // Linux decides anew with each packet; 0: as in a lively conversation, where the answer's
      // acknowledgement waits for something to go with.
      set(IPPROTO_TCP, TCP_QUICKACK, quick_ ? 1 : 0);
      const long size = tls_ ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                             : ::recv(fd_, buffer.data(), buffer.size(), 0);
      ASSERT_GT(size, 0) << "no answer; read: " << text;
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
  void read_answer() const { read_to(std::string(600, 'a')); }

 private:
  template <class T>
  void set(int level, int name, const T& value) const {
    ::setsockopt(fd_, level, name, &value, sizeof(value));
  }

  const bool quick_;
  int fd_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
};

std::string head(std::size_t bytes, std::string_view more = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes) + "\r\n" +
         std::string(more) + "\r\n";
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

class IntegrationInputTime : public testing::Test {
 protected:
  void SetUp() override {
    auto line = DelayLine::open(10ms);
    if (!line) GTEST_SKIP() << line.error().message;
    line_ = std::move(*line);
    test::be_hasty();
    serve();
  }

  void serve(const TlsKeys* tls = nullptr) {
    server_.reset();
    line_->on(DelayLine::kServer, [&] {
      auto server = HttpServer::start(
          {.address = DelayLine::kAddresses[DelayLine::kServer], .tls = tls}, recorder_, clock_);
      ASSERT_TRUE(server) << server.error().message;
      server_ = std::move(*server);
    });
    ASSERT_NE(server_, nullptr);
  }

  std::unique_ptr<Phone> call(bool quick) const {
    std::unique_ptr<Phone> phone;
    line_->on(DelayLine::kClient, [&] { phone = std::make_unique<Phone>(server_->port(), quick); });
    return phone;
  }

  /// By how many ms the server's T_input is longer than what `ask` took to get its request there;
  /// `ask` returns with the answer.
  template <class Ask>
  double error_of(Ask ask) {
    line_->watch_departure();
    ask();
    const Arrival arrival = recorder_.last();
    return to_ms(arrival.input - (arrival.last_byte - line_->departure()));
  }
  double error_of(const Phone& phone, const std::string& request) {
    return error_of([&] {
      phone.send(request);
      phone.read_answer();
    });
  }
  /// Of the middle one of several requests.
  double error_of_many(const Phone& phone, const std::string& request) {
    std::vector<double> errors;
    for (int i = 0; i < kRequests; ++i) {
      clock_.sleep_until(clock_.now() + kPause);
      errors.push_back(error_of(phone, request));
    }
    return median(errors);
  }

  RealClock clock_;
  Recorder recorder_;
  std::unique_ptr<DelayLine> line_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(IntegrationInputTime, IsTheTruthWhateverTheClientAcknowledges) {
  for (const Duration round_trip : {1ms, 20ms, 100ms}) {
    line_->set_one_way(round_trip / 2);
    for (const bool quick : {true, false}) {
      for (const std::size_t bytes : {300, 110'000}) {
        const auto phone = call(quick);
        EXPECT_NEAR(error_of_many(*phone, head(bytes) + std::string(bytes, 'b')), 0,
                    test::kToleranceMs)
            << "round trip " << to_ms(round_trip) << " ms, " << bytes << " bytes"
            << (quick ? ", acknowledged at once" : "");
      }
    }
  }
}

TEST_F(IntegrationInputTime, TheFirstRequestOfAConnectionIsNoDifferent) {
  for (const Duration round_trip : {1ms, 20ms, 100ms}) {
    line_->set_one_way(round_trip / 2);
    std::vector<double> errors;
    for (int i = 0; i < kRequests; ++i) {
      const auto phone = call(false);
      errors.push_back(error_of(*phone, head(110'000) + std::string(110'000, 'b')));
    }
    EXPECT_NEAR(median(errors), 0, test::kToleranceMs)
        << "round trip " << to_ms(round_trip) << " ms";
  }
}

TEST_F(IntegrationInputTime, InsideTlsTheFirstByteIsThatOfItsRecord) {
  const TestTls files;
  const auto keys = TlsKeys::read(files.files(), TlsFor::kHttp).value();
  serve(keys.get());
  // 4 Mbit/s: a record of 16 kB takes 33 ms to be there, its first segment 3 ms.
  line_->set_uplink(2us);
  const auto phone = call(false);
  phone->speak_tls();
  const double error = error_of_many(*phone, head(110'000) + std::string(110'000, 'b'));
  EXPECT_NEAR(error, -3, test::kToleranceMs) << "the first segment counts from when it is whole";
  serve();
}

TEST_F(IntegrationInputTime, APathThatChangesIsFollowedWhileAcknowledgementsAreLate) {
  const auto phone = call(false);
  const std::string request = head(300) + std::string(300, 'b');
  for (const Duration round_trip : {20ms, 100ms, 20ms}) {
    line_->set_one_way(round_trip / 2);
    const TimePoint until = clock_.now() + PathRoundTrip::kAskAgain;
    // Those that it may wait before it asks, then those that it believes, and one under way.
    while (clock_.now() < until) error_of_many(*phone, request);
    EXPECT_NEAR(error_of_many(*phone, request), 0, test::kToleranceMs)
        << "now a round trip of " << to_ms(round_trip) << " ms";
  }
}

TEST_F(IntegrationInputTime, CountsFromTheHeaderWhereTheBodyWaitsForAWordOfTheServers) {
  const auto phone = call(false);
  std::vector<double> errors;
  for (int i = 0; i < kRequests; ++i) {
    clock_.sleep_until(clock_.now() + kPause);
    errors.push_back(error_of([&] {
      phone->send(head(300, "Expect: 100-continue\r\n"));
      phone->read_to("\r\n\r\n");
      phone->send(std::string(300, 'b'));
      phone->read_answer();
    }));
  }
  EXPECT_NEAR(median(errors), 0, test::kToleranceMs);
}

}  // namespace
}  // namespace cnnselect
