// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_writer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/key_codec.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::unique_ptr<SSTableWriter> NewWriter(
    FileSystem* fs, SSTableWriterOptions options = MakerOptions()) {
  return *SSTableWriter::Create(fs, "/d/t.sst", std::move(options));
}

RowFragment Change(const std::string& position, DeletionTime below,
                   DeletionTime above) {
  return {RowFragment::Kind::kDeletionChange, position, {}, below, above};
}

TEST(SSTableWriter, FileAppearsWholeAndDurable) {
  MemFileSystem fs;
  ASSERT_TRUE(fs.CreateDirectory("/d").ok());
  ASSERT_TRUE(fs.SyncDirectory("/").ok());
  auto writer = NewWriter(&fs);
  EXPECT_THAT(*fs.List("/d"), ElementsAre("t.sst.tmp"));
  ASSERT_TRUE(writer->BeginWideRow({Token{1}, "k", {}, {}}).ok());
  ASSERT_TRUE(writer->EndWideRow().ok());
  ASSERT_TRUE(writer->Finish().ok());
  writer.reset();
  EXPECT_THAT(*fs.List("/d"), ElementsAre("t.sst"));
  fs.PowerCut();
  EXPECT_EQ(ReadTable(*OpenTable(&fs, "/d/t.sst")).size(), 1u);
}

TEST(SSTableWriter, UnfinishedFileIsRemoved) {
  MemFileSystem fs;
  ASSERT_TRUE(fs.CreateDirectory("/d").ok());
  { auto writer = NewWriter(&fs); }
  EXPECT_THAT(*fs.List("/d"), IsEmpty());
}

TEST(SSTableWriter, LeftoverOfACrashIsReplaced) {
  MemFileSystem fs;
  fs.WriteFile("/d/t.sst.tmp", std::string(100'000, 'x'));
  WriteTable(&fs, "/d/t.sst", {LargeWideRow(1, 10, 10)});
  EXPECT_EQ(ReadTable(*OpenTable(&fs, "/d/t.sst")).size(), 1u);
}

// Whatever fails, PATH is not there and neither is PATH.tmp.
TEST(SSTableWriter, FailureLeavesNothing) {
  for (const FileOp op : {FileOp::kWrite, FileOp::kSync, FileOp::kRename}) {
    MemFileSystem fs;
    ASSERT_TRUE(fs.CreateDirectory("/d").ok());
    {
      auto writer = NewWriter(&fs);
      fs.FailNext(op, "t.sst", 1, absl::ResourceExhaustedError("full"));
      ASSERT_TRUE(writer->BeginWideRow({Token{1}, "k", {}, {}}).ok());
      ASSERT_TRUE(writer->EndWideRow().ok());
      EXPECT_EQ(writer->Finish().status().code(),
                absl::StatusCode::kResourceExhausted);
    }
    EXPECT_THAT(*fs.List("/d"), IsEmpty());
  }
}

TEST(SSTableWriter, EstimateIsCloseToTheFile) {
  MemFileSystem fs;
  ASSERT_TRUE(fs.CreateDirectory("/d").ok());
  auto writer = NewWriter(&fs);
  const std::string image = RowImageOf(std::string(100, 'x'));
  for (uint64_t i = 0; i < 5000; ++i) {
    ASSERT_TRUE(writer->BeginWideRow({Token{i << 40}, "k", {}, {}}).ok());
    ASSERT_TRUE(
        writer->Add({RowFragment::Kind::kRow, RowPosition(1), image, {}, {}})
            .ok());
    ASSERT_TRUE(writer->EndWideRow().ok());
  }
  const uint64_t estimate = writer->EstimatedBytes();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_NEAR(estimate, fs.ReadFile("/d/t.sst")->size(), 2000);
}

TEST(SSTableWriter, ImageThatIsNoRowIsRefused) {
  MemFileSystem fs;
  ASSERT_TRUE(fs.CreateDirectory("/d").ok());
  auto writer = NewWriter(&fs);
  ASSERT_TRUE(writer->BeginWideRow({Token{1}, "k", {}, {}}).ok());
  EXPECT_EQ(
      writer->Add({RowFragment::Kind::kRow, RowPosition(1), "\xff\xff", {}, {}})
          .code(),
      absl::StatusCode::kDataLoss);
}

class SSTableWriterDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs_.CreateDirectory("/d").ok());
    writer_ = NewWriter(&fs_);
    ASSERT_TRUE(writer_->BeginWideRow({Token{5}, "k", {}, {}}).ok());
  }
  void Add(const RowFragment& fragment) {
    ASSERT_TRUE(writer_->Add(fragment).ok());
  }
  MemFileSystem fs_;
  std::unique_ptr<SSTableWriter> writer_;
};

TEST_F(SSTableWriterDeathTest, WideRowsOutOfOrder) {
  ASSERT_TRUE(writer_->EndWideRow().ok());
  EXPECT_DEATH(writer_->BeginWideRow({Token{4}, "z", {}, {}}).IgnoreError(),
               "wide rows are not in order");
  EXPECT_DEATH(writer_->BeginWideRow({Token{5}, "k", {}, {}}).IgnoreError(),
               "wide rows are not in order");
}

TEST_F(SSTableWriterDeathTest, TokenOfAnotherPartition) {
  SSTableWriterOptions options = MakerOptions();
  options.partition = PartitionId{1, 1};
  auto writer = NewWriter(&fs_, options);
  EXPECT_DEATH(writer->BeginWideRow({Token{1}, "k", {}, {}}).IgnoreError(),
               "a token of another partition");
}

TEST_F(SSTableWriterDeathTest, RowsOutOfOrder) {
  const std::string image = RowImageOf("v");
  Add({RowFragment::Kind::kRow, RowPosition(7), image, {}, {}});
  EXPECT_DEATH(Add({RowFragment::Kind::kRow, RowPosition(7), image, {}, {}}),
               "positions are not in order");
}

TEST_F(SSTableWriterDeathTest, DeletionChangesThatDontJoin) {
  const DeletionTime deletion{1, 1};
  EXPECT_DEATH(Add(Change(BoundPosition(1, position::kBefore), deletion, {})),
               "was not open");
  EXPECT_DEATH(Add(Change(BoundPosition(1, position::kBefore), {}, {})),
               "changes nothing");
  Add(Change(BoundPosition(1, position::kBefore), {}, deletion));
  EXPECT_DEATH(writer_->EndWideRow().IgnoreError(), "left open");
}

TEST_F(SSTableWriterDeathTest, OpenWideRowAtTheEnd) {
  EXPECT_DEATH(writer_->Finish().status().IgnoreError(), "in_wide_row_");
}

}  // namespace
}  // namespace rowan
