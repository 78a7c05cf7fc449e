// SPDX-License-Identifier: Apache-2.0
#include "node/queue/wide_row_queue.h"

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/mutex.h"

namespace rowan {
namespace {

// More than cores, so that two wide rows seldom share a lock.
constexpr size_t kShards = 32;
// In a row on one thread, before it turns to other work.
constexpr int kRunsInARow = 32;
// Between two looks for waiters whose deadline has passed.
constexpr std::chrono::milliseconds kSweepEvery(10);

absl::Status Stopping() {
  return absl::UnavailableError("the node is shutting down");
}

}  // namespace

// The queue of one wide row. Kept while it is driven or somebody is first.
struct WideRowQueue::Line {
  Shard* shard = nullptr;
  std::string key;
  Waiter* first = nullptr;
  bool driven = false;  // a thread will look whether `first` has left
  std::deque<Waiter*> waiting;
};

struct WideRowQueue::Shard {
  Mutex mutex;
  bool stopped ROWAN_GUARDED_BY(mutex) = false;
  std::unordered_map<std::string, std::unique_ptr<Line>> lines
      ROWAN_GUARDED_BY(mutex);
};

struct WideRowQueue::State : std::enable_shared_from_this<State> {
  State(WideRowQueueLimits limits, const Clock* clock, Executor* executor)
      : limits(limits), clock(clock), executor(executor) {}

  static bool HasDeadline(const Waiter& waiter) {
    return waiter.deadline_ns_ != std::numeric_limits<int64_t>::max();
  }
  // Of one who waits no longer.
  void CountOut(const Waiter& waiter) {
    --waiting;
    if (HasDeadline(waiter)) --with_deadline;
  }

  void Join(std::string key, Waiter* waiter);
  // Takes out of `line` who came too late.
  std::vector<Waiter*> TakeLate(Line* line, int64_t now_ns)
      ROWAN_REQUIRES(line->shard->mutex);
  void GiveUpLate(const std::vector<Waiter*>& late);
  // Makes the next of those who wait the first one; without any, the line ends.
  Waiter* Advance(Line* line);
  // `first` has just become first, and this thread drives.
  void Drive(Line* line, Waiter* first);
  // The same on the executor.
  void DriveLater(Line* line, Waiter* first);
  void SweepLater();
  void Sweep();
  void Stop();

