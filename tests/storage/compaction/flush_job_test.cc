// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/flush_job.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/fold_mutations.h"
#include "tests/storage/compaction/table_files.h"

namespace rowan {
namespace {

using testing::IsEmpty;

class FlushJobTest : public testing::Test {
 protected:
  void Insert(const MutationBuilder& write) {
    std::string bytes(EncodedMutationSize(write.mutation()), '\0');
    EncodeMutation(write.mutation(), bytes.data());
    MutationReader reader(bytes);
    ASSERT_TRUE(reader.ReadHeader().ok());
    ASSERT_TRUE(memtable_.Insert(&reader).ok());
  }
  static absl::Status RunToEnd(FlushJob* job, int* steps = nullptr) {
    for (;;) {
      const absl::StatusOr<bool> finished = job->Step();
      if (steps != nullptr) ++*steps;
      if (!finished.ok()) return finished.status();
      if (*finished) return absl::OkStatus();
    }
  }
  FlushJob JobOf() {
    std::string path = files_.NextPath();
    return FlushJob(memtable_, &files_.fs(), std::move(path),
                    files_.NextOptions());
  }

  TableFiles files_;
  MemoryBudget budget_{1 << 30};
  Memtable memtable_{PartitionId{}, &budget_};
};

TEST_F(FlushJobTest, FileHoldsWhatTheMemtableHolds) {
  MutationBuilder a(1, "k"), b(1, "k"), c(2, "l");
  a.Set(1, LiveCell(1, 1, "old")).SetStatic(LiveCell(9, 1, "s"));
  b.Set(1, LiveCell(1, 2, "new")).DeleteRow(3, {4, 900});
  c.DeleteRange(1, 4, {5, 900}).Set(7, LiveCell(2, 1, "outside"));
  for (const MutationBuilder* write : {&a, &b, &c}) Insert(*write);
  FlushJob job = JobOf();
  ASSERT_TRUE(RunToEnd(&job).ok());
  ASSERT_TRUE(job.file().has_value());
  EXPECT_EQ(job.file()->file, FileId{1});
  EXPECT_EQ(job.file()->bytes, files_.Open(FileId{1})->file_bytes());
  EXPECT_EQ(files_.Read(FileId{1}),
            FoldMutations({&a.mutation(), &b.mutation(), &c.mutation()}));
}

TEST_F(FlushJobTest, WhatItsOwnDeletionsHideIsLeftOut) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 1, "hidden")).Set(2, LiveCell(1, 9, "shown"));
  b.DeleteWideRow({5, 900});
  Insert(a);
  Insert(b);
  FlushJob job = JobOf();
  ASSERT_TRUE(RunToEnd(&job).ok());
  const auto all = files_.Read(FileId{1});
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].fragments.size(), 1u);
  EXPECT_EQ(all[0].fragments[0].position, RowAt(2));
}

TEST_F(FlushJobTest, EmptyMemtableMakesNoFile) {
  FlushJob job = JobOf();
  ASSERT_TRUE(RunToEnd(&job).ok());
  EXPECT_FALSE(job.file().has_value());
  EXPECT_THAT(files_.FileNames(), IsEmpty());
}

TEST_F(FlushJobTest, StepsAreBounded) {
  const std::string value(1024, 'v');
  for (uint64_t i = 0; i < 1024; ++i) {
    MutationBuilder write(i << 40, "key");
    write.Set(1, LiveCell(1, 1, value));
    Insert(write);
  }
  FlushJob job = JobOf();
  int steps = 0;
  ASSERT_TRUE(RunToEnd(&job, &steps).ok());
  EXPECT_GE(steps, 4);
  EXPECT_EQ(files_.Open(FileId{1})->statistics().wide_rows, 1024u);
}

}  // namespace
}  // namespace rowan
