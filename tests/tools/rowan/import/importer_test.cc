// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/importer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/rowan/import/fake_batch_sender.h"

namespace rowan::cli {
namespace {

MappedRow Row(int key, int clustering, int value = 0) {
  MappedRow row;
  row.partition_key.add_values()->set_int_value(key);
  v1::Upsert* upsert = row.change.mutable_upsert();
  upsert->mutable_clustering()->add_values()->set_int_value(clustering);
  upsert->add_columns("v");
  upsert->add_values()->set_int_value(value);
  return row;
}

class ImporterTest : public testing::Test {
 protected:
  ImporterTest()
      : importer_("k.t", 2, 1000, sender_,
                  [this](const InputLine& line, const absl::Status&) {
                    rejects_.push_back(line.first_line);
                  }) {}

  absl::Status Add(uint64_t line, MappedRow row, size_t file = 0) {
    return importer_.Add({file, line, line, "raw"}, std::move(row));
  }

  FakeBatchSender sender_;
  std::vector<uint64_t> rejects_;
  Importer importer_;
};

TEST_F(ImporterTest, WritesEveryRowWithFewBatchesInFlight) {
  constexpr int kRows = Importer::kBatchRowsMax * 20 + 17;
  for (int i = 1; i <= kRows; ++i) ASSERT_TRUE(Add(i, Row(i / 100, i)).ok());
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(importer_.rows(), static_cast<uint64_t>(kRows));
  EXPECT_EQ(sender_.rows.size(), static_cast<size_t>(kRows));
  EXPECT_EQ(importer_.acknowledged_line(0), static_cast<uint64_t>(kRows));
  EXPECT_LE(sender_.most_pending, Importer::kBatchesMax);
}

TEST_F(ImporterTest, LaterLineOfEqualKeysWins) {
  sender_.newest_first = true;
  constexpr int kRows = Importer::kBatchRowsMax * 3;
  for (int i = 1; i <= kRows; ++i) ASSERT_TRUE(Add(i, Row(1, 1, i)).ok());
  ASSERT_TRUE(importer_.Finish().ok());
  ASSERT_EQ(sender_.rows.size(), 1u);
  v1::Value last;
  last.set_int_value(kRows);
  EXPECT_EQ(sender_.rows.begin()->second.second, last.SerializeAsString());
}

TEST_F(ImporterTest, ReachesOnlyWhatIsAcknowledgedWithoutGaps) {
  sender_.newest_first = true;
  sender_.batches_until_gone = 3;
  absl::Status status;
  int line = 0;
  while (status.ok() && line < 1'000'000) {
    ++line;
    status = Add(line, Row(line, line));
  }
  status.Update(importer_.Finish());
  EXPECT_TRUE(absl::IsUnavailable(status));
  // Batches from the middle were acknowledged; the first was not.
  EXPECT_EQ(importer_.acknowledged_line(0), 0u);
  EXPECT_GT(importer_.rows(), 0u);
}

TEST_F(ImporterTest, EveryLineUpToTheReachIsWritten) {
  sender_.batches_until_gone = 5;
  absl::Status status;
  for (int line = 1; status.ok() && line < 1'000'000; ++line) {
    status = Add(line, Row(line, line));
  }
  status.Update(importer_.Finish());
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(importer_.acknowledged_line(0), sender_.rows.size());
  EXPECT_EQ(importer_.acknowledged_line(0),
            static_cast<uint64_t>(5 * Importer::kBatchRowsMax));
}

TEST_F(ImporterTest, OneBadRowOfAWideRowIsRejectedAlone) {
  sender_.judge = [](const v1::WriteRequest& write) {
    v1::Error error;
    for (const v1::Change& change : write.changes()) {
      if (change.upsert().values(0).int_value() == 666) error.set_code(3);
    }
    return error;
  };
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(Add(i, Row(1, i, i == 20 || i == 30 ? 666 : i)).ok());
  }
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(rejects_, (std::vector<uint64_t>{20, 30}));
  EXPECT_EQ(importer_.rejected(), 2u);
  EXPECT_EQ(importer_.rows(), 48u);
  EXPECT_EQ(sender_.rows.size(), 48u);
  EXPECT_EQ(importer_.acknowledged_line(0), 50u);
}

TEST_F(ImporterTest, BusyNodeIsAskedAgainAfterItsTime) {
  int refusals = 3;
  sender_.judge = [&](const v1::WriteRequest&) {
    v1::Error error;
    if (refusals > 0) {
      --refusals;
      error.set_code(8);
      error.set_retry_after_ms(250);
    }
    return error;
  };
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(Add(i, Row(i, i)).ok());
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(importer_.rows(), 10u);
  EXPECT_GE(sender_.paused_ms, 250u);
}

TEST_F(ImporterTest, NodeThatStaysBusyEndsTheImport) {
  sender_.judge = [](const v1::WriteRequest&) {
    v1::Error error;
    error.set_code(8);
    return error;
  };
  ASSERT_TRUE(Add(1, Row(1, 1)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(importer_.Finish()));
  EXPECT_EQ(importer_.acknowledged_line(0), 0u);
}

TEST_F(ImporterTest, NodesFailureIsNoReject) {
  sender_.judge = [](const v1::WriteRequest&) {
    v1::Error error;
    error.set_code(15);
    return error;
  };
  ASSERT_TRUE(Add(1, Row(1, 1)).ok());
  EXPECT_TRUE(absl::IsDataLoss(importer_.Finish()));
  EXPECT_TRUE(rejects_.empty());
}

TEST_F(ImporterTest, RejectedLinesAreDoneWith) {
  ASSERT_TRUE(Add(1, Row(1, 1)).ok());
  ASSERT_TRUE(
      importer_.AddRejected({0, 2, 3, "x"}, absl::InvalidArgumentError("no"))
          .ok());
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(importer_.acknowledged_line(0), 3u);
  EXPECT_EQ(rejects_, (std::vector<uint64_t>{2}));
}

TEST_F(ImporterTest, FilesReachIndependently) {
  ASSERT_TRUE(Add(7, Row(1, 1), 0).ok());
  ASSERT_TRUE(Add(2, Row(1, 2), 1).ok());
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(importer_.acknowledged_line(0), 7u);
  EXPECT_EQ(importer_.acknowledged_line(1), 2u);
}

TEST_F(ImporterTest, RowTooLargeForAMessageIsRejected) {
  MappedRow row = Row(1, 1);
  row.change.mutable_upsert()->mutable_values(0)->set_bytes_value(
      std::string(Importer::kRowBytesMax + 1, 'x'));
  ASSERT_TRUE(Add(1, std::move(row)).ok());
  ASSERT_TRUE(importer_.Finish().ok());
  EXPECT_EQ(rejects_, (std::vector<uint64_t>{1}));
}

}  // namespace
}  // namespace rowan::cli
