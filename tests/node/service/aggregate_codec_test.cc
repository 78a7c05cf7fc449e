// SPDX-License-Identifier: Apache-2.0
#include "node/service/aggregate_codec.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/read_decoder.h"
#include "node/service/row_encoder.h"
#include "node/service/wire/request_error.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;
using Stub = v1::Data::Stub;

// Aggregates over ks.t, through the API.
class AggregateTest : public testing::Test {
 protected:
  void SetUp() override {
    node_.CreateStandardTable();
    for (const char* key : {"x", "y"}) {
      for (int64_t ck = 1; ck <= 5; ++ck) Write(PutA(key, ck, 10 * ck));
    }
    v1::WriteRequest statics;
    statics.mutable_table()->set_name("ks.t");
    *statics.mutable_partition_key() = KeyOf({Text("z")});
    auto* upsert = statics.add_changes()->mutable_upsert();
    upsert->add_columns("s");
    *upsert->add_values() = Text("alone");
    Write(statics);
    read_.mutable_table()->set_name("ks.t");
  }
  void Write(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    ASSERT_TRUE(Ask(node_.data.get(), &Stub::Write, request, &response).ok());
  }
  void Want(v1::AggregateFunction function, const std::string& column) {
    v1::Aggregate* aggregate = read_.add_aggregates();
    aggregate->set_function(function);
    aggregate->set_column(column);
  }
  CallError Error(const v1::ReadRequest& request) {
    v1::ReadResponse response;
    return ErrorOf(Ask(node_.data.get(), &Stub::Read, request, &response));
  }
  void ExpectRefused(const v1::ReadRequest& request, const std::string& reason,
                     const std::string& field) {
    const CallError error = Error(request);
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT) << error.message;
    EXPECT_EQ(error.reason, reason) << error.message;
    EXPECT_EQ(error.field, field) << error.message;
  }
  // The answer's values, page after page.
  std::vector<std::string> Results(int* pages = nullptr) {
    v1::ReadRequest request = read_;
    for (int page = 1;; ++page) {
      v1::ReadResponse response;
      const grpc::Status status =
          Ask(node_.data.get(), &Stub::Read, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (pages != nullptr) *pages = page;
      if (response.next_page_token().empty()) return Values(response);
      EXPECT_EQ(response.rows_size(), 0);
      EXPECT_EQ(response.end_reason(), v1::END_REASON_TIME);
      request.set_page_token(response.next_page_token());
    }
  }
  static std::vector<std::string> Values(const v1::ReadResponse& response) {
    EXPECT_EQ(response.rows_size(), 1);
    std::vector<std::string> values;
    for (const v1::Value& value : response.rows(0).values()) {
      values.push_back(value.ShortDebugString());
    }
    return values;
  }

  ServiceNode node_;
  v1::ReadRequest read_;
};

TEST_F(AggregateTest, EveryFunctionOverAllRows) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  Want(v1::AGGREGATE_FUNCTION_COUNT, "a");
  Want(v1::AGGREGATE_FUNCTION_COUNT, "s");
  Want(v1::AGGREGATE_FUNCTION_MIN, "a");
  Want(v1::AGGREGATE_FUNCTION_MAX, "pk");
  Want(v1::AGGREGATE_FUNCTION_SUM, "a");
  Want(v1::AGGREGATE_FUNCTION_AVG, "a");
  Want(v1::AGGREGATE_FUNCTION_MIN, "b");
  const std::vector<std::string> expected = {
      "int_value: 11",    "int_value: 10",         "int_value: 1",
      "int_value: 10",    "string_value: \"z\"",   "varint_value: \"\\001,\"",
      "double_value: 30", "null_value: NULL_VALUE"};
  EXPECT_EQ(Results(), expected);
  for (const uint32_t page_rows : {1, 2, 3}) {
    read_.set_page_rows(page_rows);
    int pages = 0;
    EXPECT_EQ(Results(&pages), expected);
    EXPECT_GE(pages, 4);
  }
}

