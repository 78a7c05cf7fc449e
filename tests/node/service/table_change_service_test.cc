// SPDX-License-Identifier: Apache-2.0
#include "node/service/table_change_service.h"

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Stub = v1::Schema::Stub;

std::map<std::string, std::string> MetadataOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const google::protobuf::Any& any : details.details()) {
    any.UnpackTo(&info);
  }
  return {info.metadata().begin(), info.metadata().end()};
}

class TableChangeServiceTest : public testing::Test {
 protected:
  TableChangeServiceTest() { node_.CreateStandardTable(); }

  static v1::AlterTableRequest Change() {
    v1::AlterTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    return request;
  }
  grpc::Status Alter(const v1::AlterTableRequest& request,
                     v1::Table* altered = nullptr) {
    v1::AlterTableResponse response;
    const grpc::Status status =
        Ask(node_.schema.get(), &Stub::AlterTable, request, &response);
    if (altered != nullptr) *altered = response.table();
    return status;
  }
  CallError AlterError(const v1::AlterTableRequest& request) {
    return ErrorOf(Alter(request));
  }
  grpc::Status Truncate() {
    v1::TruncateTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::TruncateTableResponse response;
    return Ask(node_.schema.get(), &Stub::TruncateTable, request, &response);
  }
  v1::Table Table() {
    v1::GetTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::Table table;
    Ask(node_.schema.get(), &Stub::GetTable, request, &table);
    return table;
  }
  void Write(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    const grpc::Status status =
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  v1::ReadResponse Read(const v1::ReadRequest& request) {
    v1::ReadResponse page;
    const grpc::Status status =
        Ask(node_.data.get(), &v1::Data::Stub::Read, request, &page);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return page;
  }

  ServiceNode node_;
};

std::vector<std::string> Names(const v1::Table& table) {
  std::vector<std::string> names;
  for (const v1::Column& column : table.columns()) {
    names.push_back(column.name());
  }
  return names;
}

v1::Column Regular(std::string_view name, v1::ColumnType type) {
  return ColumnOf(name, type, v1::COLUMN_ROLE_REGULAR);
}

TEST_F(TableChangeServiceTest, OneRequestDropsRenamesAddsAndSetsOptions) {
  const v1::Table before = Table();
  v1::AlterTableRequest request = Change();
  request.add_drop_columns("a");
  auto* rename = request.add_rename_columns();
  rename->set_from("b");
  rename->set_to("bb");
  *request.add_add_columns() = Regular("a", v1::COLUMN_TYPE_TEXT);
  request.mutable_options()->set_default_ttl_s(60);
  v1::Table altered;
  const grpc::Status status = Alter(request, &altered);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(Names(altered), ElementsAre("pk", "ck", "s", "bb", "a"));
  EXPECT_EQ(altered.columns(3).id(), before.columns(4).id());
  EXPECT_EQ(altered.columns(4).id(), 6u);
  EXPECT_EQ(altered.columns(4).type(), v1::COLUMN_TYPE_TEXT);
  EXPECT_EQ(altered.schema_version(), 2u);
  EXPECT_EQ(altered.handle(), before.handle());
  EXPECT_EQ(altered.options().default_ttl_s(), 60);
  EXPECT_EQ(altered.options().partitions(), before.options().partitions());
  EXPECT_EQ(Table().SerializeAsString(), altered.SerializeAsString());
}

TEST_F(TableChangeServiceTest, OptionsAsTheyAreMakeNoVersion) {
  const v1::Table before = Table();
  v1::AlterTableRequest request = Change();
  *request.mutable_options() = before.options();
  v1::Table altered;
  const grpc::Status status = Alter(request, &altered);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(altered.SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(Table().schema_version(), before.schema_version());
}

TEST_F(TableChangeServiceTest, OptionsThatAreNotNamedStay) {
  v1::AlterTableRequest request = Change();
  request.mutable_options()->set_compression(v1::COMPRESSION_ZSTD);
  ASSERT_TRUE(Alter(request).ok());
  request = Change();
  request.mutable_options()->set_compaction_scaling(-4);
  v1::Table altered;
  ASSERT_TRUE(Alter(request, &altered).ok());
  EXPECT_EQ(altered.options().compression(), v1::COMPRESSION_ZSTD);
  EXPECT_EQ(altered.options().compaction_scaling(), -4);
}

TEST_F(TableChangeServiceTest, DroppedColumnIsEmptyWhenItsNameComesBack) {
  v1::WriteRequest update = PutA("p", 1, 42);
  update.mutable_changes(0)->mutable_upsert()->set_no_row_marker(true);
  Write(update);
  v1::AlterTableRequest request = Change();
  request.add_drop_columns("a");
  ASSERT_TRUE(Alter(request).ok());
  v1::ReadRequest read = ReadWideRow("p");
  read.add_columns("a");
  v1::ReadResponse page;
  EXPECT_EQ(
      ErrorOf(Ask(node_.data.get(), &v1::Data::Stub::Read, read, &page)).reason,
      "UNKNOWN_COLUMN");
  EXPECT_EQ(Read(ReadWideRow("p")).rows_size(), 0);  // it had nothing else
  request = Change();
  *request.add_add_columns() = Regular("a", v1::COLUMN_TYPE_INT);
  ASSERT_TRUE(Alter(request).ok());
  EXPECT_EQ(Read(read).rows_size(), 0);
  Write(PutA("p", 1, 43));
  page = Read(read);
  ASSERT_EQ(page.rows_size(), 1);
  EXPECT_EQ(page.rows(0).values(2).int_value(), 43);
}

TEST_F(TableChangeServiceTest, SchemaVersionsOfBeforeAreRefusedWithThePresent) {
  v1::AlterTableRequest request = Change();
  request.set_schema_version(1);
  *request.add_add_columns() = Regular("c", v1::COLUMN_TYPE_INT);
  ASSERT_TRUE(Alter(request).ok());
  *request.mutable_add_columns(0) = Regular("d", v1::COLUMN_TYPE_INT);
  const grpc::Status status = Alter(request);
  EXPECT_EQ(ErrorOf(status).code, StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ErrorOf(status).reason, "SCHEMA_CHANGED");
  EXPECT_EQ(ErrorOf(status).field, "schema_version");
  EXPECT_EQ(MetadataOf(status)["schema_version"], "2");
  EXPECT_THAT(Names(Table()), ElementsAre("pk", "ck", "s", "a", "b", "c"));
}

TEST_F(TableChangeServiceTest, OfTwoWhoRaceOneWins) {
  for (uint32_t version = 1; version <= 50; ++version) {
    std::atomic<int> won{0}, refused{0};
    const auto race = [&](const std::string& name) {
      v1::AlterTableRequest request = Change();
      request.set_schema_version(version);
      *request.add_add_columns() = Regular(name, v1::COLUMN_TYPE_INT);
      const grpc::Status status = Alter(request);
      if (status.ok()) ++won;
      if (ErrorOf(status).reason == "SCHEMA_CHANGED") ++refused;
    };
    std::thread one(race, "one_" + std::to_string(version));
    std::thread two(race, "two_" + std::to_string(version));
    one.join();
    two.join();
    ASSERT_EQ(won, 1);
    ASSERT_EQ(refused, 1);
  }
  EXPECT_EQ(Table().columns_size(), 5 + 50);
}

TEST_F(TableChangeServiceTest, BadChangesNameTheFieldAndChangeNothing) {
  const std::string before = Table().SerializeAsString();
  struct Case {
    std::function<void(v1::AlterTableRequest*)> fill;
    std::string reason, field;
  };
  const auto rename = [](v1::AlterTableRequest* r, const char* from,
                         const char* to) {
    auto* one = r->add_rename_columns();
    one->set_from(from);
    one->set_to(to);
  };
  const Case cases[] = {
      {[](auto*) {}, "EMPTY_CHANGE", ""},
      {[](auto* r) { r->mutable_options(); }, "EMPTY_CHANGE", ""},
      {[](auto* r) { r->add_drop_columns("none"); }, "UNKNOWN_COLUMN",
       "drop_columns[0]"},
      {[](auto* r) {
         r->add_drop_columns("a");
         r->add_drop_columns("ck");
       },
       "BAD_COLUMN", "drop_columns[1]"},
      {[&](auto* r) { rename(r, "none", "x"); }, "UNKNOWN_COLUMN",
       "rename_columns"},
      {[&](auto* r) {
         rename(r, "a", "x");
         rename(r, "a", "y");
       },
       "COLUMN_TWICE", "rename_columns[1]"},
      {[&](auto* r) { rename(r, "a", "b"); }, "BAD_SCHEMA", "name"},
      {[](auto* r) {
         *r->add_add_columns() =
             ColumnOf("x", v1::COLUMN_TYPE_INT, v1::COLUMN_ROLE_CLUSTERING);
       },
       "BAD_COLUMN", "add_columns[0]"},
      {[](auto* r) { r->add_add_columns()->set_name("x"); }, "BAD_COLUMN",
       "add_columns[0].type"},
      {[](auto* r) { r->mutable_options()->set_partitions(32); }, "BAD_OPTION",
       "options.partitions"},
      {[](auto* r) { r->mutable_options()->set_default_ttl_s(-1); },
       "BAD_OPTION", "options.default_ttl_s"},
  };
  for (const Case& one : cases) {
    v1::AlterTableRequest request = Change();
    one.fill(&request);
    SCOPED_TRACE(request.DebugString());
    const CallError error = AlterError(request);
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT) << error.message;
    EXPECT_EQ(error.reason, one.reason);
    EXPECT_EQ(error.field, one.field);
  }
  v1::AlterTableRequest request = Change();
  request.set_name("none");
  request.add_drop_columns("a");
  EXPECT_EQ(AlterError(request).code, StatusCode::NOT_FOUND);
  EXPECT_EQ(Table().SerializeAsString(), before);
}

TEST_F(TableChangeServiceTest, PageTokenOutlivesAnAlteration) {
  for (int64_t row = 0; row < 3; ++row) Write(PutA("p", row, row));
  v1::ReadRequest read = ReadWideRow("p");
  read.set_page_rows(1);
  read.set_page_token(Read(read).next_page_token());
  v1::AlterTableRequest request = Change();
  *request.add_add_columns() = Regular("c", v1::COLUMN_TYPE_INT);
  request.add_drop_columns("b");
  ASSERT_TRUE(Alter(request).ok());
  const v1::ReadResponse page = Read(read);
  ASSERT_EQ(page.rows_size(), 1);
  EXPECT_EQ(page.rows(0).values(1).int_value(), 1);
}

TEST_F(TableChangeServiceTest, TruncatedTableKeepsHandleAndPageTokens) {
  for (int64_t row = 0; row < 3; ++row) Write(PutA("p", row, row));
  v1::ReadRequest read = ReadWideRow("p");
  read.set_page_rows(1);
  read.set_page_token(Read(read).next_page_token());
  const v1::Table before = Table();
  const grpc::Status status = Truncate();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Table().handle(), before.handle());
  EXPECT_EQ(Table().schema_version(), before.schema_version() + 1);
  EXPECT_EQ(Read(read).rows_size(), 0);
  v1::WriteRequest write = PutA("p", 7, 7);
  write.mutable_table()->set_handle(before.handle());
  Write(write);
  EXPECT_EQ(Read(ReadWideRow("p")).rows_size(), 1);
  EXPECT_EQ(Read(read).rows_size(), 1);  // row 7 lies behind the token's row
}

