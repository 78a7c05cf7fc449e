// SPDX-License-Identifier: Apache-2.0
#include "node/service/data_service.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/limits.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Stub = v1::Data::Stub;

// A row in short: its values, "-" for null, separated by blanks.
std::string Short(const v1::Row& row) {
  std::string line;
  for (const v1::Value& value : row.values()) {
    if (!line.empty()) line += ' ';
    if (value.has_null_value()) {
      line += '-';
    } else if (value.has_string_value()) {
      line += value.string_value();
    } else {
      line += std::to_string(value.int_value());
    }
  }
  return line;
}

class DataServiceTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateStandardTable(); }

  grpc::Status Write(const v1::WriteRequest& request,
                     v1::WriteResponse* response = nullptr) {
    v1::WriteResponse unused;
    return Ask(node_.data.get(), &Stub::Write, request,
               response == nullptr ? &unused : response);
  }
  void MustWrite(const v1::WriteRequest& request) {
    const grpc::Status status = Write(request);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status Read(const v1::ReadRequest& request,
                    v1::ReadResponse* response) {
    return Ask(node_.data.get(), &Stub::Read, request, response);
  }
  std::vector<std::string> Rows(const v1::ReadRequest& request) {
    v1::ReadResponse response;
    const grpc::Status status = Read(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> rows;
    for (const v1::Row& row : response.rows()) rows.push_back(Short(row));
    return rows;
  }
  CallError WriteError(const v1::WriteRequest& request) {
    return ErrorOf(Write(request));
  }
  CallError ReadError(const v1::ReadRequest& request) {
    v1::ReadResponse response;
    return ErrorOf(Read(request, &response));
  }

  ServiceNode node_;
};

TEST_F(DataServiceTest, WrittenRowComesBackWithItsColumns) {
  v1::WriteRequest write = PutA("k", 7, 42);
  v1::Upsert* upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->add_columns("s");
  *upsert->add_values() = Text("static");
  MustWrite(write);

  v1::ReadResponse response;
  ASSERT_TRUE(Read(ReadWideRow("k"), &response).ok());
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(Short(response.rows(0)), "k 7 static 42 -");
  std::vector<std::string> columns;
  for (const auto& column : response.columns())
    columns.push_back(column.name());
  EXPECT_THAT(columns, ElementsAre("pk", "ck", "s", "a", "b"));
  EXPECT_EQ(response.end_reason(), v1::END_REASON_EXHAUSTED);
  EXPECT_EQ(response.next_page_token(), "");
}

TEST_F(DataServiceTest, HandleReadsCarryNoText) {
  MustWrite(PutA("k", 1, 1));
  v1::Table table;
  v1::GetTableRequest get;
  get.set_keyspace("ks");
  get.set_name("t");
  ASSERT_TRUE(
      Ask(node_.schema.get(), &v1::Schema::Stub::GetTable, get, &table).ok());
  v1::ReadRequest read = ReadWideRow("k");
  read.mutable_table()->set_handle(table.handle());
  read.mutable_table()->set_schema_version(table.schema_version());
  read.add_column_ids(table.columns(3).id());
  v1::ReadResponse response;
  ASSERT_TRUE(Read(read, &response).ok());
  EXPECT_EQ(response.columns_size(), 0);
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(Short(response.rows(0)), "k 1 1");

  read.mutable_table()->set_schema_version(table.schema_version() + 1);
  const CallError error = ReadError(read);
  EXPECT_EQ(error.code, grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(error.reason, "SCHEMA_CHANGED");
}

TEST_F(DataServiceTest, NullDeletesAndAbsentLeaves) {
  v1::WriteRequest write = PutA("k", 1, 5);
  auto* upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->add_columns("b");
  *upsert->add_values() = Text("kept");
  MustWrite(write);
  v1::WriteRequest erase = PutA("k", 1, 0);
  *erase.mutable_changes(0)->mutable_upsert()->mutable_values(0) = Null();
  MustWrite(erase);
  EXPECT_THAT(Rows(ReadWideRow("k")), ElementsAre("k 1 - - kept"));
}

TEST_F(DataServiceTest, EmptyTextIsAValueAndNullIsNone) {
  v1::WriteRequest write = PutA("k", 1, 5);
  v1::Upsert* const upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->set_columns(0, "b");
  *upsert->mutable_values(0) = Text("");
  MustWrite(write);
  *upsert->mutable_clustering() = KeyOf({Int(2)});
  *upsert->mutable_values(0) = Null();
  MustWrite(write);
  v1::ReadRequest read = ReadWideRow("k");
  v1::ReadResponse response;
  ASSERT_TRUE(Read(read, &response).ok());
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).values(4).kind_case(), v1::Value::kStringValue);
  EXPECT_EQ(response.rows(0).values(4).string_value(), "");
  EXPECT_TRUE(response.rows(1).values(4).has_null_value());
  const auto rows_where = [&](v1::Operator op, const v1::Value* value) {
    read.clear_predicates();
    v1::Predicate* const predicate = read.add_predicates();
    predicate->set_column("b");
    predicate->set_op(op);
    if (value != nullptr) *predicate->mutable_value() = *value;
    EXPECT_TRUE(Read(read, &response).ok());
    std::vector<int64_t> rows;
    for (const v1::Row& row : response.rows()) {
      rows.push_back(row.values(1).int_value());
    }
    return rows;
  };
  const v1::Value empty = Text("");
  EXPECT_THAT(rows_where(v1::OPERATOR_EQUAL, &empty), ElementsAre(1));
  EXPECT_THAT(rows_where(v1::OPERATOR_IS_NULL, nullptr), ElementsAre(2));
  EXPECT_THAT(rows_where(v1::OPERATOR_IS_NOT_NULL, nullptr), ElementsAre(1));
}

