// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/merge_job.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/check.h"
#include "tests/lib/fold_mutations.h"
#include "tests/storage/compaction/table_files.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kNow = 1000;
constexpr uint32_t kGrace = 100;

class NothingElsewhere final : public PurgeOracle {
 public:
  int64_t MaxPurgeableTimestamp(Token, std::string_view) override {
    return std::numeric_limits<int64_t>::max();
  }
};

class MergeJobTest : public testing::Test {
 protected:
  MergeJobSpec SpecOf(std::vector<std::shared_ptr<SSTable>> inputs) {
    MergeJobSpec spec;
    spec.inputs = std::move(inputs);
    spec.fs = &files_.fs();
    spec.path = files_.NextPath();
    spec.output = files_.NextOptions();
    spec.oracle = &oracle_;
    spec.now_s = kNow;
    spec.grace_s = kGrace;
    return spec;
  }
  static absl::Status RunToEnd(MergeJob* job, int* steps = nullptr) {
    for (;;) {
      const absl::StatusOr<bool> finished = job->Step();
      if (steps != nullptr) ++*steps;
      if (!finished.ok()) return finished.status();
      if (*finished) return absl::OkStatus();
    }
  }
  // `count` rows of 1 KiB each from `first_token` on, one per wide row.
  std::shared_ptr<SSTable> WriteRows(uint64_t first_token, int count,
                                     int64_t timestamp) {
    const std::string value(1024, 'v');
    std::vector<MutationBuilder> writes;
    std::vector<const Mutation*> mutations;
    for (int i = 0; i < count; ++i) {
      writes.emplace_back(first_token + static_cast<uint64_t>(i), "key");
      writes.back().Set(1, LiveCell(1, timestamp, value));
    }
    for (const auto& write : writes) mutations.push_back(&write.mutation());
    return files_.Write(mutations);
  }

  TableFiles files_;
  NothingElsewhere oracle_;
};

TEST_F(MergeJobTest, OutputHoldsWhatTheInputsHoldTogether) {
  MutationBuilder a(1, "k"), b(1, "k"), c(2, "l");
  a.Set(1, LiveCell(1, 1, "old")).Set(2, LiveCell(1, 1, "kept"));
  b.Set(1, LiveCell(1, 2, "new")).SetStatic(LiveCell(9, 2, "s"));
  c.DeleteRange(1, 4, {5, kNow}).Set(2, LiveCell(2, 9, "above"));
  auto first = files_.Write({&a.mutation()});
  auto second = files_.Write({&b.mutation(), &c.mutation()});
  MergeJob job(SpecOf({first, second}));
  ASSERT_TRUE(RunToEnd(&job).ok());
  const MergeResult& result = job.result();
  ASSERT_EQ(result.added.size(), 1u);
  EXPECT_EQ(result.added[0].file, FileId{3});
  EXPECT_EQ(files_.Read(FileId{3}),
            FoldMutations({&a.mutation(), &b.mutation(), &c.mutation()}));
}

TEST_F(MergeJobTest, ResultNamesFilesAndBytes) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 1, "x"));
  b.Set(2, LiveCell(1, 2, "y"));
  MergeJobSpec spec =
      SpecOf({files_.Write({&a.mutation()}), files_.Write({&b.mutation()})});
  spec.output.level = 2;
  MergeJob job(std::move(spec));
  ASSERT_TRUE(RunToEnd(&job).ok());
  const MergeResult& result = job.result();
  EXPECT_THAT(result.removed, ElementsAre(FileId{1}, FileId{2}));
  ASSERT_EQ(result.added.size(), 1u);
  EXPECT_EQ(result.added[0].level, 2u);
  EXPECT_EQ(result.added[0].bytes, files_.Open(FileId{3})->file_bytes());
  EXPECT_EQ(result.bytes_written, result.added[0].bytes);
  EXPECT_GT(result.bytes_read, 0u);
  const SSTableStatistics statistics = files_.Open(FileId{3})->statistics();
  EXPECT_EQ(statistics.log_from, LogPosition{10});
  EXPECT_EQ(statistics.log_to, LogPosition{29});
  EXPECT_EQ(statistics.level, 2u);
}

TEST_F(MergeJobTest, NothingLeftMakesNoFile) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 1, "x"));
  b.DeleteWideRow({5, kNow - kGrace - 1});
  MergeJob job(
      SpecOf({files_.Write({&a.mutation()}), files_.Write({&b.mutation()})}));
  ASSERT_TRUE(RunToEnd(&job).ok());
  EXPECT_THAT(job.result().added, IsEmpty());
  EXPECT_THAT(job.result().removed, ElementsAre(FileId{1}, FileId{2}));
  EXPECT_THAT(files_.FileNames(), ElementsAre("1.sst", "2.sst"));
}

TEST_F(MergeJobTest, StepsAreBounded) {
  // 2 MiB in, of which half is overwritten: 1.5 MiB and more out.
  auto a = WriteRows(0, 1024, 1);
  auto b = WriteRows(512, 1024, 2);
  const uint64_t before = files_.fs().Counters().bytes_read;
  MergeJob job(SpecOf({a, b}));
  const absl::StatusOr<bool> finished = job.Step();
  ASSERT_TRUE(finished.ok());
  EXPECT_FALSE(*finished);
  const uint64_t step_bytes = files_.fs().Counters().bytes_read - before;
  EXPECT_LT(step_bytes, 2 * StepwiseWriter::kStepBytes);
  int steps = 0;
  ASSERT_TRUE(RunToEnd(&job, &steps).ok());
  EXPECT_GE(steps, 6);
  EXPECT_EQ(files_.Open(FileId{3})->statistics().wide_rows, 1536u);
}

TEST_F(MergeJobTest, JobDroppedInMidStepLeavesNoFile) {
  auto a = WriteRows(0, 1024, 1);
  {
    MergeJob job(SpecOf({a}));
    ASSERT_TRUE(job.Step().ok());
    ASSERT_TRUE(job.Step().ok());
  }
  EXPECT_THAT(files_.FileNames(), ElementsAre("1.sst"));
}

TEST_F(MergeJobTest, DamagedInputStopsTheJobAndNamesTheFile) {
  auto a = WriteRows(0, 64, 1);
  files_.fs().Corrupt(TableFiles::PathOf(FileId{1}), 20000, "damage");
  absl::Status status;
  {
    MergeJob job(SpecOf({a}));
    status = RunToEnd(&job);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1.sst"));
  EXPECT_THAT(files_.FileNames(), ElementsAre("1.sst"));
}

TEST_F(MergeJobTest, FailedWriteStopsTheJobAndLeavesNoFile) {
  auto a = WriteRows(0, 1024, 1);
  files_.fs().FailNext(FileOp::kWrite, "2.sst", 1,
                       absl::ResourceExhaustedError("disk full"));
  absl::Status status;
  {
    MergeJob job(SpecOf({a}));
    status = RunToEnd(&job);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(files_.FileNames(), ElementsAre("1.sst"));
}

TEST_F(MergeJobTest, FinishedOutputSurvivesAPowerCut) {
  {
    MergeJob job(SpecOf({WriteRows(0, 300, 1)}));
    ASSERT_TRUE(RunToEnd(&job).ok());
  }
  files_.fs().PowerCut();
  EXPECT_EQ(files_.Read(FileId{2}).size(), 300u);
}

}  // namespace
}  // namespace rowan
