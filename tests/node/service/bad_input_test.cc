// SPDX-License-Identifier: Apache-2.0
// The bad input that the API promises to answer clearly, over a real channel:
// code, reason, field, and a connection that goes on.

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/limits.h"
#include "storage/model/schema.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using Stub = v1::Data::Stub;

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateStandardTable(); }

  CallError Write(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    return ErrorOf(Ask(node_.data.get(), &Stub::Write, request, &response));
  }
  CallError Read(const v1::ReadRequest& request) {
    v1::ReadResponse response;
    return ErrorOf(Ask(node_.data.get(), &Stub::Read, request, &response));
  }
  void Expect(const CallError& error, StatusCode code,
              const std::string& reason, const std::string& field) {
    EXPECT_EQ(error.code, code) << error.message;
    EXPECT_EQ(error.reason, reason) << error.message;
    EXPECT_EQ(error.field, field) << error.message;
    EXPECT_FALSE(error.message.empty());
    // Nothing was lost but this call.
    EXPECT_EQ(Write(PutA("alive", 1, 1)).code, StatusCode::OK);
  }
  static v1::Upsert* UpsertOf(v1::WriteRequest* request) {
    return request->mutable_changes(0)->mutable_upsert();
  }

  ServiceNode node_;
};

TEST_F(BadInputTest, UnknownNames) {
  v1::WriteRequest write = PutA("k", 1, 1);
  write.mutable_table()->set_name("ks.none");
  Expect(Write(write), StatusCode::NOT_FOUND, "UNKNOWN_TABLE", "table.name");
  write.mutable_table()->set_name("none.t");
  const CallError error = Write(write);
  Expect(error, StatusCode::NOT_FOUND, "UNKNOWN_TABLE", "table.name");
  EXPECT_THAT(error.message, HasSubstr("keyspace 'none'"));
  write.mutable_table()->set_name("nodot");
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "BAD_NAME", "table.name");
  write.mutable_table()->set_handle(999);
  Expect(Write(write), StatusCode::NOT_FOUND, "UNKNOWN_TABLE", "table.handle");
  write.clear_table();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "MISSING_TABLE", "table");

  write = PutA("k", 1, 1);
  UpsertOf(&write)->set_columns(0, "zzz");
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "UNKNOWN_COLUMN",
         "changes[0].upsert.columns[0]");
  v1::ReadRequest read = ReadWideRow("k");
  read.add_columns("a");
  read.add_columns("zzz");
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "UNKNOWN_COLUMN",
         "columns[1]");
  read.clear_columns();
  read.add_column_ids(77);
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "UNKNOWN_COLUMN",
         "column_ids[0]");
}

TEST_F(BadInputTest, WrongTypesAndRanges) {
  v1::WriteRequest write = PutA("k", 1, 1);
  *UpsertOf(&write)->mutable_values(0) = Text("one");
  const CallError error = Write(write);
  Expect(error, StatusCode::INVALID_ARGUMENT, "WRONG_TYPE",
         "changes[0].upsert.values[0]");
  EXPECT_THAT(error.message, HasSubstr("a: a int column takes int_value"));
  UpsertOf(&write)->mutable_values(0)->Clear();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "WRONG_TYPE",
         "changes[0].upsert.values[0]");
  *UpsertOf(&write)->mutable_values(0) = Int(int64_t{1} << 31);
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "OUT_OF_RANGE",
         "changes[0].upsert.values[0]");
  write = PutA("k", 1, 1);
  UpsertOf(&write)->clear_values();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "VALUE_COUNT",
         "changes[0].upsert.values");
  write = PutA("k", 1, 1);
  UpsertOf(&write)->set_columns(0, "ck");
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "KEY_COLUMN",
         "changes[0].upsert.columns[0]");
  write = PutA("k", 1, 1);
  UpsertOf(&write)->add_columns("a");
  *UpsertOf(&write)->add_values() = Int(2);
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "COLUMN_TWICE",
         "changes[0].upsert.columns");
}

