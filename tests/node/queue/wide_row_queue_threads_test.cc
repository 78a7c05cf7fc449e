// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "node/queue/wide_row_queue.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/thread_executor.h"

namespace rowan {
namespace {

constexpr int kThreads = 4;
constexpr int kEach = 4'000;
constexpr size_t kWideRows = 3;
constexpr int64_t kMs = 1'000'000;

// What all threads change, each wide row's only by who is first there.
struct World {
  SystemClock clock;
  ThreadExecutor executor{kThreads, "queue"};
  std::array<int64_t, kWideRows> changes{};  // no atomics: TSan looks
  std::atomic<int> open{0};
  std::atomic<int> ran{0}, given_up{0}, taken{0};
};

// Leaves at once, or on another thread; sometimes takes who follows.
class Change final : public WideRowQueue::Waiter {
 public:
  Change(World* world, WideRowQueue* queue, size_t wide_row, uint32_t kind)
      : world_(world), queue_(queue), wide_row_(wide_row), kind_(kind) {}

  void Run() override {
    ++world_->ran;
    ++world_->changes[wide_row_];
    if (kind_ % 4 == 0) {
      for (WideRowQueue::Waiter* waiter :
           queue_->TakeFollowers(this, [](WideRowQueue::Waiter* waiter) {
             return static_cast<Change*>(waiter)->kind_ % 2 == 0;
           })) {
        ++world_->taken;
        ++world_->changes[wide_row_];
        static_cast<Change*>(waiter)->End();
      }
    }
    if (kind_ % 3 == 0) {
      world_->executor.Post([this] { LeaveNow(); });
    } else {
      LeaveNow();
    }
  }
  void GiveUp(const absl::Status& status) override {
    EXPECT_TRUE(absl::IsAborted(status) || absl::IsUnavailable(status))
        << status;
    ++world_->given_up;
    End();
  }

 private:
  void LeaveNow() {
    const WideRowQueue::Next next = queue_->Leave(this);
    End();
  }
  void End() {
    World* const world = world_;
    delete this;
    --world->open;
  }

  World* const world_;
  WideRowQueue* const queue_;
  const size_t wide_row_;
  const uint32_t kind_;
};

// Threads join as fast as they can. Returns how many waiters were made.
int JoinAll(World* world, WideRowQueue* queue) {
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([world, queue, t] {
      std::mt19937 random(t);
      for (int i = 0; i < kEach; ++i) {
        const size_t wide_row = random() % kWideRows;
        const int64_t deadline = random() % 8 == 0
                                     ? world->clock.MonotonicNanos() + kMs
                                     : std::numeric_limits<int64_t>::max();
        ++world->open;
        queue->Join(TableId{1}, std::to_string(wide_row), deadline,
                    new Change(world, queue, wide_row, random()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return kThreads * kEach;
}

void WaitUntilNoneIsOpen(const World& world) {
  while (world.open > 0) std::this_thread::yield();
}

void ExpectAllCounted(const World& world, int made) {
  EXPECT_EQ(world.ran + world.given_up + world.taken, made);
  int64_t changes = 0;
  for (const int64_t some : world.changes) changes += some;
  EXPECT_EQ(changes, world.ran + world.taken);
}

TEST(WideRowQueueThreads, EachRunsOnceAndNoTwoOfAWideRowMeet) {
  World world;
  WideRowQueue queue({.waiting_per_wide_row = 64, .waiting_per_node = 128},
                     &world.clock, &world.executor);
  const int made = JoinAll(&world, &queue);
  WaitUntilNoneIsOpen(world);
  world.executor.Stop();
  ExpectAllCounted(world, made);
  EXPECT_GT(world.ran, 0);
  EXPECT_EQ(queue.totals().waiting, 0u);
}

TEST(WideRowQueueThreads, StopMeansAnEndForAll) {
  World world;
  WideRowQueue queue({.waiting_per_wide_row = 64, .waiting_per_node = 128},
                     &world.clock, &world.executor);
  std::thread stopper([&] {
    while (world.ran + world.given_up < kEach) std::this_thread::yield();
    queue.Stop();
  });
  const int made = JoinAll(&world, &queue);
  stopper.join();
  WaitUntilNoneIsOpen(world);
  world.executor.Stop();
  ExpectAllCounted(world, made);
}

TEST(WideRowQueueThreads, TheQueueMayGoWhenTheLastOneHasAnswered) {
  World world;
  for (int round = 0; round < 300; ++round) {
    auto queue = std::make_unique<WideRowQueue>(WideRowQueueLimits{},
                                                &world.clock, &world.executor);
    for (uint32_t i = 0; i < 4; ++i) {
      ++world.open;
      queue->Join(TableId{1}, "0", std::numeric_limits<int64_t>::max(),
                  new Change(&world, queue.get(), 0, 3));
    }
    WaitUntilNoneIsOpen(world);
    queue.reset();
  }
  world.executor.Stop();
  EXPECT_EQ(world.ran, 1200);
}

}  // namespace
}  // namespace rowan
