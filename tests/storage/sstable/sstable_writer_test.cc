// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_writer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/key_codec.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
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

// What no file may hold: it comes of one that is not what its checksums say.
class SSTableWriterRules : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs_.CreateDirectory("/d").ok());
    Begin();
  }
  // After an error a writer is of no use any more.
  void Begin() {
    writer_ = NewWriter(&fs_);
    ASSERT_TRUE(writer_->BeginWideRow({Token{5}, "k", {}, {}}).ok());
  }
  static void ExpectBroken(const absl::Status& status, const char* rule) {
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(rule));
  }
  absl::Status Add(const RowFragment& fragment) {
    return writer_->Add(fragment);
  }
  MemFileSystem fs_;
  std::unique_ptr<SSTableWriter> writer_;
};

TEST_F(SSTableWriterRules, WideRowsAreInOrder) {
  for (const auto& [token, key] : {std::pair(4, "z"), std::pair(5, "k")}) {
    Begin();
    ASSERT_TRUE(writer_->EndWideRow().ok());
    const Token next{static_cast<uint64_t>(token)};
    ExpectBroken(writer_->BeginWideRow({next, key, {}, {}}),
                 "wide rows are not in order");
  }
}

TEST_F(SSTableWriterRules, TokensAreOfThePartition) {
  SSTableWriterOptions options = MakerOptions();
  options.partition = PartitionId{1, 1};
  auto writer = NewWriter(&fs_, options);
  ExpectBroken(writer->BeginWideRow({Token{1}, "k", {}, {}}),
               "a token of another partition");
}

TEST_F(SSTableWriterRules, RowsAreInOrder) {
  const std::string image = RowImageOf("v");
  const std::string position = RowPosition(7);
  ASSERT_TRUE(Add({RowFragment::Kind::kRow, position, image, {}, {}}).ok());
  ExpectBroken(Add({RowFragment::Kind::kRow, position, image, {}, {}}),
               "positions are not in order");
}

TEST_F(SSTableWriterRules, DeletionChangesJoin) {
  const DeletionTime deletion{1, 1};
  const std::string bound = BoundPosition(1, position::kBefore);
  ExpectBroken(Add(Change(bound, deletion, {})), "was not open");
  Begin();
  ExpectBroken(Add(Change(bound, {}, {})), "changes nothing");
  Begin();
  ASSERT_TRUE(Add(Change(bound, {}, deletion)).ok());
  ExpectBroken(writer_->EndWideRow(), "left open");
}

TEST(SSTableWriterDeathTest, OpenWideRowAtTheEnd) {
  MemFileSystem fs;
  ASSERT_TRUE(fs.CreateDirectory("/d").ok());
  const auto writer = NewWriter(&fs);
  ASSERT_TRUE(writer->BeginWideRow({Token{5}, "k", {}, {}}).ok());
  EXPECT_DEATH(writer->Finish().status().IgnoreError(), "in_wide_row_");
}

}  // namespace
}  // namespace rowan
