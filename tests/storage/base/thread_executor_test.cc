// SPDX-License-Identifier: Apache-2.0
#include "storage/base/thread_executor.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

TEST(ThreadExecutor, OneThreadRunsTasksInOrder) {
  ThreadExecutor executor(1, "test");
  std::vector<int> ran;
  std::latch done(1);
  for (int i = 0; i < 5; ++i) executor.Post([&ran, i] { ran.push_back(i); });
  executor.Post([&] { done.count_down(); });
  done.wait();
  EXPECT_THAT(ran, ElementsAre(0, 1, 2, 3, 4));
}

TEST(ThreadExecutor, ThreadsWorkSideBySide) {
  ThreadExecutor executor(3, "test");
  std::latch together(3), done(3);
  for (int i = 0; i < 3; ++i) {
    executor.Post([&] {
      together.arrive_and_wait();  // passes only with three threads
      done.count_down();
    });
  }
  done.wait();
}

TEST(ThreadExecutor, EveryTaskOfManyPostersRunsOnce) {
  constexpr int kPosters = 4, kTasks = 2000;
  std::atomic<int> ran = 0;
  std::latch done(kPosters * kTasks * 2);
  {
    ThreadExecutor executor(3, "test");
    std::vector<std::thread> posters;
    for (int p = 0; p < kPosters; ++p) {
      posters.emplace_back([&] {
        for (int i = 0; i < kTasks; ++i) {
          executor.Post([&, i] {
            ++ran;
            executor.PostAfter(std::chrono::microseconds(i % 50), [&] {
              ++ran;
              done.count_down();
            });
            done.count_down();
          });
        }
      });
    }
    for (std::thread& poster : posters) poster.join();
    done.wait();
  }
  EXPECT_EQ(ran.load(), kPosters * kTasks * 2);
}

TEST(ThreadExecutor, DelayedTasksRunInTheOrderOfTheirTimesAndNotBefore) {
  ThreadExecutor executor(1, "test");
  std::vector<int> ran;
  std::latch posted(1), done(3);
  executor.Post([&] { posted.wait(); });
  const auto start = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last;
  executor.PostAfter(milliseconds(9), [&] {
    last = std::chrono::steady_clock::now();
    ran.push_back(9);
    done.count_down();
  });
  executor.PostAfter(milliseconds(3), [&] {
    ran.push_back(3);
    done.count_down();
  });
  executor.PostAfter(milliseconds(0), [&] {
    ran.push_back(0);
    done.count_down();
  });
  posted.count_down();
  done.wait();
  EXPECT_THAT(ran, ElementsAre(0, 3, 9));
  EXPECT_GE(last - start, milliseconds(9));
}

TEST(ThreadExecutor, WaitingForATimerDoesNotHoldUpTasks) {
  ThreadExecutor executor(1, "test");
  executor.PostAfter(std::chrono::hours(1), [] {});
  std::promise<void> ran;
  executor.Post([&] { ran.set_value(); });
  ran.get_future().wait();
}

TEST(ThreadExecutor, StopFinishesTheRunningTaskAndDestroysTheRest) {
  auto alive = std::make_shared<int>(0);
  std::latch started(1);
  std::atomic<bool> go = false;
  std::atomic<int> ran = 0;
  ThreadExecutor executor(1, "test");
  executor.Post([&] {
    started.count_down();
    go.wait(false);
    ++ran;
  });
  started.wait();
  executor.Post([&, alive] { ++ran; });
  executor.PostAfter(std::chrono::hours(1), [&, alive] { ++ran; });
  EXPECT_EQ(executor.waiting_count(), 2u);
  std::thread stopper([&] { executor.Stop(); });
  while (executor.waiting_count() > 0) std::this_thread::yield();
  go = true;
  go.notify_all();
  stopper.join();
  executor.Post([&, alive] { ++ran; });
  EXPECT_EQ(ran.load(), 1);
  EXPECT_EQ(alive.use_count(), 1);
  executor.Stop();
}

TEST(ThreadExecutor, ThreadsCarryTheirName) {
  ThreadExecutor executor(1, "a-long-pool-name");
  std::promise<std::string> name;
  executor.Post([&] {
    char text[16];
    pthread_getname_np(pthread_self(), text, sizeof(text));
    name.set_value(text);
  });
  EXPECT_EQ(name.get_future().get(), "a-long-pool-0");
}

}  // namespace
}  // namespace rowan
