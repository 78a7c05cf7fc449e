// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/exposition.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Exposition, RequestsAreCountedByMethodAndCode) {
  Metrics metrics;
  metrics.RequestStarted(10);
  metrics.RequestStarted(200);
  metrics.RequestStarted(3000);
  metrics.RequestEnded(Op::kRead, absl::StatusCode::kOk, 60'000, 10);
  metrics.RequestEnded(Op::kRead, absl::StatusCode::kNotFound, 3'000'000'000,
                       200);
  NodeFacts facts;
  facts.state = NodeState::kServing;
  const std::string text = ExposeMetrics(metrics, facts, {});
  EXPECT_THAT(text,
              HasSubstr("rowan_requests_total{op=\"Read\",code=\"OK\"} 1"));
  EXPECT_THAT(text, HasSubstr("{op=\"Read\",code=\"NOT_FOUND\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_inflight_requests 1\n"));
  EXPECT_THAT(text, HasSubstr("rowan_inflight_bytes 3000\n"));
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
  storage.engine.sstables_by_level[2] = 7;
  std::string text = ExposeMetrics(metrics, facts, storage);
  EXPECT_THAT(text, HasSubstr("rowan_writes_stopped{reason=\"failure\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_memtable_bytes 12345"));
  EXPECT_THAT(text, HasSubstr("rowan_sstables{level=\"2\"} 7"));
  EXPECT_THAT(text, HasSubstr("rowan_node_state{state=\"read_only\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_build_info{version="));
  storage.engine.failure.clear();
  storage.engine.disk_full = "1 MiB is free";
  storage.engine.disk_reserve_bytes = 100;
  text = ExposeMetrics(metrics, facts, storage);
  EXPECT_THAT(text, HasSubstr("rowan_writes_stopped{reason=\"failure\"} 0"));
  EXPECT_THAT(text, HasSubstr("rowan_writes_stopped{reason=\"disk_full\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_node_state{state=\"read_only\"} 1"));
  EXPECT_THAT(text, HasSubstr("rowan_disk_reserve_bytes 100\n"));
}

TEST(Exposition, LogArchiveShowsWhereThereIsOne) {
  Metrics metrics;
  NodeFacts facts;
  StorageMetrics storage;
  EXPECT_THAT(ExposeMetrics(metrics, facts, storage),
              Not(HasSubstr("commitlog_archive")));
  storage.log_archive = {.segments_written = 3,
                         .bytes_behind = 5,
                         .behind_ns = 7'500'000'000,
                         .bytes_held = 11};
  std::string text = ExposeMetrics(metrics, facts, storage);
  for (const char* line :
       {"files_total 3\n", "behind_bytes 5\n", "behind_seconds 7.5\n",
        "held_bytes 11\n", "failing 0\n"}) {
    EXPECT_THAT(text,
                HasSubstr(std::string("rowan_commitlog_archive_") + line));
  }
  storage.log_archive->failure = absl::DataLossError("EIO");
  text = ExposeMetrics(metrics, facts, storage);
  EXPECT_THAT(text, HasSubstr("rowan_commitlog_archive_failing 1\n"));
}