TEST_F(BadInputTest, IncompleteNullAndEmptyKeys) {
  v1::WriteRequest write = PutA("k", 1, 1);
  UpsertOf(&write)->clear_clustering();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "MISSING_KEY_PART",
         "changes[0].upsert.clustering.values");
  write = PutA("k", 1, 1);
  *UpsertOf(&write)->mutable_clustering()->mutable_values(0) = Null();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "NULL_IN_KEY",
         "changes[0].upsert.clustering.values[0]");
  write = PutA("k", 1, 1);
  write.clear_partition_key();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "MISSING_KEY_PART",
         "partition_key.values");
  write = PutA("", 1, 1);
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "EMPTY_KEY",
         "partition_key.values[0]");
  v1::ReadRequest read = ReadWideRow("k");
  *read.mutable_partition_key()->add_values() = Text("x");
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "TOO_MANY_KEY_PARTS",
         "partition_key.values");
}

TEST_F(BadInputTest, TimestampsAndTtls) {
  constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;
  const int64_t now = node_.clock.WallMicros();
  EXPECT_EQ(Write(PutA("k", 1, 1, now + kHourUs)).code, StatusCode::OK);
  Expect(Write(PutA("k", 1, 1, now + kHourUs + 1)),
         StatusCode::INVALID_ARGUMENT, "BAD_TIMESTAMP", "timestamp_us");
  v1::WriteRequest write = PutA("k", 1, 1);
  write.mutable_changes(0)->set_timestamp_us(now + kHourUs + 1);
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "BAD_TIMESTAMP",
         "changes[0].timestamp_us");
  EXPECT_EQ(Write(PutA("k", 1, 1, INT64_MIN)).reason, "BAD_TIMESTAMP");

  write = PutA("k", 1, 1);
  for (const int64_t good : {int64_t{0}, int64_t{1}, int64_t{kTtlMaxS}}) {
    UpsertOf(&write)->set_ttl_s(good);
    EXPECT_EQ(Write(write).code, StatusCode::OK) << good;
  }
  for (const int64_t bad : {int64_t{-1}, int64_t{kTtlMaxS} + 1, INT64_MIN}) {
    UpsertOf(&write)->set_ttl_s(bad);
    Expect(Write(write), StatusCode::INVALID_ARGUMENT, "BAD_TTL",
           "changes[0].upsert.ttl_s");
  }
}

TEST_F(BadInputTest, SlicesAndRanges) {
  v1::ReadRequest read = ReadWideRow("k");
  *read.add_slices()->mutable_start()->add_values() = Int(2);
  *read.mutable_slices(0)->mutable_end()->add_values() = Int(2);
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "EMPTY_SLICE", "slices[0]");
  read.clear_slices();
  *read.add_slices()->mutable_start()->add_values() = Int(2);
  *read.add_slices()->mutable_prefix() = KeyOf({Int(3)});
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "SLICES_OVERLAP", "slices");
  read.mutable_slices(0)->mutable_prefix();
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "BAD_SLICE",
         "slices[0].prefix");
  read = ReadWideRow("k");
  read.mutable_token_range()->set_first(1);
  read.mutable_token_range()->set_last(0);
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "BAD_RANGE", "token_range");
}

TEST_F(BadInputTest, DistinctReads) {
  v1::ReadRequest read;
  read.mutable_table()->set_name("ks.t");
  read.set_distinct(true);
  read.add_columns("s");
  read.add_columns("pk");
  EXPECT_EQ(Read(read).code, StatusCode::OK);
  v1::ReadRequest bad = read;
  bad.add_slices();
  Expect(Read(bad), StatusCode::INVALID_ARGUMENT, "BAD_DISTINCT", "slices");
  bad = read;
  bad.set_per_wide_row_limit(1);
  Expect(Read(bad), StatusCode::INVALID_ARGUMENT, "BAD_DISTINCT",
         "per_wide_row_limit");
  for (const char* column : {"ck", "a"}) {
    bad = read;
    bad.add_columns(column);
    Expect(Read(bad), StatusCode::INVALID_ARGUMENT, "BAD_DISTINCT",
           "columns[2]");
  }
}

// One below, at and one above each limit of sizes.
struct SizeCase {
  const char* name;
  size_t max;
  std::function<v1::WriteRequest(size_t)> request;
  const char* field;
};