TEST_F(DataServiceTest, EveryDeletionHidesWhatItCovers) {
  for (int64_t ck = 1; ck <= 6; ++ck) MustWrite(PutA("k", ck, ck));
  v1::WriteRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text("k")});
  *request.add_changes()->mutable_delete_row()->mutable_clustering() =
      KeyOf({Int(1)});
  auto* slice = request.add_changes()->mutable_delete_range()->mutable_slice();
  *slice->mutable_start()->add_values() = Int(3);
  *slice->mutable_end()->add_values() = Int(5);
  auto* cells = request.add_changes()->mutable_delete_cells();
  *cells->mutable_clustering() = KeyOf({Int(6)});
  cells->add_columns("a");
  MustWrite(request);
  EXPECT_THAT(Rows(ReadWideRow("k")),
              ElementsAre("k 2 - 2 -", "k 5 - 5 -", "k 6 - - -"));

  request.clear_changes();
  request.add_changes()->mutable_delete_wide_row();
  MustWrite(request);
  EXPECT_THAT(Rows(ReadWideRow("k")), IsEmpty());
}

TEST_F(DataServiceTest, UpsertWithoutMarkerLeavesNoRowBehind) {
  v1::WriteRequest write = PutA("k", 1, 5);
  write.mutable_changes(0)->mutable_upsert()->set_no_row_marker(true);
  MustWrite(write);
  EXPECT_THAT(Rows(ReadWideRow("k")), ElementsAre("k 1 - 5 -"));
  *write.mutable_changes(0)->mutable_upsert()->mutable_values(0) = Null();
  MustWrite(write);
  EXPECT_THAT(Rows(ReadWideRow("k")), IsEmpty());
}

TEST_F(DataServiceTest, TtlEndsARow) {
  v1::WriteRequest write = PutA("k", 1, 5);
  write.mutable_changes(0)->mutable_upsert()->set_ttl_s(10);
  MustWrite(write);
  node_.clock.AdvanceSeconds(9);
  EXPECT_THAT(Rows(ReadWideRow("k")), ElementsAre("k 1 - 5 -"));
  node_.clock.AdvanceSeconds(1);
  EXPECT_THAT(Rows(ReadWideRow("k")), IsEmpty());
}

TEST_F(DataServiceTest, StaticColumnsNeedNoClusteringKey) {
  v1::WriteRequest write;
  write.mutable_table()->set_name("ks.t");
  *write.mutable_partition_key() = KeyOf({Text("k")});
  auto* upsert = write.add_changes()->mutable_upsert();
  upsert->add_columns("s");
  *upsert->add_values() = Text("alone");
  MustWrite(write);
  EXPECT_THAT(Rows(ReadWideRow("k")), ElementsAre("k - alone - -"));
}

