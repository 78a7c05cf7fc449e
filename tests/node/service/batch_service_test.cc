// SPDX-License-Identifier: Apache-2.0
#include "node/service/batch_service.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/limits.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using Stub = v1::Data::Stub;

class BatchServiceTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateStandardTable(); }

  grpc::Status Write(const v1::BatchWriteRequest& request,
                     v1::BatchWriteResponse* response) {
    return Ask(node_.data.get(), &Stub::BatchWrite, request, response);
  }
  grpc::Status Read(const v1::BatchReadRequest& request,
                    v1::BatchReadResponse* response) {
    return Ask(node_.data.get(), &Stub::BatchRead, request, response);
  }
  int RowsOf(std::string_view pk) {
    v1::ReadResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &Stub::Read, ReadWideRow(pk), &response).ok());
    return response.rows_size();
  }

  // When column `a` of a row of wide row `pk` was written; 0: there is none.
  int64_t WrittenAt(std::string_view pk, int64_t ck) {
    v1::ReadRequest request = ReadWideRow(pk);
    *request.add_slices()->mutable_prefix() = KeyOf({Int(ck)});
    request.set_cell_info(true);
    v1::ReadResponse response;
    EXPECT_TRUE(Ask(node_.data.get(), &Stub::Read, request, &response).ok());
    return response.rows_size() == 0 ? 0
                                     : response.rows(0).cells(3).timestamp_us();
  }

  ServiceNode node_;
};

class BatchModes : public BatchServiceTest,
                   public testing::WithParamInterface<v1::BatchMode> {};

INSTANTIATE_TEST_SUITE_P(, BatchModes,
                         testing::Values(v1::BATCH_MODE_UNORDERED,
                                         v1::BATCH_MODE_LOGGED));

TEST_P(BatchModes, RowsHaveTheBatchsTimestampUnlessTheyBringTheirOwn) {
  for (const int64_t asked : {int64_t{0}, int64_t{555}}) {
    const auto key = [asked](const char* name) {
      return name + std::to_string(asked);
    };
    v1::BatchWriteRequest request;
    request.set_mode(GetParam());
    request.set_timestamp_us(asked);
    for (int64_t i = 0; i < 3; ++i)
      *request.add_writes() = PutA(key("k"), i, i);
    *request.add_writes() = PutA(key("l"), 1, 1);
    *request.add_writes() = PutA(key("m"), 1, 1, /*timestamp_us=*/77);
    v1::WriteRequest* const both = request.add_writes();
    *both = PutA(key("n"), 1, 1, /*timestamp_us=*/88);
    *both->add_changes() = PutA("", 2, 2).changes(0);
    both->mutable_changes(1)->set_timestamp_us(99);
    v1::BatchWriteResponse response;
    ASSERT_TRUE(Write(request, &response).ok());
    EXPECT_EQ(response.failures_size(), 0);
    const int64_t common = response.timestamp_us();
    EXPECT_GT(common, 100);
    EXPECT_TRUE(asked == 0 || common == asked);
    for (int64_t i = 0; i < 3; ++i) EXPECT_EQ(WrittenAt(key("k"), i), common);
    EXPECT_EQ(WrittenAt(key("l"), 1), common);
    EXPECT_EQ(WrittenAt(key("m"), 1), 77);
    EXPECT_EQ(WrittenAt(key("n"), 1), 88);
    EXPECT_EQ(WrittenAt(key("n"), 2), 99);
  }
}

// Of one timestamp, whatever their order.
TEST_P(BatchModes, DeletionBeatsTheWriteOfTheSameCell) {
  v1::BatchWriteRequest request;
  request.set_mode(GetParam());
  v1::WriteRequest gone = PutA("k", 1, 0);
  v1::Change* const deletion = gone.mutable_changes(0);
  *deletion->mutable_delete_row()->mutable_clustering() = KeyOf({Int(1)});
  *request.add_writes() = gone;
  *request.add_writes() = PutA("k", 1, 1);
  *deletion->mutable_delete_row()->mutable_clustering() = KeyOf({Int(2)});
  *request.add_writes() = PutA("k", 2, 1);
  *request.add_writes() = gone;
  *request.add_writes() = PutA("k", 3, 1);
  v1::BatchWriteResponse response;
  ASSERT_TRUE(Write(request, &response).ok());
  EXPECT_EQ(WrittenAt("k", 1), 0);
  EXPECT_EQ(WrittenAt("k", 2), 0);
  EXPECT_EQ(WrittenAt("k", 3), response.timestamp_us());
}

