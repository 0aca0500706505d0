#include "engine/residency.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace cnnselect {
namespace {

constexpr double kCertain = 2;  // standard deviations
constexpr double kLeastLoadSeconds = 1e-3;

}  // namespace

Residency::Residency(const std::vector<ModelCost>& models, std::size_t workers,
                     std::uint64_t memory)
    : workers_(workers), memory_(memory) {
  for (const ModelCost& cost : models) entries_.push_back({.cost = cost, .latest = {}});
}

void Residency::wished(ModelId id, TimePoint now) {
  Entry& entry = entries_[id.value];
  entry.wishes = wishes(entry, now) + 1;
  entry.latest = now;
}

double Residency::wishes(const Entry& entry, TimePoint now) const {
  if (entry.wishes == 0) return 0;
  return entry.wishes * std::exp(-to_seconds(now - entry.latest) / to_seconds(kMemory));
}

bool Residency::on_demand(ModelId id) const {
  const Entry& wanted = entries_[id.value];
  if (wanted.state == State::kLoading || wanted.state == State::kLoaded) return true;
  if (wanted.state == State::kAbsent && has_room(id)) return true;
  return std::ranges::none_of(entries_, [&](const Entry& entry) {
    return &entry != &wanted && entry.cost.family == wanted.cost.family &&
           entry.state != State::kAbsent;
  });
}

Residency::Standing Residency::standing(ModelId id) const {
  const Entry& entry = entries_[id.value];
  return {.state = entry.state,
          .on_demand = on_demand(id),
          .cold_start = entry.cost.cold_start,
          .begun = entry.begun,
          .not_before = entry.not_before};
}

Duration Residency::cold_start(const Standing& standing, TimePoint now) {
  if (!standing.on_demand) return kForever;
  switch (standing.state) {
    case State::kAbsent:
      return now < standing.not_before ? kForever : standing.cold_start;
    case State::kLoading:
      return std::max(standing.begun + standing.cold_start - now, Duration(1));
    case State::kLoaded:
    case State::kLeaving:
      break;
  }
  return Duration::zero();
}

double Residency::answer(const Entry& wish, const std::vector<bool>& in) const {
  double best = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const ModelCost& cost = entries_[i].cost;
    if (!in[i] || cost.family != wish.cost.family || cost.mean > wish.cost.mean) continue;
    best = std::max(best, cost.accuracy);
  }
  return best;
}

double Residency::value(const std::vector<bool>& in, TimePoint now) const {
  double sum = 0;
  for (const Entry& wish : entries_) {
    if (const double weight = wishes(wish, now); weight > 0) sum += weight * answer(wish, in);
  }
  return sum;
}

Residency::Worth Residency::worth(const std::vector<bool>& before, const std::vector<bool>& after,
                                  TimePoint now) const {
  Worth worth;
  double variance = 0;  // the number of wishes in a time is as a Poisson law has it
  for (const Entry& wish : entries_) {
    const double weight = wishes(wish, now);
    if (weight == 0) continue;
    const double then = answer(wish, before);
    const double gain = answer(wish, after) - then;
    worth.before += weight * then;
    worth.change += weight * gain;
    variance += weight * gain * gain;
  }
  worth.noise = std::sqrt(variance);
  return worth;
}

std::vector<bool> Residency::in_memory() const {
  std::vector<bool> in;
  for (const Entry& entry : entries_) {
    in.push_back(entry.state == State::kLoading || entry.state == State::kLoaded);
  }
  return in;
}

std::optional<std::size_t> Residency::least_worth(std::vector<bool>& in, bool also_in_use,
                                                  TimePoint now) const {
  const double before = value(in, now);
  std::optional<std::size_t> least;
  double least_loss = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (!in[i] || entry.state != State::kLoaded) continue;
    if (entry.pins > 0 && !also_in_use) continue;
    if (entry.cost.bytes == 0) continue;  // would make no room
    in[i] = false;
    const double loss = (before - value(in, now)) / static_cast<double>(entry.cost.bytes);
    in[i] = true;
    if (loss >= least_loss) continue;
    least = i;
    least_loss = loss;
  }
  return least;
}

std::optional<std::vector<ModelId>> Residency::room_for(ModelId id, bool also_in_use,
                                                        TimePoint now) const {
  std::vector<ModelId> evicted;
  auto in = in_memory();
  in[id.value] = true;
  std::uint64_t needed = used_ + entries_[id.value].cost.bytes;
  while (needed > memory_) {
    const auto least = least_worth(in, also_in_use, now);
    if (!least) return std::nullopt;
    in[*least] = false;
    evicted.push_back(ModelId{static_cast<std::uint32_t>(*least)});
    needed -= entries_[*least].cost.bytes;
  }
  return evicted;
}