TEST_F(TableChangeServiceTest,
       RequestThatMeetsNoTableInTheEngineCanBeRepeated) {
  ASSERT_TRUE(node_.engine.DropTable(TableId{1}).ok());
  v1::WriteResponse response;
  const CallError error = ErrorOf(Ask(node_.data.get(), &v1::Data::Stub::Write,
                                      PutA("p", 1, 1), &response));
  EXPECT_EQ(error.code, StatusCode::NOT_FOUND);
  EXPECT_EQ(error.reason, "TABLE_REPLACED");
  EXPECT_TRUE(error.retry_info);
}

TEST_F(TableChangeServiceTest, TruncatingNothingIsNotFound) {
  v1::DropTableRequest drop;
  drop.set_keyspace("ks");
  drop.set_name("t");
  v1::DropTableResponse dropped;
  ASSERT_TRUE(Ask(node_.schema.get(), &Stub::DropTable, drop, &dropped).ok());
  const CallError error = ErrorOf(Truncate());
  EXPECT_EQ(error.code, StatusCode::NOT_FOUND);
  EXPECT_EQ(error.field, "name");
}

class SnapshotServiceTest : public TableChangeServiceTest {
 protected:
  std::string SnapshotOfTruncation(bool no_snapshot) {
    v1::TruncateTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.set_no_snapshot(no_snapshot);
    v1::TruncateTableResponse response;
    EXPECT_TRUE(
        Ask(node_.schema.get(), &Stub::TruncateTable, request, &response).ok());
    return response.snapshot();
  }
  std::string SnapshotOfDrop() {
    v1::DropTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::DropTableResponse response;
    EXPECT_TRUE(
        Ask(node_.schema.get(), &Stub::DropTable, request, &response).ok());
    return response.snapshot();
  }
  grpc::Status Create(const std::string& table, const std::string& name,
                      v1::Snapshot* snapshot) {
    v1::CreateSnapshotRequest request;
    request.set_keyspace("ks");
    request.set_table(table);
    request.set_name(name);
    return Ask(node_.admin.get(), &v1::Admin::Stub::CreateSnapshot, request,
               snapshot);
  }
  grpc::Status DropSnapshot(const std::string& name) {
    v1::DropSnapshotRequest request;
    request.set_name(name);
    v1::DropSnapshotResponse response;
    return Ask(node_.admin.get(), &v1::Admin::Stub::DropSnapshot, request,
               &response);
  }
  grpc::Status Restore(const std::string& snapshot, const std::string& name,
                       v1::Table* table = nullptr) {
    v1::RestoreTableRequest request;
    request.set_snapshot(snapshot);
    request.set_name(name);
    v1::RestoreTableResponse response;
    const grpc::Status status =
        Ask(node_.schema.get(), &Stub::RestoreTable, request, &response);
    if (table != nullptr) *table = response.table();
    return status;
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    v1::ListSnapshotsRequest list;
    list.set_page_size(2);
    do {
      v1::ListSnapshotsResponse page;
      EXPECT_TRUE(
          Ask(node_.admin.get(), &v1::Admin::Stub::ListSnapshots, list, &page)
              .ok());
      for (const auto& one : page.snapshots()) names.push_back(one.name());
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    return names;
  }
};

TEST_F(SnapshotServiceTest, RowsThatGoAreKeptUnlessTold) {
  const std::string seconds = std::to_string(node_.clock.WallSeconds());
  EXPECT_EQ(SnapshotOfTruncation(false), "truncated-ks.t-" + seconds);
  EXPECT_EQ(SnapshotOfTruncation(true), "");
  EXPECT_EQ(SnapshotOfTruncation(false), "truncated-ks.t-" + seconds + "-2");
  EXPECT_EQ(SnapshotOfDrop(), "dropped-ks.t-" + seconds);
  EXPECT_THAT(Names(), ElementsAre("dropped-ks.t-" + seconds,
                                   "truncated-ks.t-" + seconds,
                                   "truncated-ks.t-" + seconds + "-2"));
}

TEST_F(SnapshotServiceTest, SnapshotsAreMadeRestoredAndDropped) {
  v1::Snapshot mine;
  ASSERT_TRUE(Create("t", "mine", &mine).ok());
  EXPECT_EQ(mine.name(), "mine");
  EXPECT_EQ(mine.keyspace(), "ks");
  EXPECT_EQ(mine.table(), "t");
  EXPECT_EQ(mine.created_at_us(), node_.clock.WallMicros());
  EXPECT_EQ(ErrorOf(Create("t", "mine", &mine)).code,
            StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(ErrorOf(Restore("mine", "")).code, StatusCode::ALREADY_EXISTS);
  v1::Table twin;
  ASSERT_TRUE(Restore("mine", "twin", &twin).ok());
  EXPECT_EQ(twin.name(), "twin");
  EXPECT_EQ(twin.schema_version(), 1u);
  EXPECT_NE(twin.handle(), Table().handle());
  ASSERT_TRUE(DropSnapshot("mine").ok());
  for (const grpc::Status& status :
       {DropSnapshot("mine"), Restore("mine", "another")}) {
    EXPECT_EQ(ErrorOf(status).code, StatusCode::NOT_FOUND);
    EXPECT_EQ(ErrorOf(status).reason, "UNKNOWN_SNAPSHOT");
  }
}

// The table is still there; what was kept of it is not forgotten.
TEST_F(SnapshotServiceTest, ErrorBehindASnapshotNamesIt) {
  node_.files.FailNext(FileOp::kWrite, "catalogue", 1,
                       absl::ResourceExhaustedError("no space"));
  v1::DropTableRequest request;
  request.set_keyspace("ks");
  request.set_name("t");
  v1::DropTableResponse response;
  const grpc::Status status =
      Ask(node_.schema.get(), &Stub::DropTable, request, &response);
  EXPECT_EQ(ErrorOf(status).code, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ErrorOf(status).reason, "DISK_FULL");
  EXPECT_TRUE(ErrorOf(status).retry_info);
  EXPECT_THAT(ErrorOf(status).message, Not(HasSubstr("catalogue")));
  EXPECT_THAT(Names(), ElementsAre(MetadataOf(status)["snapshot"]));
  EXPECT_EQ(Table().name(), "t");
}

TEST_F(SnapshotServiceTest, SnapshotThatCanNotBeReadIsNotUnknown) {
  v1::Snapshot mine;
  ASSERT_TRUE(Create("t", "mine", &mine).ok());
  for (const char* copy : {"", ".copy"}) {
    node_.files.Corrupt(
        std::string("node/snapshots/mine/snapshot").append(copy), 30, "?");
  }
  const CallError error = ErrorOf(Restore("mine", "twin"));
  EXPECT_EQ(error.code, StatusCode::DATA_LOSS) << error.message;
  EXPECT_EQ(error.reason, "DATA_LOSS");
}

TEST_F(SnapshotServiceTest, SnapshotsOfNoTableAreRefused) {
  v1::Snapshot snapshot;
  EXPECT_EQ(ErrorOf(Create("none", "", &snapshot)).reason, "UNKNOWN_TABLE");
  EXPECT_EQ(ErrorOf(Create("t", "../up", &snapshot)).code,
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace rowan
