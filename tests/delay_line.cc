#include "tests/delay_line.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"

namespace cnnselect::test {
namespace {

constexpr char kDevice[] = "line0";
constexpr std::size_t kLargestPacket = 65536;

Status failed(const char* what) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::strerror(errno)));
}

ifreq named() {
  ifreq request{};
  std::memcpy(request.ifr_name, kDevice, sizeof(kDevice));
  return request;
}

sockaddr to_sockaddr(const char* address) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  inet_pton(AF_INET, address, &in.sin_addr);
  sockaddr any{};
  std::memcpy(&any, &in, sizeof(in));
  return any;
}

/// Gives the device its address, and brings it up.
Status configure(const char* address) {
  const int control = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq own = named();
  own.ifr_addr = to_sockaddr(address);
  ifreq mask = named();
  mask.ifr_netmask = to_sockaddr("255.255.255.0");
  ifreq flags = named();
  flags.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool done = ::ioctl(control, SIOCSIFADDR, &own) == 0 &&
                    ::ioctl(control, SIOCSIFNETMASK, &mask) == 0 &&
                    ::ioctl(control, SIOCSIFFLAGS, &flags) == 0;
  const Status status = done ? Status() : failed("no address for a TUN device");
  ::close(control);
  return status;
}

/// Makes the calling thread's own host.
Status settle(const char* address, int& space, int& device) {
  if (::unshare(CLONE_NEWNET) != 0) return failed("no network namespace");
  space = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (space < 0) return failed("no network namespace");
  device = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) return failed("/dev/net/tun");
  ifreq request = named();
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(device, TUNSETIFF, &request) != 0) return failed("no TUN device");
  return configure(address);
}

struct Packet {
  TimePoint due;
  std::vector<char> bytes;
};

/// Whether it carries something for the application: TCP over IPv4, RFC 791 and 9293.
bool has_payload(std::span<const char> packet) {
  constexpr std::size_t kSmallestHeader = 20;
  if (packet.size() < kSmallestHeader) return false;
  const std::size_t ip = (static_cast<unsigned char>(packet[0]) & 0x0FU) * 4U;
  if (packet.size() < ip + kSmallestHeader) return false;
  const std::size_t tcp = (static_cast<unsigned char>(packet[ip + 12]) >> 4U) * 4U;
  return packet.size() > ip + tcp;
}

// What is on its way from one host to the other.
class Direction {
 public:
  Direction(int from, int to) : from_(from), to_(to), buffer_(kLargestPacket) {}

  TimePoint next_due() const {
    return under_way_.empty() ? TimePoint::max() : under_way_.front().due;
  }

  /// `byte`: how long one takes to be sent. `departure` is set, unless it has been, when data
  /// leaves.
  void take_in(Duration one_way, Duration byte, const Clock& clock,
               std::atomic<TimePoint>& departure) {
    for (;;) {
      const auto size = ::read(from_, buffer_.data(), buffer_.size());
      if (size <= 0) return;
      const TimePoint now = clock.now();
      if (has_payload({buffer_.data(), static_cast<std::size_t>(size)})) {
        TimePoint unset;
        departure.compare_exchange_strong(unset, now);
      }
      free_ = std::max(now, free_) + size * byte;
      last_due_ = std::max(free_ + one_way, last_due_);
      under_way_.push_back({.due = last_due_, .bytes = {buffer_.data(), buffer_.data() + size}});
    }
  }

  void let_out(TimePoint now) {
    while (next_due() <= now) {
      const auto& bytes = under_way_.front().bytes;
      if (::write(to_, bytes.data(), bytes.size()) < 0 && errno == EAGAIN) return;
      under_way_.pop_front();
    }
  }

 private:
  const int from_;
  const int to_;
  std::vector<char> buffer_;
  std::deque<Packet> under_way_;
  TimePoint free_;      ///< when the sender has sent what it has
  TimePoint last_due_;  ///< none overtakes another
};

}  // namespace

void be_hasty() {
  const sched_param priority{.sched_priority = 1};
  // Where this is not allowed a busy machine makes the tests less sharp.
  static_cast<void>(::sched_setscheduler(0, SCHED_FIFO, &priority));
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

Result<std::unique_ptr<DelayLine>> DelayLine::open(Duration one_way) {
  std::unique_ptr<DelayLine> line(new DelayLine);
  line->one_way_ = one_way;
  for (const std::size_t host : {kServer, kClient}) {
    Status status;
    std::jthread([&] {
      status = settle(kAddresses[host], line->namespaces_[host], line->devices_[host]);
    }).join();
    if (!status) return std::unexpected(status.error());
  }
  line->pump_ = std::jthread([raw = line.get()](const std::stop_token& stop) { raw->pump(stop); });
  return line;
}

DelayLine::~DelayLine() {
  pump_.request_stop();
  if (pump_.joinable()) pump_.join();
  for (const int fd : {namespaces_[0], namespaces_[1], devices_[0], devices_[1]}) {
    if (fd >= 0) ::close(fd);
  }
}

void DelayLine::on(Host host, const std::function<void()>& work) const {
  std::jthread([&] {
    be_hasty();
    if (::setns(namespaces_[host], CLONE_NEWNET) == 0) work();
  }).join();
}

void DelayLine::pump(const std::stop_token& stop) {
  be_hasty();
  const RealClock clock;
  Direction down(devices_[kServer], devices_[kClient]);
  Direction up(devices_[kClient], devices_[kServer]);
  std::atomic<TimePoint> nobodys{TimePoint()};
  while (!stop.stop_requested()) {
    constexpr Duration kLookAgain = std::chrono::milliseconds(20);
    const TimePoint now = clock.now();
    const TimePoint until =
        std::clamp<TimePoint>(std::min(down.next_due(), up.next_due()), now, now + kLookAgain);
    const timespec wait{.tv_sec = 0, .tv_nsec = (until - now).count()};
    std::array<pollfd, 2> polled{pollfd{devices_[0], POLLIN, 0}, pollfd{devices_[1], POLLIN, 0}};
    ::ppoll(polled.data(), polled.size(), &wait, nullptr);
    down.take_in(one_way_, Duration::zero(), clock, nobodys);
    up.take_in(one_way_, uplink_byte_, clock, departure_);
    down.let_out(clock.now());
    up.let_out(clock.now());
  }
}

}  // namespace cnnselect::test