TEST_F(DataServiceTest, ServerTimestampsRiseAndClientTimestampsWin) {
  v1::WriteResponse first, second, third;
  ASSERT_TRUE(Write(PutA("k", 1, 1), &first).ok());
  ASSERT_TRUE(Write(PutA("k", 1, 2), &second).ok());
  EXPECT_GT(second.timestamp_us(), first.timestamp_us());
  ASSERT_TRUE(Write(PutA("k", 1, 3, 17), &third).ok());
  EXPECT_EQ(third.timestamp_us(), 17);
  EXPECT_THAT(Rows(ReadWideRow("k")), ElementsAre("k 1 - 2 -"));
}

TEST_F(DataServiceTest, SlicesAreHalfOpenAndReverseReadsBackwards) {
  for (int64_t ck = 1; ck <= 9; ++ck) MustWrite(PutA("k", ck, ck));
  v1::ReadRequest read = ReadWideRow("k");
  auto* slice = read.add_slices();
  *slice->mutable_start()->add_values() = Int(2);
  *slice->mutable_end()->add_values() = Int(4);
  *read.add_slices()->mutable_prefix() = KeyOf({Int(8)});
  read.add_columns("a");
  EXPECT_THAT(Rows(read), ElementsAre("k 2 2", "k 3 3", "k 8 8"));
  read.set_reverse(true);
  EXPECT_THAT(Rows(read), ElementsAre("k 8 8", "k 3 3", "k 2 2"));
  read.set_limit(2);
  EXPECT_THAT(Rows(read), ElementsAre("k 8 8", "k 3 3"));
  slice->mutable_end()->set_after(true);
  read.clear_limit();
  EXPECT_THAT(Rows(read), ElementsAre("k 8 8", "k 4 4", "k 3 3", "k 2 2"));
}

TEST_F(DataServiceTest, PagesOfOneRowAddUpToTheWholeRead) {
  for (int64_t ck = 1; ck <= 5; ++ck) {
    MustWrite(PutA("x", ck, ck));
    MustWrite(PutA("y", ck, ck));
  }
  v1::ReadRequest scan;
  scan.mutable_table()->set_name("ks.t");
  const std::vector<std::string> whole = Rows(scan);
  EXPECT_EQ(whole.size(), 10u);
  for (const bool reverse : {false, true}) {
    scan.set_reverse(reverse);
    scan.clear_page_rows();
    scan.clear_page_token();
    const std::vector<std::string> expected = Rows(scan);
    scan.set_page_rows(1);
    std::vector<std::string> paged;
    for (;;) {
      v1::ReadResponse page;
      ASSERT_TRUE(Read(scan, &page).ok());
      ASSERT_LE(page.rows_size(), 1);
      for (const v1::Row& row : page.rows()) paged.push_back(Short(row));
      if (page.next_page_token().empty()) break;
      EXPECT_EQ(page.end_reason(), v1::END_REASON_ROWS);
      scan.set_page_token(page.next_page_token());
    }
    EXPECT_EQ(paged, expected);
  }
}

TEST_F(DataServiceTest, KeysComeByTokenAndEachOnce) {
  for (const char* key : {"x", "y", "z"}) {
    for (int64_t ck = 1; ck <= 3; ++ck) MustWrite(PutA(key, ck, ck));
  }
  v1::ReadRequest read;
  read.mutable_table()->set_name("ks.t");
  for (const char* key : {"z", "none", "x", "z"}) {
    *read.mutable_partition_keys()->add_keys() = KeyOf({Text(key)});
  }
  read.add_columns("a");
  v1::ReadRequest scan;
  scan.mutable_table()->set_name("ks.t");
  scan.add_columns("a");
  std::vector<std::string> expected = Rows(scan);
  std::erase_if(expected, [](const std::string& row) { return row[0] == 'y'; });
  EXPECT_EQ(Rows(read), expected);
  EXPECT_EQ(expected.size(), 6u);
  read.set_per_wide_row_limit(1);
  read.set_page_rows(1);
  v1::ReadResponse page;
  ASSERT_TRUE(Read(read, &page).ok());
  EXPECT_EQ(Short(page.rows(0)), expected[0]);
  read.set_page_token(page.next_page_token());
  EXPECT_THAT(Rows(read), ElementsAre(expected[3]));
  // The token belongs to these keys.
  *read.mutable_partition_keys()->add_keys() = KeyOf({Text("y")});
  EXPECT_EQ(ReadError(read).reason, "BAD_PAGE_TOKEN");
}