TEST_F(AggregateTest, ColumnsSayWhatTheValuesAre) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  Want(v1::AGGREGATE_FUNCTION_AVG, "a");
  v1::ReadResponse response;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, read_, &response).ok());
  ASSERT_EQ(response.columns_size(), 2);
  EXPECT_EQ(response.columns(0).name(), "count(*)");
  EXPECT_EQ(response.columns(0).id(), 0u);
  EXPECT_EQ(response.columns(1).name(), "avg(a)");
  EXPECT_EQ(response.columns(1).id(), 4u);
  EXPECT_EQ(response.end_reason(), v1::END_REASON_EXHAUSTED);
}

TEST_F(AggregateTest, LimitsSlicesAndKeysCutWhatIsSummed) {
  Want(v1::AGGREGATE_FUNCTION_SUM, "ck");
  *read_.mutable_partition_keys()->add_keys() = KeyOf({Text("x")});
  *read_.mutable_partition_keys()->add_keys() = KeyOf({Text("y")});
  read_.set_limit(3);
  for (const uint32_t page_rows : {0, 1, 2}) {
    read_.set_page_rows(page_rows);
    EXPECT_THAT(Results(), ElementsAre("varint_value: \"\\006\""));
  }
  read_.set_reverse(true);
  read_.set_limit(0);
  read_.set_per_wide_row_limit(1);
  EXPECT_THAT(Results(), ElementsAre("varint_value: \"\\n\""));
  *read_.add_slices()->mutable_prefix() = KeyOf({Int(4)});
  EXPECT_THAT(Results(), ElementsAre("varint_value: \"\\010\""));
}

TEST_F(AggregateTest, DistinctCountsWideRows) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  Want(v1::AGGREGATE_FUNCTION_COUNT, "s");
  read_.set_distinct(true);
  read_.set_page_rows(1);
  EXPECT_THAT(Results(), ElementsAre("int_value: 3", "int_value: 1"));
  Want(v1::AGGREGATE_FUNCTION_COUNT, "a");
  ExpectRefused(read_, "BAD_DISTINCT", "aggregates[2].column");
}

TEST_F(AggregateTest, StreamComesToTheRowByItself) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  read_.set_page_rows(2);
  grpc::ClientContext context;
  auto stream = node_.data->ReadStream(&context, read_);
  v1::ReadResponse page, last;
  int pages = 0;
  while (stream->Read(&page)) {
    ++pages;
    last = page;
    // Each page's token goes on from there.
    if (page.next_page_token().empty()) continue;
    v1::ReadRequest rest = read_;
    rest.set_page_token(page.next_page_token());
    rest.set_page_rows(1000);
    v1::ReadResponse end;
    ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, rest, &end).ok());
    EXPECT_THAT(Values(end), ElementsAre("int_value: 11"));
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(pages, 6);
  EXPECT_THAT(Values(last), ElementsAre("int_value: 11"));
}

TEST_F(AggregateTest, BatchedReadsAggregateToo) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  v1::BatchReadRequest batch;
  *batch.add_reads() = read_;
  *batch.add_reads() = read_;
  batch.mutable_reads(1)->set_page_rows(1);
  v1::BatchReadResponse response;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::BatchRead, batch, &response).ok());
  EXPECT_THAT(Values(response.results(0).page()), ElementsAre("int_value: 11"));
  EXPECT_THAT(response.results(1).page().rows(), IsEmpty());
}

