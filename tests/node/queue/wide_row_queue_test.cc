// SPDX-License-Identifier: Apache-2.0
#include "node/queue/wide_row_queue.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kNoDeadline = std::numeric_limits<int64_t>::max();
constexpr int64_t kMs = 1'000'000;

class WideRowQueueTest : public testing::Test {
 protected:
  // Writes down what happens to it; leaves at once, or when told.
  class Step : public WideRowQueue::Waiter {
   public:
    Step(WideRowQueueTest* test, int number, bool leaves)
        : test_(test), number_(number), leaves_(leaves) {}
    void Run() override {
      EXPECT_FALSE(first_ || status_.has_value());
      first_ = true;
      test_->ran_.push_back(number_);
      if (leaves_) Leave();
    }
    void GiveUp(const absl::Status& status) override {
      EXPECT_FALSE(first_ || status_.has_value());
      status_ = status;
    }
    // Who comes next may run on the executor.
    void Leave() {
      (void)test_->queue_.Leave(this);
      test_->executor_.RunReady();
    }
    absl::StatusCode code() const {
      return status_.has_value() ? status_->code() : absl::StatusCode::kOk;
    }
    int number() const { return number_; }

   private:
    WideRowQueueTest* const test_;
    const int number_;
    const bool leaves_;
    bool first_ = false;
    std::optional<absl::Status> status_;
  };

  Step& Join(std::string_view key, bool leaves,
             int64_t deadline = kNoDeadline) {
    const int number = static_cast<int>(steps_.size());
    Step& step = steps_.emplace_back(this, number, leaves);
    queue_.Join(TableId{1}, key, deadline, &step);
    return step;
  }

  SimClock clock_;
  SimExecutor executor_{&clock_};
  WideRowQueue queue_{
      {.waiting_per_wide_row = 4, .waiting_per_node = 6}, &clock_, &executor_};
  std::deque<Step> steps_;
  std::vector<int> ran_;
};

TEST_F(WideRowQueueTest, OneOfAWideRowRunsAtATimeInOrder) {
  Step& first = Join("a", false);
  Step& second = Join("a", false);
  Join("a", true);
  EXPECT_THAT(ran_, ElementsAre(0));
  EXPECT_EQ(queue_.totals().waiting, 2u);
  first.Leave();
  EXPECT_THAT(ran_, ElementsAre(0, 1));
  second.Leave();
  EXPECT_THAT(ran_, ElementsAre(0, 1, 2));
  EXPECT_EQ(queue_.totals().waiting, 0u);
  EXPECT_EQ(queue_.totals().waited, 2u);
}

TEST_F(WideRowQueueTest, OtherWideRowsAndTablesDontWait) {
  Join("a", false);
  Join("b", true);
  Step& other = steps_.emplace_back(this, 7, true);
  queue_.Join(TableId{2}, "a", kNoDeadline, &other);
  EXPECT_THAT(ran_, ElementsAre(0, 1, 7));
}

TEST_F(WideRowQueueTest, NextRunsOnTheExecutorWhenTheAnswerIsGiven) {
  Step& first = Join("a", false);
  Join("a", true);
  Join("a", true);
  {
    const WideRowQueue::Next next = queue_.Leave(&first);
    executor_.RunReady();
    EXPECT_THAT(ran_, ElementsAre(0));
  }
  // Not on the thread of who left: others wait for that one.
  EXPECT_THAT(ran_, ElementsAre(0));
  executor_.RunReady();
  EXPECT_THAT(ran_, ElementsAre(0, 1, 2));
}

TEST_F(WideRowQueueTest, NothingIsLookedAtBehindTheLastAnswer) {
  // Goes with the node, which the last answer may end.
  struct MortalClock : SimClock {
    int64_t MonotonicNanos() const override {
      EXPECT_TRUE(alive);
      return SimClock::MonotonicNanos();
    }
    bool alive = true;
  } clock;
  WideRowQueue queue({}, &clock, &executor_);
  Step& step = steps_.emplace_back(this, 0, false);
  queue.Join(TableId{1}, "a", kNoDeadline, &step);
  {
    const WideRowQueue::Next next = queue.Leave(&step);
    clock.alive = false;
  }
  EXPECT_EQ(executor_.ready_count(), 0u);
}