  const WideRowQueueLimits limits;
  const Clock* const clock;
  Executor* const executor;
  std::array<Shard, kShards> shards;
  std::atomic<uint64_t> waiting{0};
  std::atomic<uint64_t> with_deadline{0};  // of them
  std::atomic<bool> sweep_posted{false};
  std::atomic<uint64_t> waited{0}, refused_full{0}, refused_late{0};
};

void WideRowQueue::State::Join(std::string key, Waiter* waiter) {
  Shard& shard = shards[std::hash<std::string>()(key) % kShards];
  Line* driven = nullptr;
  absl::Status refused;
  std::vector<Waiter*> late;
  {
    MutexLock lock(shard.mutex);
    std::unique_ptr<Line>& line = shard.lines[key];
    if (line == nullptr) {
      line = std::make_unique<Line>();
      line->shard = &shard;
      line->key = std::move(key);
    }
    waiter->line_ = line.get();
    if (line->waiting.size() >= limits.waiting_per_wide_row) {
      late = TakeLate(line.get(), clock->MonotonicNanos());
    }
    if (shard.stopped) {
      refused = Stopping();
      if (line->first == nullptr && !line->driven) {
        shard.lines.erase(std::string(line->key));
      }
    } else if (line->first == nullptr && !line->driven) {
      line->first = waiter;
      line->driven = true;
      driven = line.get();
    } else if (line->waiting.size() >= limits.waiting_per_wide_row ||
               waiting >= limits.waiting_per_node) {
      refused = absl::AbortedError(
          "the wide row's queue of conditional writes is full; nothing was "
          "written, try again");
      ++refused_full;
    } else {
      line->waiting.push_back(waiter);
      ++waiting;
      ++waited;
      if (HasDeadline(*waiter)) ++with_deadline;
    }
  }
  GiveUpLate(late);
  if (!refused.ok()) return waiter->GiveUp(refused);
  if (driven != nullptr) return Drive(driven, waiter);
  SweepLater();
}

std::vector<WideRowQueue::Waiter*> WideRowQueue::State::TakeLate(
    Line* line, int64_t now_ns) {
  std::vector<Waiter*> late;
  std::erase_if(line->waiting, [&](Waiter* waiter) {
    if (waiter->deadline_ns_ > now_ns) return false;
    late.push_back(waiter);
    CountOut(*waiter);
    return true;
  });
  return late;
}

void WideRowQueue::State::GiveUpLate(const std::vector<Waiter*>& late) {
  refused_late += late.size();
  for (Waiter* waiter : late) {
    waiter->GiveUp(absl::AbortedError(
        "the deadline passed in the wide row's queue of conditional writes; "
        "nothing was written"));
  }
}

WideRowQueue::Waiter* WideRowQueue::State::Advance(Line* line) {
  Waiter* next = nullptr;
  std::vector<Waiter*> late;
  {
    MutexLock lock(line->shard->mutex);
    if (line->first != nullptr) {  // it leaves later, and drives on then
      line->driven = false;
      return nullptr;
    }
    // Behind the last answer the clock may be gone; who waits keeps it.
    const int64_t now_ns = line->waiting.empty() ? 0 : clock->MonotonicNanos();
    while (next == nullptr && !line->waiting.empty()) {
      Waiter* const waiter = line->waiting.front();
      line->waiting.pop_front();
      CountOut(*waiter);
      if (waiter->deadline_ns_ > now_ns) {
        next = waiter;
      } else {
        late.push_back(waiter);
      }
    }
    line->first = next;
    if (next == nullptr) line->shard->lines.erase(std::string(line->key));
  }
  GiveUpLate(late);
  return next;
}

void WideRowQueue::State::Drive(Line* line, Waiter* first) {
  // The last to leave may let go of the queue before this is done.
  const std::shared_ptr<State> self = shared_from_this();
  for (int runs = 0; first != nullptr; ++runs) {
    if (runs == kRunsInARow) return DriveLater(line, first);
    first->Run();
    first = Advance(line);
  }
}

void WideRowQueue::State::DriveLater(Line* line, Waiter* first) {
  executor->Post(
      [self = shared_from_this(), line, first] { self->Drive(line, first); });
}

void WideRowQueue::State::SweepLater() {
  if (with_deadline == 0 || sweep_posted.exchange(true)) return;
  executor->PostAfter(kSweepEvery, [weak = weak_from_this()] {
    if (const std::shared_ptr<State> self = weak.lock()) self->Sweep();
  });
}

void WideRowQueue::State::Sweep() {
  // Before the look: who joins during it posts the next one, or is seen here.
  sweep_posted = false;
  const int64_t now_ns = clock->MonotonicNanos();
  for (Shard& shard : shards) {
    std::vector<Waiter*> late;
    {
      MutexLock lock(shard.mutex);
      for (auto& [key, line] : shard.lines) {
        const std::vector<Waiter*> found = TakeLate(line.get(), now_ns);
        late.insert(late.end(), found.begin(), found.end());
      }
    }
    GiveUpLate(late);
  }
  SweepLater();
}

void WideRowQueue::State::Stop() {
  for (Shard& shard : shards) {
    std::vector<Waiter*> given_up;
    {
      MutexLock lock(shard.mutex);
      shard.stopped = true;
      for (auto& [key, line] : shard.lines) {
        for (Waiter* waiter : line->waiting) CountOut(*waiter);
        given_up.insert(given_up.end(), line->waiting.begin(),
                        line->waiting.end());
        line->waiting.clear();
      }
    }
    for (Waiter* waiter : given_up) waiter->GiveUp(Stopping());
  }
}

WideRowQueue::WideRowQueue(WideRowQueueLimits limits, const Clock* clock,
                           Executor* executor)
    : state_(std::make_shared<State>(limits, clock, executor)) {}
WideRowQueue::~WideRowQueue() = default;

void WideRowQueue::Join(TableId table, std::string_view partition_key,
                        int64_t deadline_ns, Waiter* waiter) {
  waiter->deadline_ns_ = deadline_ns;
  std::string key;
  PutLittle(table.value, &key);
  key += partition_key;
  state_->Join(std::move(key), waiter);
}

WideRowQueue::Next WideRowQueue::Leave(Waiter* waiter) {
  Line* const line = waiter->line_;
  MutexLock lock(line->shard->mutex);
  ROWAN_CHECK(line->first == waiter);
  line->first = nullptr;
  if (line->driven) return Next(nullptr, nullptr);
  line->driven = true;
  return Next(state_, line);
}

WideRowQueue::Next::~Next() {
  if (state_ == nullptr) return;
  if (Waiter* const next = state_->Advance(line_)) {
    state_->DriveLater(line_, next);
  }
}

std::vector<WideRowQueue::Waiter*> WideRowQueue::TakeFollowers(
    Waiter* first, absl::FunctionRef<bool(Waiter*)> wanted) {
  Line* const line = first->line_;
  std::vector<Waiter*> taken;
  MutexLock lock(line->shard->mutex);
  ROWAN_CHECK(line->first == first);
  while (!line->waiting.empty() && wanted(line->waiting.front())) {
    taken.push_back(line->waiting.front());
    line->waiting.pop_front();
    state_->CountOut(*taken.back());
  }
  return taken;
}

void WideRowQueue::Stop() { state_->Stop(); }

WideRowQueueTotals WideRowQueue::totals() const {
  return {.waiting = state_->waiting,
          .waited = state_->waited,
          .refused_full = state_->refused_full,
          .refused_late = state_->refused_late};
}

}  // namespace rowan
