// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/change_queue.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

class ChangeQueueTest : public testing::Test {
 protected:
  SimClock clock_;
  SimExecutor executor_{&clock_};
  ChangeQueue queue_{&executor_};
  size_t ran_ = 0;
};

TEST_F(ChangeQueueTest, ChangesRunInTheirOrder) {
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(queue_.Post([&ran, i] { ran.push_back(i); }).ok());
  }
  EXPECT_TRUE(ran.empty());
  executor_.RunReady();
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2}));
}

TEST_F(ChangeQueueTest, OneTooManyIsRefusedUntilOneHasEnded) {
  for (size_t i = 0; i < ChangeQueue::kUnderWayMax; ++i) {
    ASSERT_TRUE(queue_.Post([this] { ++ran_; }).ok());
  }
  EXPECT_TRUE(absl::IsResourceExhausted(queue_.Post([this] { ++ran_; })));
  EXPECT_TRUE(absl::IsResourceExhausted(queue_.Enter().status()));
  ASSERT_TRUE(executor_.RunOne());
  EXPECT_TRUE(queue_.Post([this] { ++ran_; }).ok());
  executor_.RunReady();
  EXPECT_EQ(ran_, ChangeQueue::kUnderWayMax + 1);
}

// A snapshot's flush: the place is held between its two steps.
TEST_F(ChangeQueueTest, PlaceIsHeldBetweenTwoTasks) {
  absl::StatusOr<ChangeQueue::Place> place = queue_.Enter();
  ASSERT_TRUE(place.ok());
  for (size_t i = 1; i < ChangeQueue::kUnderWayMax; ++i) {
    ASSERT_TRUE(queue_.Post([] {}).ok());
  }
  EXPECT_FALSE(queue_.Post([] {}).ok());
  executor_.RunReady();
  queue_.Continue(*std::move(place), [this] {
    ++ran_;
    for (size_t i = 1; i < ChangeQueue::kUnderWayMax; ++i) {
      EXPECT_TRUE(queue_.Post([] {}).ok());
    }
    EXPECT_FALSE(queue_.Post([] {}).ok());
  });
  executor_.RunReady();
  EXPECT_EQ(ran_, 1u);
  EXPECT_TRUE(queue_.Post([] {}).ok());
}

}  // namespace
}  // namespace rowan