TEST_F(WideRowQueueTest, FullQueueAnswersAborted) {
  Join("a", false);
  for (int i = 0; i < 4; ++i) Join("a", true);
  EXPECT_EQ(Join("a", true).code(), absl::StatusCode::kAborted);
  // Of the node: two more.
  Join("b", false);
  Join("b", false);
  Join("b", false);
  EXPECT_EQ(Join("b", false).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(queue_.totals().refused_full, 2u);
  EXPECT_EQ(queue_.totals().waiting, 6u);
  steps_[0].Leave();
  EXPECT_EQ(Join("b", false).code(), absl::StatusCode::kOk);
}

TEST_F(WideRowQueueTest, PassedDeadlineGivesUpWhileTheFirstOneRuns) {
  Step& first = Join("a", false);
  Step& late = Join("a", true, clock_.MonotonicNanos() + 25 * kMs);
  Step& patient = Join("a", true);
  clock_.AdvanceNanos(20 * kMs);
  executor_.RunReady();
  EXPECT_EQ(late.code(), absl::StatusCode::kOk);
  executor_.RunUntilIdle();
  EXPECT_EQ(late.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(queue_.totals().refused_late, 1u);
  EXPECT_EQ(patient.code(), absl::StatusCode::kOk);
  first.Leave();
  EXPECT_THAT(ran_, ElementsAre(0, 2));
}

TEST_F(WideRowQueueTest, LateOneIsNotRunWhenItsTurnComes) {
  Step& first = Join("a", false);
  Step& late = Join("a", true, clock_.MonotonicNanos() + kMs);
  clock_.AdvanceNanos(kMs);
  first.Leave();
  EXPECT_EQ(late.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(ran_, ElementsAre(0));
}

TEST_F(WideRowQueueTest, LateOnesMakeRoom) {
  Join("a", false);
  for (int i = 0; i < 4; ++i) Join("a", true, clock_.MonotonicNanos() + kMs);
  clock_.AdvanceNanos(kMs);
  EXPECT_EQ(Join("a", true).code(), absl::StatusCode::kOk);
}

TEST_F(WideRowQueueTest, StopGivesUpWhoWaitsAndTakesNoMore) {
  Step& first = Join("a", false);
  Step& waiting = Join("a", true);
  queue_.Stop();
  EXPECT_EQ(waiting.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Join("a", true).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Join("b", true).code(), absl::StatusCode::kUnavailable);
  first.Leave();
  EXPECT_THAT(ran_, ElementsAre(0));
  EXPECT_EQ(queue_.totals().waiting, 0u);
}

TEST_F(WideRowQueueTest, FollowersAreTakenInOrderAsLongAsWanted) {
  Step& first = Join("a", false);
  Join("a", true);
  Join("a", true);
  Step& other = Join("a", false);
  Join("a", true);
  const auto taken =
      queue_.TakeFollowers(&first, [](WideRowQueue::Waiter* waiter) {
        return static_cast<Step*>(waiter)->number() != 3;
      });
  EXPECT_THAT(taken, ElementsAre(&steps_[1], &steps_[2]));
  first.Leave();
  EXPECT_THAT(ran_, ElementsAre(0, 3));
  other.Leave();
  EXPECT_THAT(ran_, ElementsAre(0, 3, 4));
}

TEST_F(WideRowQueueTest, ManyThatAnswerAtOnceNeitherNestNorKeepTheThread) {
  WideRowQueue queue(
      {.waiting_per_wide_row = 100'000, .waiting_per_node = 100'000}, &clock_,
      &executor_);
  struct Quick : WideRowQueue::Waiter {
    WideRowQueue* queue = nullptr;
    int* ran = nullptr;
    bool stays = false;
    void Run() override {
      ++*ran;
      if (!stays) (void)queue->Leave(this);
    }
    void GiveUp(const absl::Status&) override { FAIL(); }
  };
  int ran = 0;
  std::vector<Quick> all(20'001);
  for (Quick& quick : all) {
    quick.queue = &queue;
    quick.ran = &ran;
    quick.stays = &quick == all.data();
    queue.Join(TableId{1}, "a", kNoDeadline, &quick);
  }
  EXPECT_EQ(ran, 1);
  (void)queue.Leave(all.data());
  EXPECT_LT(ran, 100);
  executor_.RunUntilIdle();
  EXPECT_EQ(ran, 20'001);
}

}  // namespace
}  // namespace rowan