TEST_F(BadInputTest, SizesAreTakenUpToTheirLimit) {
  node_.MustCreateTable(TableOf(
      "sizes",
      {ColumnOf("p", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_PARTITION_KEY),
       ColumnOf("c", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_CLUSTERING),
       ColumnOf("d", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_CLUSTERING),
       ColumnOf("v", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_REGULAR)}));
  const auto blob = [](size_t size) {
    v1::Value value;
    value.set_bytes_value(std::string(size, 'x'));
    return value;
  };
  const auto request = [&](size_t p, size_t c, size_t d, size_t v) {
    v1::WriteRequest write;
    write.mutable_table()->set_name("ks.sizes");
    *write.mutable_partition_key() = KeyOf({blob(p)});
    auto* upsert = write.add_changes()->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({blob(c), blob(d)});
    upsert->add_columns("v");
    *upsert->add_values() = blob(v);
    return write;
  };
  const std::vector<SizeCase> cases = {
      {"partition key", 65535, [&](size_t n) { return request(n, 1, 1, 1); },
       "partition_key.values"},
      {"clustering key", 65535,
       [&](size_t n) { return request(1, n - 100, 100, 1); },
       "changes[0].upsert.clustering.values"},
      {"cell", 8 << 20, [&](size_t n) { return request(1, 1, 1, n); },
       "changes[0].upsert.values[0]"},
  };
  for (const SizeCase& c : cases) {
    EXPECT_EQ(Write(c.request(c.max - 1)).code, StatusCode::OK) << c.name;
    EXPECT_EQ(Write(c.request(c.max)).code, StatusCode::OK) << c.name;
    const CallError error = Write(c.request(c.max + 1));
    Expect(error, StatusCode::INVALID_ARGUMENT, "OVER_LIMIT", c.field);
    EXPECT_THAT(error.message, HasSubstr(std::to_string(c.max))) << c.name;
    EXPECT_THAT(error.message, HasSubstr(std::to_string(c.max + 1)));
  }
}

TEST_F(BadInputTest, MessagesAreTakenUpToTheirLimit) {
  // Two large cells, and one that fills the request up to `size` exactly.
  const auto request = [](size_t size) {
    v1::WriteRequest write = PutA("k", 1, 1);
    auto* upsert = write.mutable_changes(0)->mutable_upsert();
    upsert->add_columns("b");
    *upsert->add_values() = Text(std::string(6 << 20, 'x'));
    v1::Upsert* second = write.add_changes()->mutable_upsert();
    *second->mutable_clustering() = KeyOf({Int(2)});
    second->add_columns("b");
    *second->add_values() = Text(std::string(6 << 20, 'x'));
    v1::Upsert* third = write.add_changes()->mutable_upsert();
    *third->mutable_clustering() = KeyOf({Int(3)});
    third->add_columns("b");
    std::string* filler = third->add_values()->mutable_string_value();
    filler->assign(size - write.ByteSizeLong() - 64, 'x');
    filler->append(size - write.ByteSizeLong(), 'x');
    EXPECT_EQ(write.ByteSizeLong(), size);
    return write;
  };
  EXPECT_EQ(Write(request(kRequestBytesMax - 1)).code, StatusCode::OK);
  EXPECT_EQ(Write(request(kRequestBytesMax)).code, StatusCode::OK);
  const CallError error = Write(request(kRequestBytesMax + 1));
  Expect(error, StatusCode::RESOURCE_EXHAUSTED, "OVER_LIMIT", "");
  EXPECT_THAT(error.message, HasSubstr("16777216"));
  // Above gRPC's own limit the words are gRPC's, and the connection goes on.
  EXPECT_EQ(Write(request(kReceiveBytesMax + (1 << 20))).code,
            StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Write(PutA("k", 1, 1)).code, StatusCode::OK);
}

TEST_F(BadInputTest, PagesAreTakenUpToTheirLimit) {
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_bytes(kPageBytesMax);
  EXPECT_EQ(Read(read).code, StatusCode::OK);
  read.set_page_bytes(kPageBytesMax + 1);
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "OVER_LIMIT", "page_bytes");
}

TEST_F(BadInputTest, RowAboveWhatClientsReceiveSaysHowToGetIt) {
  v1::WriteRequest write = PutA("k", 1, 1);
  UpsertOf(&write)->add_columns("b");
  *UpsertOf(&write)->add_values() = Text(std::string(5 << 20, 'x'));
  ASSERT_EQ(Write(write).code, StatusCode::OK);
  const CallError error = Read(ReadWideRow("k"));
  Expect(error, StatusCode::RESOURCE_EXHAUSTED, "ROW_TOO_LARGE", "");
  EXPECT_THAT(error.message, HasSubstr("page_bytes"));

  auto stub = v1::Data::NewStub(node_.NewChannel(16 << 20));
  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_bytes(kPageBytesPlainMax + 1);
  v1::ReadResponse response;
  EXPECT_TRUE(Ask(stub.get(), &Stub::Read, read, &response).ok());
  EXPECT_EQ(response.rows_size(), 1);
}