TEST_F(DataServiceTest, DistinctIsOneRowForEachWideRow) {
  for (const char* key : {"x", "y"}) {
    for (int64_t ck = 1; ck <= 3; ++ck) MustWrite(PutA(key, ck, ck));
  }
  v1::WriteRequest statics;
  statics.mutable_table()->set_name("ks.t");
  for (const char* key : {"y", "z"}) {
    *statics.mutable_partition_key() = KeyOf({Text(key)});
    statics.clear_changes();
    auto* upsert = statics.add_changes()->mutable_upsert();
    upsert->add_columns("s");
    *upsert->add_values() = Text("t");
    MustWrite(statics);
  }
  v1::ReadRequest read;
  read.mutable_table()->set_name("ks.t");
  read.set_distinct(true);
  EXPECT_THAT(Rows(read), testing::UnorderedElementsAre("x -", "y t", "z t"));
  v1::ReadResponse page;
  ASSERT_TRUE(Read(read, &page).ok());
  ASSERT_EQ(page.columns_size(), 2);
  EXPECT_EQ(page.columns(0).name(), "pk");
  EXPECT_EQ(page.columns(1).name(), "s");
  read.add_columns("pk");
  EXPECT_THAT(Rows(read), testing::UnorderedElementsAre("x", "y", "z"));
  const std::vector<std::string> whole = Rows(read);
  read.set_page_rows(1);
  for (const std::string& row : whole) {
    ASSERT_TRUE(Read(read, &page).ok());
    EXPECT_EQ(Short(page.rows(0)), row);
    read.set_page_token(page.next_page_token());
  }
}

TEST_F(DataServiceTest, CellsTellWhenTheyWereWrittenAndWhenTheyGo) {
  v1::WriteRequest write = PutA("k", 1, 5, 1000);
  write.mutable_changes(0)->mutable_upsert()->set_ttl_s(100);
  MustWrite(write);
  write = PutA("k", 1, 0, 2000);
  write.mutable_changes(0)->mutable_upsert()->set_columns(0, "b");
  *write.mutable_changes(0)->mutable_upsert()->mutable_values(0) = Text("x");
  MustWrite(write);
  node_.clock.AdvanceSeconds(40);
  v1::ReadRequest read = ReadWideRow("k");
  v1::ReadResponse page;
  ASSERT_TRUE(Read(read, &page).ok());
  EXPECT_EQ(page.rows(0).cells_size(), 0);
  read.set_cell_info(true);
  ASSERT_TRUE(Read(read, &page).ok());
  const v1::Row& row = page.rows(0);
  ASSERT_EQ(Short(row), "k 1 - 5 x");
  ASSERT_EQ(row.cells_size(), row.values_size());
  for (const int empty : {0, 1, 2}) {
    EXPECT_EQ(row.cells(empty).ByteSizeLong(), 0u) << empty;
  }
  EXPECT_EQ(row.cells(3).timestamp_us(), 1000);
  EXPECT_EQ(row.cells(3).ttl_s(), 60u);
  EXPECT_EQ(row.cells(4).timestamp_us(), 2000);
  EXPECT_FALSE(row.cells(4).has_ttl_s());
}

TEST_F(DataServiceTest, LimitCountsOverAllPages) {
  for (int64_t ck = 1; ck <= 9; ++ck) MustWrite(PutA("k", ck, ck));
  v1::ReadRequest read = ReadWideRow("k");
  read.set_limit(5);
  read.set_page_rows(2);
  int rows = 0, pages = 0;
  for (;;) {
    v1::ReadResponse page;
    ASSERT_TRUE(Read(read, &page).ok());
    rows += page.rows_size();
    ++pages;
    if (page.next_page_token().empty()) break;
    read.set_page_token(page.next_page_token());
  }
  EXPECT_EQ(rows, 5);
  EXPECT_EQ(pages, 3);
}

