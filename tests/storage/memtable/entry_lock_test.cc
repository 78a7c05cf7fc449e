// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/entry_lock.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(EntryLock, IsOneByte) { EXPECT_EQ(sizeof(EntryLock), 1u); }

TEST(EntryLock, GivesUpWhenHeldAndSucceedsWhenFree) {
  EntryLock lock;
  ASSERT_TRUE(lock.TryLock());
  EXPECT_FALSE(lock.TryLock());
  lock.Unlock();
  EXPECT_TRUE(lock.TryLock());
}

TEST(EntryLock, ExcludesOtherThreads) {
  EntryLock lock;
  int counter = 0;  // not atomic: the lock is what protects it
  constexpr int kThreads = 4;
  constexpr int kAdds = 2'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kAdds; ++i) {
        while (!lock.TryLock()) std::this_thread::yield();
        ++counter;
        lock.Unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, kThreads * kAdds);
}

}  // namespace
}  // namespace rowan
