// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/change_queue.h"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

class ChangeQueueTest : public testing::Test {
 protected:
  absl::Status Post(Task task) {
    return queue_.Post(
        kNever, [task = std::move(task)](const absl::Status& in_time) mutable {
          EXPECT_TRUE(in_time.ok());
          task();
        });
  }

  SimClock clock_;
  SimExecutor executor_{&clock_};
  ChangeQueue queue_{&executor_, &clock_};
  size_t ran_ = 0;
};

TEST_F(ChangeQueueTest, ChangesRunInTheirOrder) {
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Post([&ran, i] { ran.push_back(i); }).ok());
  }
  EXPECT_TRUE(ran.empty());
  executor_.RunReady();
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2}));
}

TEST_F(ChangeQueueTest, OneTooManyIsRefusedUntilOneHasEnded) {
  for (size_t i = 0; i < ChangeQueue::kUnderWayMax; ++i) {
    ASSERT_TRUE(Post([this] { ++ran_; }).ok());
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Post([this] { ++ran_; })));
  EXPECT_TRUE(absl::IsResourceExhausted(queue_.Enter().status()));
  ASSERT_TRUE(executor_.RunOne());
  EXPECT_TRUE(Post([this] { ++ran_; }).ok());
  executor_.RunReady();
  EXPECT_EQ(ran_, ChangeQueue::kUnderWayMax + 1);
}

TEST_F(ChangeQueueTest, ChangeWhoseDeadlinePassedIsToldInItsTurn) {
  std::vector<absl::StatusCode> told;
  const auto tell = [&told](const absl::Status& in_time) {
    told.push_back(in_time.code());
  };
  const int64_t now = clock_.MonotonicNanos();
  absl::StatusOr<ChangeQueue::Place> place = queue_.Enter();
  ASSERT_TRUE(place.ok());
  ASSERT_TRUE(queue_.Post(now + 5, tell).ok());
  queue_.Continue(*std::move(place), now + 5, tell);
  ASSERT_TRUE(queue_.Post(now + 6, tell).ok());
  clock_.AdvanceNanos(5);
  executor_.RunReady();
  EXPECT_EQ(told, (std::vector{absl::StatusCode::kDeadlineExceeded,
                               absl::StatusCode::kDeadlineExceeded,
                               absl::StatusCode::kOk}));
}

// A snapshot's flush: the place is held between its two steps.
TEST_F(ChangeQueueTest, PlaceIsHeldBetweenTwoTasks) {
  absl::StatusOr<ChangeQueue::Place> place = queue_.Enter();
  ASSERT_TRUE(place.ok());
  for (size_t i = 1; i < ChangeQueue::kUnderWayMax; ++i) {
    ASSERT_TRUE(Post([] {}).ok());
  }
  EXPECT_FALSE(Post([] {}).ok());
  executor_.RunReady();
  queue_.Continue(*std::move(place), kNever, [this](const absl::Status&) {
    ++ran_;
    for (size_t i = 1; i < ChangeQueue::kUnderWayMax; ++i) {
      EXPECT_TRUE(Post([] {}).ok());
    }
    EXPECT_FALSE(Post([] {}).ok());
  });
  executor_.RunReady();
  EXPECT_EQ(ran_, 1u);
  EXPECT_TRUE(Post([] {}).ok());
}

}  // namespace
}  // namespace rowan