TEST_F(DataServiceTest, PagesEndByBytesTimeAndTombstones) {
  for (int64_t ck = 1; ck <= 9; ++ck) MustWrite(PutA("k", ck, ck));
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_bytes(1);
  v1::ReadResponse page;
  ASSERT_TRUE(Read(read, &page).ok());
  EXPECT_EQ(page.rows_size(), 1);
  EXPECT_EQ(page.end_reason(), v1::END_REASON_BYTES);
  read.clear_page_bytes();
  node_.engine.EndPagesEarly(EndReason::kTime);
  ASSERT_TRUE(Read(read, &page).ok());
  EXPECT_EQ(page.end_reason(), v1::END_REASON_TIME);
  EXPECT_NE(page.next_page_token(), "");
  node_.engine.EndPagesEarly(EndReason::kTombstones);
  ASSERT_TRUE(Read(read, &page).ok());
  EXPECT_EQ(page.end_reason(), v1::END_REASON_TOMBSTONES);
}

TEST_F(DataServiceTest, ExplainTellsWhatAReadCost) {
  MustWrite(PutA("k", 1, 1));
  v1::ReadRequest read = ReadWideRow("k");
  v1::ReadResponse response;
  ASSERT_TRUE(Read(read, &response).ok());
  EXPECT_FALSE(response.has_stats());
  read.set_explain(true);
  ASSERT_TRUE(Read(read, &response).ok());
  EXPECT_EQ(response.stats().memtables(), 1u);
  EXPECT_EQ(response.stats().rows_scanned(), 1u);
}

TEST_F(DataServiceTest, StreamIsAllPagesInOrder) {
  for (int64_t ck = 1; ck <= 50; ++ck) MustWrite(PutA("k", ck, ck));
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_rows(7);
  read.set_limit(45);
  const auto drain = [&](std::vector<std::string>* rows) {
    grpc::ClientContext context;
    auto stream = node_.data->ReadStream(&context, read);
    v1::ReadResponse page;
    int pages = 0;
    while (stream->Read(&page)) {
      ++pages;
      for (const v1::Row& row : page.rows()) rows->push_back(Short(row));
    }
    EXPECT_TRUE(stream->Finish().ok());
    return pages;
  };
  std::vector<std::string> rows;
  EXPECT_EQ(drain(&rows), 7);
  ASSERT_EQ(rows.size(), 45u);
  EXPECT_EQ(rows.front(), "k 1 - 1 -");
  EXPECT_EQ(rows.back(), "k 45 - 45 -");
}

TEST_F(DataServiceTest, StreamGoesOnWhenAPageHadItsShareOfWork) {
  for (int64_t ck = 1; ck <= 5; ++ck) MustWrite(PutA("k", ck, ck));
  for (const EndReason reason : {EndReason::kTime, EndReason::kTombstones}) {
    node_.engine.EndPagesEarly(reason);
    grpc::ClientContext context;
    auto stream = node_.data->ReadStream(&context, ReadWideRow("k"));
    v1::ReadResponse page;
    int rows = 0;
    while (stream->Read(&page)) rows += page.rows_size();
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(rows, 5);
  }
}

TEST_F(DataServiceTest, StreamFailsWithTheReadsError) {
  grpc::ClientContext context;
  v1::ReadRequest read = ReadWideRow("k");
  read.mutable_table()->set_name("ks.none");
  auto stream = node_.data->ReadStream(&context, read);
  v1::ReadResponse page;
  EXPECT_FALSE(stream->Read(&page));
  EXPECT_EQ(ErrorOf(stream->Finish()).reason, "UNKNOWN_TABLE");
}

TEST_F(DataServiceTest, CancelledStreamLeavesTheNodeServing) {
  for (int64_t ck = 1; ck <= 50; ++ck) MustWrite(PutA("k", ck, ck));
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_rows(1);
  grpc::ClientContext context;
  auto stream = node_.data->ReadStream(&context, read);
  v1::ReadResponse page;
  ASSERT_TRUE(stream->Read(&page));
  context.TryCancel();
  while (stream->Read(&page)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Rows(ReadWideRow("k")).size(), 50u);
}