TEST(Exposition, EveryFigureOfTheEngineHasItsSeries) {
  Metrics metrics;
  NodeFacts facts;
  StorageMetrics storage;
  storage.engine.log_syncs.Add(3'000'000);
  storage.engine.reads.by_sstables = {1, 2, 3, 0, 0, 0, 0, 4};
  storage.engine.reads.sstables = 208;
  storage.engine.reads.filter_false_positives = 11;
  storage.engine.flush_tasks = {.running = 12, .waiting = 13};
  storage.engine.compaction_tasks = {.running = 14, .waiting = 15};
  storage.engine.flushes_failed = 16;
  storage.engine.compactions_failed = 19;
  storage.engine.compaction_damaged_sstables = 20;
  storage.engine.partitions_lost = 21;
  storage.engine.scrub.rounds = 24;
  storage.engine.scrub.bytes = 25;
  storage.engine.scrub.finished_at_us = 26'000'000;
  storage.engine.scrub.damaged_files = 27;
  storage.engine.log_rewrites = 22;
  storage.engine.log_rewrite_bytes = 23;
  storage.disk_free_bytes = {{"data", 17}, {"commitlog", 18}};
  storage.clock_ahead_us = 1'500'000;
  storage.conditional = {
      .waiting = 24, .waited = 25, .refused_full = 26, .refused_late = 27};
  const std::string text = ExposeMetrics(metrics, facts, storage);
  for (const char* line :
       {"commitlog_sync_duration_seconds_count 1",
        "commitlog_sync_duration_seconds_sum 0.003",
        "commitlog_sync_duration_seconds_bucket{le=\"0.0025\"} 0",
        "commitlog_sync_duration_seconds_bucket{le=\"0.005\"} 1",
        "reads_total 10",
        "sstables_per_read_count 10",
        "sstables_per_read_sum 208",
        "sstables_per_read_bucket{le=\"0\"} 1",
        "sstables_per_read_bucket{le=\"1\"} 3",
        "sstables_per_read_bucket{le=\"2\"} 6",
        "sstables_per_read_bucket{le=\"32\"} 6",
        "sstables_per_read_bucket{le=\"+Inf\"} 10",
        "bloom_false_positives_total 11",
        "tasks{kind=\"flush\",state=\"running\"} 12",
        "tasks{kind=\"flush\",state=\"waiting\"} 13",
        "tasks{kind=\"compaction\",state=\"running\"} 14",
        "tasks{kind=\"compaction\",state=\"waiting\"} 15",
        "background_failures_total{kind=\"flush\"} 16",
        "background_failures_total{kind=\"compaction\"} 19",
        "compaction_damaged_sstables 20",
        "partitions_lost 21",
        "scrub_rounds_total 24",
        "scrub_bytes_total 25",
        "scrub_finished_timestamp_seconds 26",
        "scrub_damaged_sstables 27",
        "commitlog_rewrites_total 22",
        "commitlog_rewritten_bytes_total 23",
        "disk_free_bytes{dir=\"data\"} 17",
        "disk_free_bytes{dir=\"commitlog\"} 18",
        "conditional_waiting 24",
        "conditional_waits_total 25",
        "conditional_aborted_total{reason=\"full\"} 26",
        "conditional_aborted_total{reason=\"deadline\"} 27",
        "clock_offset_seconds 1.5"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\nrowan_") + line + "\n"));
  }
}

TEST(Exposition, DirectoryThatCannotTellItsRoomHasNoSeries) {
  Metrics metrics;
  NodeFacts facts;
  EXPECT_THAT(ExposeMetrics(metrics, facts, {}),
              Not(HasSubstr("rowan_disk_free_bytes{")));
}

TEST(Exposition, SeriesAreCounted) {
  Metrics metrics;
  NodeFacts facts;
  const std::string text = ExposeMetrics(metrics, facts, {});
  size_t series = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    series += !line.starts_with("#");
  }
  EXPECT_THAT(text, HasSubstr("\nrowan_metrics_series " +
                              std::to_string(series) + "\n"));
}

TEST(Exposition, HistogramsStaySmall) {
  EXPECT_LE(kDurationBoundsNs.size() + 1, 14u);
}

TEST(Metrics, BucketsTakeTheirUpperBound) {
  Metrics metrics;
  for (const int64_t bound : kDurationBoundsNs) {
    metrics.RequestStarted(1);
    metrics.RequestEnded(Op::kWrite, absl::StatusCode::kOk, bound, 1);
  }
  const OpTotals totals = metrics.Totals(Op::kWrite);
  for (size_t i = 0; i < kDurationBoundsNs.size(); ++i) {
    EXPECT_EQ(totals.durations.by_duration[i], 1u) << i;
  }
  EXPECT_EQ(totals.durations.by_duration.back(), 0u);
}

}  // namespace
}  // namespace rowan
