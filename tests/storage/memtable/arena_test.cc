// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/arena.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(Arena, TakesNothingBeforeTheFirstAllocation) {
  MemoryBudget budget(0);
  const Arena arena(&budget);
  EXPECT_EQ(arena.memory_bytes(), 0);
  EXPECT_EQ(budget.used_bytes(), 0);
}

TEST(Arena, ChunksDoubleFromOneKibTo256) {
  MemoryBudget budget(0);
  Arena arena(&budget);
  std::vector<int64_t> chunks;
  int64_t before = 0;
  while (chunks.size() < 11) {
    arena.Allocate(64);
    if (arena.memory_bytes() == before) continue;
    chunks.push_back((arena.memory_bytes() - before) / 1024);
    before = arena.memory_bytes();
  }
  EXPECT_EQ(chunks,
            (std::vector<int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256}));
}

TEST(Arena, ChargesTheBudgetExactlyAndGivesAllBack) {
  MemoryBudget budget(0);
  {
    Arena arena(&budget);
    for (size_t size = 1; size < 300'000; size = size * 3 + 1) {
      std::memset(arena.Allocate(size), 1, size);
      EXPECT_EQ(budget.used_bytes(), arena.memory_bytes());
    }
  }
  EXPECT_EQ(budget.used_bytes(), 0);
}

TEST(Arena, LargeAllocationDoesNotEndTheCurrentChunk) {
  MemoryBudget budget(0);
  Arena arena(&budget);
  char* const first = arena.Allocate(8);
  arena.Allocate(Arena::kSharedSizeMax + 1);
  EXPECT_EQ(arena.Allocate(8), first + 8);
}

TEST(Arena, AllocationsAreAlignedAndZeroedOnRequest) {
  MemoryBudget budget(0);
  Arena arena(&budget);
  for (size_t size : {1, 7, 9, 100, 40'000}) {
    std::memset(arena.Allocate(size), 0xff, size);
    const char* const zeroed = arena.AllocateZeroed(size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(zeroed) % 8, 0u);
    EXPECT_EQ(std::count(zeroed, zeroed + size, '\0'), int64_t(size));
  }
}

TEST(Arena, ThreadsNeverShareBytes) {
  MemoryBudget budget(0);
  Arena arena(&budget);
  constexpr int kThreads = 4;
  constexpr int kAllocations = 5'000;
  std::vector<std::vector<char*>> taken(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kAllocations; ++i) {
        const size_t size = 8 + (i * 37 + t) % 200;
        char* const bytes = arena.Allocate(size);
        std::memset(bytes, t + 1, size);
        taken[t].push_back(bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kAllocations; ++i) {
      const size_t size = 8 + (i * 37 + t) % 200;
      ASSERT_EQ(std::count(taken[t][i], taken[t][i] + size, char(t + 1)),
                int64_t(size));
    }
  }
  EXPECT_EQ(budget.used_bytes(), arena.memory_bytes());
}

}  // namespace
}  // namespace rowan
