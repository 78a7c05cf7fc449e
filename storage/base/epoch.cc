// SPDX-License-Identifier: Apache-2.0
#include "storage/base/epoch.h"

#include <algorithm>
#include <bitset>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "storage/base/check.h"
#include "storage/base/mutex.h"

// Every Retire takes the next epoch as its stamp; a reader writes the epoch it
// entered at into its slot. What carries stamp s may be freed once no slot
// holds an epoch <= s. Two cases make this right without a fence:
//
// 1. The collector looks at a slot before the reader writes it. Both use a
//    read-modify-write, so the reader's takes its value from the collector's
//    and thereby sees all that came before it: the unlinking too. The same
//    holds for the number of slots in use.
// 2. The collector finds an epoch > s. Then the reader loaded the epoch that
//    the Retire of s, or a later one, had stored: it sees the unlinking.

namespace rowan {
namespace {

constexpr uint64_t kOutside = 0;  // epochs start at 1

// Numbers the threads that ever entered any domain, from 0; a thread's number
// is given on when it ends.
class ThreadNumbers {
 public:
  int Take() {
    MutexLock lock(mutex_);
    size_t number = 0;
    while (number < taken_.size() && taken_[number]) ++number;
    ROWAN_CHECK(number < taken_.size());  // kReadersMax
    taken_.set(number);
    return static_cast<int>(number);
  }
  void Give(int number) {
    MutexLock lock(mutex_);
    taken_.reset(static_cast<size_t>(number));
  }

 private:
  Mutex mutex_;
  std::bitset<EpochDomain::kReadersMax> taken_ ROWAN_GUARDED_BY(mutex_);
};

ThreadNumbers& Numbers() {
  static auto* numbers = new ThreadNumbers;  // threads may end after main
  return *numbers;
}

struct ThreadNumber {
  const int number = Numbers().Take();
  ~ThreadNumber() { Numbers().Give(number); }
};

int MyNumber() {
  thread_local ThreadNumber mine;
  return mine.number;
}

}  // namespace

struct EpochDomain::Impl {
  struct alignas(64) Slot {
    std::atomic<uint64_t> epoch{kOutside};
    int depth = 0;  // touched by the slot's thread only
  };
  struct Retired {
    uint64_t stamp;
    Task deleter;
  };

  // The least epoch that a reader inside may have entered at.
  uint64_t OldestReader() {
    uint64_t oldest = std::numeric_limits<uint64_t>::max();
    const int end = slots_end.fetch_add(0);
    for (int i = 0; i < end; ++i) {
      const uint64_t epoch = slots[i].epoch.fetch_add(0);
      if (epoch != kOutside) oldest = std::min(oldest, epoch);
    }
    return oldest;
  }

  // Runs what may run; returns how many are left.
  size_t Collect() {
    std::vector<Task> runnable;
    size_t left;
    {
      MutexLock lock(mutex);
      if (retired.empty()) return 0;
      const uint64_t oldest = OldestReader();
      while (!retired.empty() && retired.front().stamp < oldest) {
        runnable.push_back(std::move(retired.front().deleter));
        retired.pop_front();
      }
      left = retired.size();
    }
    for (Task& deleter : runnable) deleter();
    return left;
  }

  std::atomic<uint64_t> epoch{1};
  std::atomic<int> slots_end{0};  // slots at and above it were never used
  Slot slots[kReadersMax];
  Mutex mutex;
  std::deque<Retired> retired ROWAN_GUARDED_BY(mutex);  // by stamp
};

EpochDomain::EpochDomain() : impl_(std::make_unique<Impl>()) {}

EpochDomain::~EpochDomain() {
  ROWAN_CHECK(impl_->OldestReader() == std::numeric_limits<uint64_t>::max());
  while (impl_->Collect() > 0) {  // deleters may retire more
  }
}

EpochDomain::Guard::Guard(EpochDomain& domain)
    : domain_(domain), slot_(MyNumber()) {
  Impl& impl = *domain_.impl_;
  Impl::Slot& slot = impl.slots[slot_];
  if (slot.depth++ > 0) return;
  int end = impl.slots_end.load();
  while (end <= slot_ &&
         !impl.slots_end.compare_exchange_weak(end, slot_ + 1)) {
  }
  slot.epoch.exchange(impl.epoch.load());
}

EpochDomain::Guard::~Guard() {
  Impl::Slot& slot = domain_.impl_->slots[slot_];
  if (--slot.depth == 0) {
    slot.epoch.store(kOutside, std::memory_order_release);
  }
}

void EpochDomain::Retire(Task deleter) {
  {
    MutexLock lock(impl_->mutex);
    impl_->retired.push_back({impl_->epoch.fetch_add(1), std::move(deleter)});
  }
  impl_->Collect();
}

size_t EpochDomain::Collect() { return impl_->Collect(); }

}  // namespace rowan
