// SPDX-License-Identifier: Apache-2.0
// What an engine makes of equal flushes, by its table's scaling parameter: the
// files that the rule of compaction/strategy.h leaves, at its price.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

constexpr TableId kTable{1};

// What flushes of one size leave and cost, in flushes.
struct ScalingOutcome {
  std::map<uint32_t, std::vector<uint64_t>> levels;  // sizes of the files
  uint64_t merges = 0;
  uint64_t rewritten = 0;

  // "L0 1 L1 6+6 2 merges rewrote 12".
  std::string Text() const {
    std::ostringstream out;
    for (const auto& [level, sizes] : levels) {
      out << "L" << level;
      const char* before = " ";
      for (const uint64_t size : sizes) {
        out << before << size;
        before = "+";
      }
      out << " ";
    }
    out << merges << " merges rewrote " << rewritten;
    return out.str();
  }
};

// The sum of 2..n: what n arrivals rewrite that are merged into one file each
// time.
uint64_t RewrittenByArrivals(uint64_t n) {
  return n == 0 ? 0 : n * (n + 1) / 2 - 1;
}

// In closed form. Of fan-out f, level l gets files of f^l flushes, one after
// another; the f-th takes its contents to the next level. With w < 0 each is
// merged into the level's one file, otherwise all f at once.
ScalingOutcome OutcomeByTheRule(int32_t scaling, uint64_t flushes) {
  const auto fan_out = static_cast<uint64_t>(2 + std::abs(scaling));
  ScalingOutcome outcome;
  uint64_t size = 1;
  for (uint32_t level = 0; flushes / size > 0; ++level, size *= fan_out) {
    const uint64_t full = flushes / size / fan_out;
    const uint64_t left = flushes / size % fan_out;
    if (scaling < 0) {
      if (left > 0) outcome.levels[level] = {left * size};
      outcome.merges += full * (fan_out - 1) + (left > 0 ? left - 1 : 0);
      outcome.rewritten += size * (full * RewrittenByArrivals(fan_out) +
                                   RewrittenByArrivals(left));
    } else {
      if (left > 0) outcome.levels[level].assign(left, size);
      outcome.merges += full;
      outcome.rewritten += size * full * fan_out;
    }
  }
  return outcome;
}

class CompactionScalingTest : public ::testing::Test {
 protected:
  // The engine's smallest file of a level of its own. A flush is a little more,
  // so that f^l of them are of level l and fewer are not.
  static constexpr uint64_t kBase = 1 << 20;
  static constexpr int kRowsPerFlush = 66;
  static constexpr size_t kRowBytes = 16 << 10;

  void Open(int32_t scaling) {
    world_.log_options.segment_bytes = 1 << 20;
    TableOptions options;
    options.partition_prefix_length = 0;
    options.compaction_scaling = scaling;
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
    ASSERT_TRUE(world_.Open().ok());
  }
  // New rows of one wide row: the files hold one token. Then whatever is due.
  void Flush() {
    const std::string value(kRowBytes, 'x');
    for (int row = 0; row < kRowsPerFlush; ++row) {
      ASSERT_TRUE(
          world_.Write(TestMutation(schema_, "a").Put(next_row_++, value, 10))
              .ok());
    }
    ASSERT_TRUE(world_.Flush(kTable).ok());
    world_.executor().RunReady();
    ASSERT_EQ(Status().compaction_pending_bytes, 0u);
    if (flush_bytes_ != 0) return;
    ASSERT_EQ(world_.engine().SSTables(kTable).size(), 1u);
    flush_bytes_ = world_.engine().SSTables(kTable)[0].file_bytes;
    ASSERT_GT(flush_bytes_, kBase);
    ASSERT_LT(flush_bytes_, kBase + kBase / 10);
  }
  // What each file has once, whatever its size, is far less than a flush.
  uint64_t InFlushes(uint64_t bytes) {
    const double flushes =
        static_cast<double>(bytes) / static_cast<double>(flush_bytes_);
    EXPECT_NEAR(flushes, std::round(flushes), 0.25) << bytes;
    return static_cast<uint64_t>(std::llround(flushes));
  }
  ScalingOutcome Outcome() {
    ScalingOutcome outcome;
    for (const SSTableStatus& file : world_.engine().SSTables(kTable)) {
      outcome.levels[file.level].push_back(InFlushes(file.file_bytes));
    }
    outcome.merges = Status().compactions;
    outcome.rewritten = InFlushes(Status().compaction_bytes_written);
    return outcome;
  }
  void ExpectTheRule(int32_t scaling, uint64_t flushes) {
    ASSERT_NO_FATAL_FAILURE(Open(scaling));
    for (uint64_t i = 1; i <= flushes; ++i) {
      SCOPED_TRACE(i);
      ASSERT_NO_FATAL_FAILURE(Flush());
      ASSERT_EQ(Outcome().Text(), OutcomeByTheRule(scaling, i).Text());
    }
    EXPECT_EQ(Status().flushes, flushes);
    EXPECT_EQ(Status().compactions_failed, 0u);
  }
  EngineStatus Status() { return world_.engine().status(); }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
  int64_t next_row_ = 0;
  uint64_t flush_bytes_ = 0;  // of one flush's file
};

TEST_F(CompactionScalingTest, LeveledKeepsAFileALevelAndRewritesMuch) {
  ExpectTheRule(/*scaling=*/-4, /*flushes=*/13);
  EXPECT_EQ(Outcome().Text(), "L0 1 L1 12 11 merges rewrote 52");
}

TEST_F(CompactionScalingTest, MiddleRewritesOncePerDoubling) {
  ExpectTheRule(/*scaling=*/0, /*flushes=*/13);
  EXPECT_EQ(Outcome().Text(), "L0 1 L2 4 L3 8 10 merges rewrote 32");
}

TEST_F(CompactionScalingTest, TieredKeepsManyFilesAndRewritesLittle) {
  ExpectTheRule(/*scaling=*/4, /*flushes=*/37);
  EXPECT_EQ(Outcome().Text(), "L0 1 L2 36 7 merges rewrote 72");
}

}  // namespace
}  // namespace rowan