TEST_F(DataServiceTest, BytesOfARequestCountWhileItIsServed) {
  // More than the client's window takes while it doesn't read.
  for (int64_t ck = 1; ck <= 300; ++ck) {
    v1::WriteRequest write = PutA("k", ck, ck);
    v1::Upsert* upsert = write.mutable_changes(0)->mutable_upsert();
    upsert->add_columns("b");
    *upsert->add_values() = Text(std::string(64 << 10, 'x'));
    MustWrite(write);
  }
  EXPECT_EQ(node_.metrics.in_flight_bytes(), 0);
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_rows(1);
  grpc::ClientContext context;
  auto stream = node_.data->ReadStream(&context, read);
  v1::ReadResponse page;
  ASSERT_TRUE(stream->Read(&page));
  EXPECT_EQ(node_.metrics.in_flight_bytes(),
            static_cast<int64_t>(read.ByteSizeLong()));
  while (stream->Read(&page)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(node_.metrics.in_flight_bytes(), 0);
}

TEST_F(DataServiceTest, SplitsCoverTheWholeRangeWithoutGaps) {
  for (int i = 0; i < 20; ++i) MustWrite(PutA(std::to_string(i), 1, i));
  for (const uint32_t parts : {0u, 1u, 3u, 7u, 64u}) {
    v1::SplitRangesRequest request;
    request.mutable_table()->set_name("ks.t");
    request.set_ranges(parts);
    v1::SplitRangesResponse response;
    ASSERT_TRUE(
        Ask(node_.data.get(), &Stub::SplitRanges, request, &response).ok());
    ASSERT_EQ(response.splits_size(),
              parts == 0 ? 16 : static_cast<int>(parts));
    int64_t next = INT64_MIN;
    uint64_t bytes = 0;
    size_t rows = 0;
    for (const auto& split : response.splits()) {
      EXPECT_EQ(split.range().first(), next);
      next =
          static_cast<int64_t>(static_cast<uint64_t>(split.range().last()) + 1);
      bytes += split.bytes();
      EXPECT_THAT(split.nodes(), ElementsAre(node_.facts.client_address));
      v1::ReadRequest read;
      read.mutable_table()->set_name("ks.t");
      *read.mutable_token_range() = split.range();
      rows += Rows(read).size();
    }
    EXPECT_EQ(next, INT64_MIN);
    EXPECT_GT(bytes, 0u);
    EXPECT_EQ(rows, 20u);
  }
}

TEST_F(DataServiceTest, EngineErrorsReachTheClientWithTheirReasons) {
  node_.engine.FailWrites(absl::ResourceExhaustedError("memtables are full"));
  CallError error = WriteError(PutA("k", 1, 1));
  EXPECT_EQ(error.code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(error.reason, "OVERLOADED");
  EXPECT_TRUE(error.retry_info);
  node_.engine.FailWrites(
      WithReason(absl::ResourceExhaustedError("1 MiB is free"), "DISK_FULL"));
  error = WriteError(PutA("k", 1, 1));
  EXPECT_EQ(error.reason, "DISK_FULL");
  EXPECT_EQ(error.message, "1 MiB is free");
  EXPECT_TRUE(error.retry_info);
  node_.engine.FailWrites(
      WithReason(absl::UnavailableError("the log has failed"), "READ_ONLY"));
  error = WriteError(PutA("k", 1, 1));
  EXPECT_EQ(error.code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(error.reason, "READ_ONLY");
  EXPECT_FALSE(error.retry_info);
  node_.engine.FailWrites(absl::UnknownError("the log failed under way"));
  error = WriteError(PutA("k", 1, 1));
  EXPECT_EQ(error.code, grpc::StatusCode::UNKNOWN);
  EXPECT_EQ(error.reason, "OUTCOME_UNKNOWN");
  node_.engine.FailReads(
      absl::DataLossError("7.sst: block at 4096 is damaged"));
  error = ReadError(ReadWideRow("k"));
  EXPECT_EQ(error.code, grpc::StatusCode::DATA_LOSS);
  EXPECT_THAT(error.message, HasSubstr("7.sst: block at 4096"));
}

}  // namespace
}  // namespace rowan