TEST_F(BatchServiceTest, UnorderedListsFailuresAndWritesTheRest) {
  v1::BatchWriteRequest request;
  request.set_mode(v1::BATCH_MODE_UNORDERED);
  *request.add_writes() = PutA("k0", 1, 1);
  *request.add_writes() = PutA("", 1, 1);
  *request.add_writes() = PutA("k2", 1, 1);
  *request.add_writes() = PutA("k3", 1, 1);
  request.mutable_writes(3)->mutable_table()->set_name("ks.none");
  v1::BatchWriteResponse response;
  ASSERT_TRUE(Write(request, &response).ok());
  EXPECT_GT(response.timestamp_us(), 0);
  ASSERT_EQ(response.failures_size(), 2);
  EXPECT_EQ(response.failures(0).index(), 1u);
  EXPECT_EQ(response.failures(0).error().reason(), "EMPTY_KEY");
  EXPECT_EQ(response.failures(0).error().field(), "partition_key.values[0]");
  EXPECT_EQ(response.failures(1).index(), 3u);
  EXPECT_EQ(response.failures(1).error().code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(RowsOf("k0"), 1);
  EXPECT_EQ(RowsOf("k2"), 1);
}

TEST_F(BatchServiceTest, UnorderedListsWhatTheEngineRefused) {
  node_.engine.FailWrites(absl::ResourceExhaustedError("full"));
  v1::BatchWriteRequest request;
  request.set_mode(v1::BATCH_MODE_UNORDERED);
  for (int i = 0; i < 10; ++i) *request.add_writes() = PutA("k", i, i);
  v1::BatchWriteResponse response;
  ASSERT_TRUE(Write(request, &response).ok());
  ASSERT_EQ(response.failures_size(), 10);
  for (uint32_t i = 0; i < 10; ++i) {
    const auto& failure = response.failures(static_cast<int>(i));
    EXPECT_EQ(failure.index(), i);
    EXPECT_EQ(failure.error().reason(), "OVERLOADED");
    EXPECT_GT(failure.error().retry_after_ms(), 0u);
  }
}

TEST_F(BatchServiceTest, LoggedIsAllOrNothing) {
  v1::BatchWriteRequest request;
  request.set_mode(v1::BATCH_MODE_LOGGED);
  *request.add_writes() = PutA("k0", 1, 1);
  *request.add_writes() = PutA("", 1, 1);
  v1::BatchWriteResponse response;
  CallError error = ErrorOf(Write(request, &response));
  EXPECT_EQ(error.reason, "EMPTY_KEY");
  EXPECT_EQ(error.field, "writes[1].partition_key.values[0]");
  EXPECT_EQ(RowsOf("k0"), 0);
  *request.mutable_writes(1) = PutA("k1", 1, 1);
  EXPECT_TRUE(Write(request, &response).ok());
  EXPECT_EQ(RowsOf("k0"), 1);
  EXPECT_EQ(RowsOf("k1"), 1);
}

TEST_F(BatchServiceTest, WritesNeedAModeAndAtLeastOne) {
  v1::BatchWriteRequest request;
  v1::BatchWriteResponse response;
  EXPECT_EQ(ErrorOf(Write(request, &response)).field, "writes");
  *request.add_writes() = PutA("k", 1, 1);
  EXPECT_EQ(ErrorOf(Write(request, &response)).reason, "BAD_MODE");
}

TEST_F(BatchServiceTest, ManyWritesKeepTheirValues) {
  v1::BatchWriteRequest request;
  request.set_mode(v1::BATCH_MODE_UNORDERED);
  constexpr int kWrites = 500;
  for (int i = 0; i < kWrites; ++i) *request.add_writes() = PutA("k", i, i * 7);
  v1::BatchWriteResponse response;
  ASSERT_TRUE(Write(request, &response).ok());
  EXPECT_EQ(response.failures_size(), 0);
  v1::ReadResponse page;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, ReadWideRow("k"), &page).ok());
  ASSERT_EQ(page.rows_size(), kWrites);
  for (int i = 0; i < kWrites; ++i) {
    EXPECT_EQ(page.rows(i).values(1).int_value(), i);
    EXPECT_EQ(page.rows(i).values(3).int_value(), i * 7);
  }
}

TEST_F(BatchServiceTest, ReadsAnswerInTheirOrderEachByItself) {
  v1::BatchReadRequest request;
  for (int i = 0; i < kBatchReadsMax; ++i) {
    const std::string key = std::to_string(i % 7);
    *request.add_reads() = ReadWideRow(key);
  }
  for (int i = 0; i < 7; ++i) {
    v1::WriteResponse written;
    ASSERT_TRUE(Ask(node_.data.get(), &Stub::Write,
                    PutA(std::to_string(i), i, i), &written)
                    .ok());
  }
  request.mutable_reads(3)->mutable_table()->set_name("ks.none");
  v1::BatchReadResponse response;
  ASSERT_TRUE(Read(request, &response).ok());
  ASSERT_EQ(response.results_size(), kBatchReadsMax);
  for (int i = 0; i < kBatchReadsMax; ++i) {
    if (i == 3) {
      EXPECT_EQ(response.results(i).error().reason(), "UNKNOWN_TABLE");
      continue;
    }
    ASSERT_EQ(response.results(i).page().rows_size(), 1) << i;
    EXPECT_EQ(response.results(i).page().rows(0).values(0).string_value(),
              std::to_string(i % 7));
  }
  *request.add_reads() = ReadWideRow("k");
  EXPECT_EQ(ErrorOf(Read(request, &response)).field, "reads");
}

TEST_F(BatchServiceTest,
       ReadsBeyondTheSharedBoundComeBackWithATokenToAskAgain) {
  for (int i = 0; i < 6; ++i) {
    v1::WriteRequest write = PutA("k" + std::to_string(i), 1, 1);
    auto* upsert = write.mutable_changes(0)->mutable_upsert();
    upsert->add_columns("b");
    *upsert->add_values() = Text(std::string(900 << 10, 'x'));
    v1::WriteResponse written;
    ASSERT_TRUE(Ask(node_.data.get(), &Stub::Write, write, &written).ok());
  }
  v1::BatchReadRequest request;
  for (int i = 0; i < 6; ++i) {
    *request.add_reads() = ReadWideRow("k" + std::to_string(i));
  }
  v1::BatchReadResponse response;
  const grpc::Status status = Read(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_LE(response.ByteSizeLong(), size_t{5} << 20);
  EXPECT_EQ(response.results(0).page().rows_size(), 1);
  const v1::ReadResponse& last = response.results(5).page();
  EXPECT_EQ(last.rows_size(), 0);
  EXPECT_EQ(last.end_reason(), v1::END_REASON_BYTES);
  v1::ReadRequest again = request.reads(5);
  again.set_page_token(last.next_page_token());
  v1::ReadResponse page;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, again, &page).ok());
  EXPECT_EQ(page.rows_size(), 1);
}

}  // namespace
}  // namespace rowan
