// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/work_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "storage/base/thread_executor.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

TEST(WorkGroup, OwnerDoesAllWhenNobodyHelps) {
  SimClock clock;
  SimExecutor executor(&clock);
  std::vector<int> done;
  {
    WorkGroup group(&executor, 3);
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(group
                      .Add([&done, i] {
                        done.push_back(i);
                        return absl::OkStatus();
                      })
                      .ok());
      EXPECT_GE(done.size() + 3, static_cast<size_t>(i + 1)) << "unbounded";
    }
    EXPECT_TRUE(group.Drain().ok());
    EXPECT_EQ(done, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
  executor.RunUntilIdle();  // helpers that come too late do nothing
  EXPECT_EQ(done.size(), 10u);
}

TEST(WorkGroup, FirstErrorStopsItForGood) {
  SimClock clock;
  SimExecutor executor(&clock);
  WorkGroup group(&executor, 100);
  int ran = 0;
  const auto piece = [&ran](absl::Status status) {
    return [&ran, status] {
      ++ran;
      return status;
    };
  };
  EXPECT_TRUE(group.Add(piece(absl::OkStatus())).ok());
  EXPECT_TRUE(group.Add(piece(absl::DataLossError("first"))).ok());
  EXPECT_TRUE(group.Add(piece(absl::InternalError("second"))).ok());
  EXPECT_EQ(group.Drain().message(), "first");
  EXPECT_EQ(group.Add(piece(absl::OkStatus())).message(), "first");
  EXPECT_EQ(ran, 2);
}

TEST(WorkGroup, ThreadsShareTheWorkAndDrainWaitsForThem) {
  ThreadExecutor executor(3, "helper");
  for (int round = 0; round < 50; ++round) {
    WorkGroup group(&executor, 4);
    std::atomic<int> ran{0};
    for (int i = 1; i <= 100; ++i) {
      ASSERT_TRUE(group
                      .Add([&ran] {
                        ran.fetch_add(1);
                        return absl::OkStatus();
                      })
                      .ok());
      if (i % 25 != 0) continue;
      ASSERT_TRUE(group.Drain().ok());
      ASSERT_EQ(ran.load(), i);
    }
    // Dropped in the middle: nothing runs once it is gone.
    std::atomic<bool> gone{false};
    {
      WorkGroup dropped(&executor, 8);
      for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(dropped
                        .Add([&gone] {
                          EXPECT_FALSE(gone.load());
                          return absl::OkStatus();
                        })
                        .ok());
      }
    }
    gone = true;
  }
  executor.Stop();
}

}  // namespace
}  // namespace rowan