TEST_F(AggregateTest, BadOnesAreRefusedByField) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  v1::ReadRequest bad = read_;
  bad.add_columns("a");
  ExpectRefused(bad, "BAD_AGGREGATE", "columns");
  bad = read_;
  bad.add_column_ids(4);
  ExpectRefused(bad, "BAD_AGGREGATE", "column_ids");
  bad = read_;
  bad.set_cell_info(true);
  ExpectRefused(bad, "BAD_AGGREGATE", "cell_info");
  bad = read_;
  bad.mutable_aggregates(0)->clear_function();
  ExpectRefused(bad, "BAD_AGGREGATE", "aggregates[0].function");
  bad = read_;
  bad.mutable_aggregates(0)->set_function(v1::AGGREGATE_FUNCTION_SUM);
  ExpectRefused(bad, "BAD_AGGREGATE", "aggregates[0].column");
  bad.mutable_aggregates(0)->set_column("b");
  ExpectRefused(bad, "BAD_AGGREGATE", "aggregates[0].column");
  bad.mutable_aggregates(0)->set_column("zzz");
  ExpectRefused(bad, "UNKNOWN_COLUMN", "aggregates[0].column");
  bad = read_;
  while (bad.aggregates_size() < 100)
    *bad.add_aggregates() = read_.aggregates(0);
  EXPECT_EQ(Error(bad).code, StatusCode::OK);
  *bad.add_aggregates() = read_.aggregates(0);
  ExpectRefused(bad, "OVER_LIMIT", "aggregates");
}

TEST_F(AggregateTest, TokensBelongToTheirAggregates) {
  Want(v1::AGGREGATE_FUNCTION_COUNT, "");
  read_.set_page_rows(1);
  v1::ReadResponse response;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, read_, &response).ok());
  v1::ReadRequest other = read_;
  other.set_page_token(response.next_page_token());
  EXPECT_EQ(Error(other).code, StatusCode::OK);
  other.mutable_aggregates(0)->set_column("a");
  ExpectRefused(other, "BAD_PAGE_TOKEN", "page_token");
  other.clear_aggregates();
  ExpectRefused(other, "BAD_PAGE_TOKEN", "page_token");
}

TEST_F(AggregateTest, ExtremesOverTheirLimitAreRefused) {
  v1::WriteRequest write = PutA("x", 1, 1);
  auto* upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->add_columns("b");
  *upsert->add_values() = Text(std::string((64 << 10) + 1, 'x'));
  Write(write);
  Want(v1::AGGREGATE_FUNCTION_MAX, "b");
  const CallError error = Error(read_);
  EXPECT_EQ(error.code, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(error.reason, "AGGREGATE_TOO_LARGE");
  EXPECT_FALSE(error.retry_info);
}

TEST_F(AggregateTest, AnswersOverTheirLimitAreRefused) {
  v1::WriteRequest write = PutA("x", 1, 1);
  auto* upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->add_columns("b");
  *upsert->add_values() = Text(std::string(64 << 10, 'x'));
  Write(write);
  for (int i = 0; i < 16; ++i) Want(v1::AGGREGATE_FUNCTION_MAX, "b");
  EXPECT_EQ(Error(read_).code, StatusCode::OK);
  Want(v1::AGGREGATE_FUNCTION_MAX, "b");
  EXPECT_EQ(Error(read_).reason, "AGGREGATE_TOO_LARGE");
  *read_.mutable_partition_key() = KeyOf({Text("x")});
  read_.set_page_rows(2);
  EXPECT_EQ(Error(read_).reason, "AGGREGATE_TOO_LARGE") << "and what is kept";
}

TEST_F(AggregateTest, DamagedValuesAreNotCalledTooLarge) {
  Want(v1::AGGREGATE_FUNCTION_SUM, "a");
  auto schema = std::make_shared<Schema>();
  schema->columns = {
      {ColumnId{1}, "pk", {TypeKind::kText}, ColumnRole::kPartitionKey},
      {ColumnId{2}, "a", {TypeKind::kInt}, ColumnRole::kRegular}};
  const auto read = DecodeRead(schema, read_, 0);
  ASSERT_TRUE(read.ok()) << read.status();
  v1::ReadResponse response;
  RowEncoder encoder(*read, &response);
  Row row;
  row.cells = {Cell{.column = ColumnId{2}, .value = "no int"}};
  encoder.OnRow({.partition_key = "k", .row = &row});
  const CallError error = ErrorOf(ToGrpcStatus(encoder.status()));
  EXPECT_EQ(error.code, StatusCode::DATA_LOSS);
  EXPECT_EQ(error.reason, "DATA_LOSS");
}

}  // namespace
}  // namespace rowan
