// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/exposition.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Exposition, RequestsAreCountedByMethodAndCode) {
  Metrics metrics;
  metrics.RequestStarted();
  metrics.RequestStarted();
  metrics.RequestStarted();
  metrics.RequestEnded(Op::kRead, absl::StatusCode::kOk, 60'000);
  metrics.RequestEnded(Op::kRead, absl::StatusCode::kNotFound, 3'000'000'000);
  NodeFacts facts;
  facts.state = NodeState::kServing;
  const std::string text = ExposeMetrics(metrics, facts, {});
  EXPECT_THAT(text,
              HasSubstr("rowan_requests_total{op=\"Read\",code=\"OK\"} 1"));
  EXPECT_THAT(text, HasSubstr("{op=\"Read\",code=\"NOT_FOUND\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_inflight_requests 1"));
  EXPECT_THAT(text, HasSubstr("duration_seconds_count{op=\"Read\"} 2"));
  EXPECT_THAT(text, HasSubstr("{op=\"Read\",le=\"0.0001\"} 1"));
  EXPECT_THAT(text, HasSubstr("{op=\"Read\",le=\"10\"} 2"));
  EXPECT_THAT(text, HasSubstr("rowan_node_state{state=\"serving\"} 1"));
}

TEST(Exposition, StorageFiguresAndFailureShow) {
  Metrics metrics;
  NodeFacts facts;
  facts.state = NodeState::kServing;
  StorageMetrics storage;
  storage.engine.memtable_bytes = 12345;
  storage.engine.failure = "the log has failed";
  storage.sstables_by_level[2] = 7;
  const std::string text = ExposeMetrics(metrics, facts, storage);
  EXPECT_THAT(text, HasSubstr("rowan_memtable_bytes 12345"));
  EXPECT_THAT(text, HasSubstr("rowan_sstables{level=\"2\"} 7"));
  EXPECT_THAT(text, HasSubstr("rowan_node_state{state=\"read_only\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_build_info{version="));
}

TEST(Exposition, HistogramsStaySmall) {
  EXPECT_LE(kDurationBoundsNs.size() + 1, 14u);
}

TEST(Metrics, BucketsTakeTheirUpperBound) {
  Metrics metrics;
  for (const int64_t bound : kDurationBoundsNs) {
    metrics.RequestStarted();
    metrics.RequestEnded(Op::kWrite, absl::StatusCode::kOk, bound);
  }
  const OpTotals totals = metrics.Totals(Op::kWrite);
  for (size_t i = 0; i < kDurationBoundsNs.size(); ++i) {
    EXPECT_EQ(totals.by_duration[i], 1u) << i;
  }
  EXPECT_EQ(totals.by_duration.back(), 0u);
}

}  // namespace
}  // namespace rowan