TEST_F(BadInputTest, PageTokensOfOtherReadsAndAlteredOnes) {
  for (int64_t ck = 1; ck <= 3; ++ck) Write(PutA("k", ck, ck));
  v1::Table twin;
  v1::GetTableRequest get;
  get.set_keyspace("ks");
  get.set_name("t");
  ASSERT_TRUE(
      Ask(node_.schema.get(), &v1::Schema::Stub::GetTable, get, &twin).ok());
  twin.set_name("twin");
  twin.clear_handle();
  ASSERT_TRUE(node_.CreateTable(twin).ok());

  v1::ReadRequest read = ReadWideRow("k");
  read.set_page_rows(1);
  v1::ReadResponse page;
  ASSERT_TRUE(Ask(node_.data.get(), &Stub::Read, read, &page).ok());
  const std::string token = page.next_page_token();
  ASSERT_FALSE(token.empty());
  read.set_page_token(token);
  EXPECT_EQ(Read(read).code, StatusCode::OK);

  v1::ReadRequest other = read;
  other.mutable_table()->set_name("ks.twin");
  Expect(Read(other), StatusCode::INVALID_ARGUMENT, "BAD_PAGE_TOKEN",
         "page_token");
  other = read;
  *other.mutable_partition_key() = KeyOf({Text("other")});
  Expect(Read(other), StatusCode::INVALID_ARGUMENT, "BAD_PAGE_TOKEN",
         "page_token");
  other = read;
  other.set_reverse(true);
  EXPECT_EQ(Read(other).reason, "BAD_PAGE_TOKEN");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = static_cast<char>(altered[i] ^ 0x10);
    other = read;
    other.set_page_token(altered);
    EXPECT_EQ(Read(other).reason, "BAD_PAGE_TOKEN") << i;
    if (i == 0) continue;  // an empty token asks for the first page
    other.set_page_token(token.substr(0, i));
    EXPECT_EQ(Read(other).reason, "BAD_PAGE_TOKEN") << i;
  }
}

TEST_F(BadInputTest, EmptyAndOverlongLists) {
  v1::WriteRequest write = PutA("k", 1, 1);
  write.clear_changes();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "OVER_LIMIT", "changes");
  write.add_changes();
  Expect(Write(write), StatusCode::INVALID_ARGUMENT, "EMPTY_CHANGE",
         "changes[0].change");
  v1::ReadRequest read = ReadWideRow("k");
  for (int64_t i = 0; i < kSlicesMax; ++i) {
    *read.add_slices()->mutable_prefix() = KeyOf({Int(i)});
  }
  EXPECT_EQ(Read(read).code, StatusCode::OK);
  *read.add_slices()->mutable_prefix() = KeyOf({Int(-1)});
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "OVER_LIMIT", "slices");
  read = v1::ReadRequest();
  read.mutable_table()->set_name("ks.t");
  read.mutable_partition_keys();
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "OVER_LIMIT",
         "partition_keys.keys");
  for (int i = 0; i < kReadKeysMax; ++i) {
    *read.mutable_partition_keys()->add_keys() = KeyOf({Text("k")});
  }
  EXPECT_EQ(Read(read).code, StatusCode::OK);
  *read.mutable_partition_keys()->mutable_keys(999) = KeyOf({Int(1)});
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "WRONG_TYPE",
         "partition_keys.keys[999].values[0]");
  *read.mutable_partition_keys()->mutable_keys(999) = KeyOf({Text("l")});
  *read.mutable_partition_keys()->add_keys() = KeyOf({Text("k")});
  Expect(Read(read), StatusCode::INVALID_ARGUMENT, "OVER_LIMIT",
         "partition_keys.keys");
  v1::SplitRangesRequest split;
  split.mutable_table()->set_name("ks.t");
  split.set_ranges(kSplitsMax + 1);
  v1::SplitRangesResponse splits;
  EXPECT_EQ(
      ErrorOf(Ask(node_.data.get(), &Stub::SplitRanges, split, &splits)).field,
      "ranges");
}

}  // namespace
}  // namespace rowan
