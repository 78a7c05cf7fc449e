// SPDX-License-Identifier: Apache-2.0
#include "storage/base/epoch.h"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "storage/base/mutex.h"

namespace rowan {
namespace {

TEST(Epoch, RetiredWithoutReadersRunsAtOnce) {
  EpochDomain domain;
  int freed = 0;
  domain.Retire([&] { ++freed; });
  EXPECT_EQ(domain.Collect(), 0u);
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, ReaderInsideHoldsBackWhatIsRetiredAfterItEntered) {
  EpochDomain domain;
  int freed = 0;
  {
    EpochDomain::Guard guard(domain);
    domain.Retire([&] { ++freed; });
    domain.Retire([&] { ++freed; });
    EXPECT_EQ(domain.Collect(), 2u);
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(domain.Collect(), 0u);
  EXPECT_EQ(freed, 2);
}

TEST(Epoch, ReaderThatEnteredLaterHoldsNothingBack) {
  EpochDomain domain;
  int freed = 0;
  std::optional<EpochDomain::Guard> early;
  early.emplace(domain);
  domain.Retire([&] { ++freed; });
  std::atomic<bool> inside = false, leave = false;
  std::thread late([&] {
    EpochDomain::Guard guard(domain);
    inside = true;
    inside.notify_all();
    leave.wait(false);
  });
  inside.wait(false);
  early.reset();
  EXPECT_EQ(domain.Collect(), 0u);
  EXPECT_EQ(freed, 1);
  leave = true;
  leave.notify_all();
  late.join();
}

TEST(Epoch, OnlyTheOutermostGuardCounts) {
  EpochDomain domain;
  int freed = 0;
  {
    EpochDomain::Guard outer(domain);
    { EpochDomain::Guard inner(domain); }
    domain.Retire([&] { ++freed; });
    { EpochDomain::Guard inner(domain); }
    EXPECT_EQ(domain.Collect(), 1u);
  }
  EXPECT_EQ(domain.Collect(), 0u);
}

TEST(Epoch, DomainsAreIndependent) {
  EpochDomain a, b;
  int freed = 0;
  EpochDomain::Guard guard(a);
  b.Retire([&] { ++freed; });
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, DeleterMayRetireMore) {
  EpochDomain domain;
  int freed = 0;
  domain.Retire([&] { domain.Retire([&] { ++freed; }); });
  domain.Collect();
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, DestructorRunsWhatIsLeft) {
  int freed = 0;
  {
    EpochDomain domain;
    EpochDomain::Guard* guard = new EpochDomain::Guard(domain);
    domain.Retire([&] { ++freed; });
    delete guard;
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, ThreadsBeyondTheBoundMayFollowEachOther) {
  EpochDomain domain;
  for (int i = 0; i < EpochDomain::kReadersMax + 10; ++i) {
    std::thread([&] { EpochDomain::Guard guard(domain); }).join();
  }
}

// Readers follow shared pointers while writers swap and retire what they point
// at. What is freed is overwritten with a plain store: a reader that still saw
// it fails the check, and under TSan is a race.
struct Node {
  uint64_t alive = 1;
  uint64_t twin = 1;  // equal to `alive` while it lives
};

TEST(Epoch, ReadersNeverSeeWhatWasFreed) {
  constexpr int kReaders = 3, kWriters = 2, kSwaps = 3000;
  EpochDomain domain;
  Mutex graves_mutex;
  std::vector<std::unique_ptr<Node>> graves;
  std::array<std::atomic<Node*>, 4> shared;
  for (auto& slot : shared) slot = new Node;
  std::atomic<int> writers_left = kWriters;
  std::atomic<uint64_t> reads = 0, wrong = 0;

  std::vector<std::thread> threads;
  for (int r = 0; r < kReaders; ++r) {
    threads.emplace_back([&, r] {
      uint64_t n = 0;
      while (writers_left.load(std::memory_order_relaxed) > 0 || n < 100) {
        EpochDomain::Guard guard(domain);
        Node* node =
            shared[(n + static_cast<uint64_t>(r)) % shared.size()].load(
                std::memory_order_acquire);
        for (int i = 0; i < 8; ++i) {
          if (node->alive != 1 || node->twin != 1) ++wrong;
        }
        ++n;
      }
      reads += n;
    });
  }
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < kSwaps; ++i) {
        Node* old = shared[static_cast<size_t>(i + w) % shared.size()].exchange(
            new Node, std::memory_order_acq_rel);
        domain.Retire([&, old] {
          old->alive = old->twin = 0xdead;
          MutexLock lock(graves_mutex);
          graves.emplace_back(old);
        });
      }
      --writers_left;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_GT(reads.load(), 0u);
  EXPECT_EQ(domain.Collect(), 0u);
  EXPECT_EQ(graves.size(), size_t{kWriters} * kSwaps);
  for (auto& slot : shared) delete slot.load();
}

}  // namespace
}  // namespace rowan
