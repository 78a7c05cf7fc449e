// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/recent_load.h"

#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

using std::chrono::seconds;

class RecentLoadTest : public testing::Test {
 protected:
  // Simulated time passes; nothing else happens.
  void Pass(seconds time) {
    const int64_t end = clock_.Now() + std::chrono::nanoseconds(time).count();
    executor_.RunUntilIdle(time);
    clock_.AdvanceNanos(end - clock_.Now());
  }

  LoadRates Rates() const { return load_.Rates(totals_); }

  SimClock clock_;
  SimExecutor executor_{&clock_};
  LoadTotals totals_;
  int asked_ = 0;
  RecentLoad load_{&clock_, &executor_, [this] {
                     ++asked_;
                     return totals_;
                   }};
};

TEST_F(RecentLoadTest, RatesCoverTheTimeSinceTheStartAtFirst) {
  totals_ = {.writes = 1000, .reads = 500};
  load_.Start();
  EXPECT_EQ(Rates().window_s, 0);
  Pass(seconds(12));
  totals_.writes += 1200;
  totals_.reads += 6;
  const LoadRates rates = Rates();
  EXPECT_DOUBLE_EQ(rates.window_s, 12);
  EXPECT_DOUBLE_EQ(rates.writes_per_s, 100);
  EXPECT_DOUBLE_EQ(rates.reads_per_s, 0.5);
  EXPECT_EQ(rates.write_p99_ns, 0);
  EXPECT_EQ(rates.read_p99_ns, 0);
}

TEST_F(RecentLoadTest, ForgetsWhatIsOlderThanItsWindow) {
  load_.Start();
  totals_.writes = 1'000'000;
  totals_.write_durations.Add(9'000'000'000);
  Pass(seconds(66));
  EXPECT_DOUBLE_EQ(Rates().window_s, 61);
  EXPECT_EQ(Rates().writes_per_s, 0);
  EXPECT_EQ(Rates().write_p99_ns, 0);
  Pass(seconds(3));
  EXPECT_DOUBLE_EQ(Rates().window_s, 64);
}

TEST_F(RecentLoadTest, PercentileLiesInTheStepOfTheHundredthSlowest) {
  load_.Start();
  Pass(seconds(1));
  for (int i = 0; i < 98; ++i) totals_.write_durations.Add(60'000);
  for (int i = 0; i < 2; ++i) totals_.write_durations.Add(3'000'000);
  // One of two lies at or below it: half of the step from 2.5 to 5 ms.
  EXPECT_EQ(Rates().write_p99_ns, 3'750'000);
  totals_.read_durations.Add(20'000'000'000);
  EXPECT_EQ(Rates().read_p99_ns, 10'000'000'000);
}

TEST_F(RecentLoadTest, AsksNobodyForRatesOrAfterItsStop) {
  load_.Start();
  Pass(seconds(7));
  const int asked = asked_;
  EXPECT_EQ(Rates().window_s, 7);
  EXPECT_EQ(asked_, asked);
  load_.Stop();
  Pass(seconds(60));
  EXPECT_EQ(Rates().window_s, 0);
  EXPECT_EQ(asked_, asked);
}

TEST(LoadTotals, AreOfTheRequestsThatReadAndWrite) {
  Metrics metrics;
  for (const Op op :
       {Op::kWrite, Op::kBatchWrite, Op::kCheckAndWrite, Op::kIncrement,
        Op::kRead, Op::kBatchRead, Op::kReadStream, Op::kFlush}) {
    metrics.RequestStarted(1);
    metrics.RequestEnded(op, absl::StatusCode::kOk, 60'000, 1);
  }
  EngineStatus engine;
  engine.writes = 7;
  engine.reads.by_sstables = {1, 2};
  const LoadTotals totals = LoadTotalsOf(metrics, engine);
  EXPECT_EQ(totals.writes, 7u);
  EXPECT_EQ(totals.reads, 3u);
  EXPECT_EQ(totals.write_durations.by_duration[1], 4u);
  EXPECT_EQ(totals.read_durations.by_duration[1], 2u);
}

}  // namespace
}  // namespace rowan