std::optional<ModelId> Residency::evict_surplus(TimePoint now) {
  if (used_ <= memory_) return std::nullopt;
  auto in = in_memory();
  const auto least = least_worth(in, false, now);
  if (!least) return std::nullopt;
  const ModelId id{static_cast<std::uint32_t>(*least)};
  set_state(id, State::kAbsent);
  used_ -= entries_[*least].cost.bytes;
  return id;
}

std::optional<Residency::Load> Residency::begin(ModelId id, TimePoint now) {
  give_up_pending();
  auto evicted = room_for(id, false, now);
  if (!evicted) return std::nullopt;
  Load load{.model = id, .evicted = std::move(*evicted)};
  begin(load, now);
  return load;
}

bool Residency::is_to_look(TimePoint now) {
  if (pending_ || loading_ > 0 || now < next_look_) return false;
  next_look_ = now + kPause;
  return true;
}

void Residency::plan(Load load, std::uint64_t revision, TimePoint now) {
  if (revision != revision_) return;
  pending_until_ = now + kPatience;
  for (const ModelId gone : load.evicted) set_state(gone, State::kLeaving);
  pending_ = std::move(load);
}

std::optional<Residency::Load> Residency::begin_planned(TimePoint now) {
  if (!pending_) return std::nullopt;
  const auto in_use = [this](ModelId gone) { return entries_[gone.value].pins > 0; };
  if (std::ranges::any_of(pending_->evicted, in_use)) {
    if (now >= pending_until_) give_up_pending();
    return std::nullopt;
  }
  begin(*pending_, now);
  return std::exchange(pending_, std::nullopt);
}

std::optional<Residency::Load> Residency::begin_best(TimePoint now) {
  if (is_to_look(now)) {
    if (auto load = best(now)) plan(*std::move(load), revision_, now);
  }
  return begin_planned(now);
}

void Residency::set_cost(ModelId id, const ModelCost& cost) {
  Entry& entry = entries_[id.value];
  if (entry.state != State::kAbsent) used_ += cost.bytes - entry.cost.bytes;
  entry.cost = cost;
  ++revision_;
}

void Residency::set_state(ModelId id, State state) {
  entries_[id.value].state = state;
  ++revision_;
}

void Residency::give_up_pending() {
  if (!pending_) return;
  for (const ModelId gone : pending_->evicted) set_state(gone, State::kLoaded);
  pending_.reset();
}

std::optional<Residency::Load> Residency::best(TimePoint now) const {
  std::optional<Load> best;
  double most = 0;
  const auto before = in_memory();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].state != State::kAbsent || now < entries_[i].not_before) continue;
    const ModelId id{static_cast<std::uint32_t>(i)};
    auto evicted = room_for(id, true, now);
    if (!evicted) continue;
    auto during = before;
    for (const ModelId gone : *evicted) during[gone.value] = false;
    auto after = during;
    after[i] = true;
    const Worth gain = worth(before, after, now);
    const double lost_in_time =
        gain.before / static_cast<double>(workers_) + gain.before - value(during, now);
    const double load = to_seconds(entries_[i].cost.cold_start);
    const double net = gain.change - lost_in_time * load / to_seconds(kMemory) -
                       (evicted->empty() ? 0 : kCertain * gain.noise);
    // What comes soon comes first (Smith's rule for jobs by weight over length).
    const double a_second = net / std::max(load, kLeastLoadSeconds);
    if (a_second <= most) continue;
    most = a_second;
    best = Load{.model = id, .evicted = std::move(*evicted)};
  }
  return best;
}

void Residency::begin(const Load& load, TimePoint now) {
  for (const ModelId gone : load.evicted) {
    set_state(gone, State::kAbsent);
    used_ -= entries_[gone.value].cost.bytes;
  }
  Entry& entry = entries_[load.model.value];
  set_state(load.model, State::kLoading);
  entry.begun = now;
  used_ += entry.cost.bytes;
  ++loading_;
}

void Residency::loaded(ModelId id) {
  set_state(id, State::kLoaded);
  --loading_;
}

void Residency::failed(ModelId id, TimePoint now) {
  Entry& entry = entries_[id.value];
  entry.not_before = now + kRetry;
  set_state(id, State::kAbsent);
  used_ -= entry.cost.bytes;
  --loading_;
}

}  // namespace cnnselect
