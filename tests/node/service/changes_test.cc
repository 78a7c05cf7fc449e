// SPDX-License-Identifier: Apache-2.0
// What changes of all kinds have in common: their queue, their deadlines, and
// what they say when the disk fails.

#include <functional>
#include <latch>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// ks.t, and a snapshot "kept" of it.
class ChangesTest : public testing::Test {
 protected:
  void SetUp() override {
    node_.CreateStandardTable();
    ASSERT_EQ(CreateSnapshot("kept").code, StatusCode::OK);
  }
  absl::Status Post(std::function<void()> task) {
    return node_.changes.Post(
        std::numeric_limits<int64_t>::max(),
        [task = std::move(task)](const absl::Status&) { task(); });
  }
  // Holds the thread of changes until Release.
  void Hold() {
    ASSERT_TRUE(Post([this] { held_.wait(); }).ok());
  }
  void Release() { held_.count_down(); }

  template <typename Stub, typename Request, typename Response>
  CallError Call(Stub* stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*,
                                              const Request&, Response*),
                 const Request& request) {
    grpc::ClientContext context;
    if (deadline_s_ > 0) {
      context.set_deadline(gpr_time_from_seconds(deadline_s_, GPR_TIMESPAN));
    }
    Response response;
    return ErrorOf((stub->*method)(&context, request, &response));
  }
  CallError DropColumn() {
    v1::AlterTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.add_drop_columns("a");
    return Call(node_.schema.get(), &v1::Schema::Stub::AlterTable, request);
  }
  CallError DropTable() {
    v1::DropTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    return Call(node_.schema.get(), &v1::Schema::Stub::DropTable, request);
  }
  CallError CreateSnapshot(const std::string& name) {
    v1::CreateSnapshotRequest request;
    request.set_keyspace("ks");
    request.set_table("t");
    request.set_name(name);
    return Call(node_.admin.get(), &v1::Admin::Stub::CreateSnapshot, request);
  }
  CallError DropSnapshot(const std::string& name) {
    v1::DropSnapshotRequest request;
    request.set_name(name);
    return Call(node_.admin.get(), &v1::Admin::Stub::DropSnapshot, request);
  }
  CallError CreateType() {
    v1::CreateTypeRequest request;
    request.mutable_type()->set_keyspace("ks");
    request.mutable_type()->set_name("u");
    request.mutable_type()->add_fields()->set_name("a");
    request.mutable_type()->mutable_fields(0)->set_cql_type("int");
    return Call(node_.schema.get(), &v1::Schema::Stub::CreateType, request);
  }
  v1::Table Table() {
    v1::GetTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::Table table;
    Ask(node_.schema.get(), &v1::Schema::Stub::GetTable, request, &table);
    return table;
  }
  std::vector<std::string> Snapshots() {
    v1::ListSnapshotsResponse page;
    EXPECT_TRUE(Ask(node_.admin.get(), &v1::Admin::Stub::ListSnapshots,
                    v1::ListSnapshotsRequest(), &page)
                    .ok());
    std::vector<std::string> names;
    for (const auto& one : page.snapshots()) names.push_back(one.name());
    return names;
  }

  ServiceNode node_;
  std::latch held_{1};
  int64_t deadline_s_ = 0;  // of calls; 0: none
};

TEST_F(ChangesTest, FloodOfChangesHoldsUpNobodyElse) {
  Hold();
  v1::WriteResponse written;
  ASSERT_TRUE(
      Ask(node_.data.get(), &v1::Data::Stub::Write, PutA("p", 1, 1), &written)
          .ok());
  std::latch drained(1);
  for (size_t i = 2; i < ChangeQueue::kUnderWayMax; ++i) {
    ASSERT_TRUE(Post([] {}).ok());
  }
  ASSERT_TRUE(Post([&] { drained.count_down(); }).ok());
  for (const CallError& error :
       {DropColumn(), DropTable(), CreateSnapshot("mine"), DropSnapshot("kept"),
        CreateType()}) {
    EXPECT_EQ(error.code, StatusCode::RESOURCE_EXHAUSTED) << error.message;
    EXPECT_EQ(error.reason, "OVERLOADED");
    EXPECT_TRUE(error.retry_info);
  }
  v1::ReadResponse page;
  EXPECT_TRUE(
      Ask(node_.data.get(), &v1::Data::Stub::Read, ReadWideRow("p"), &page)
          .ok());
  EXPECT_EQ(page.rows_size(), 1);
  EXPECT_EQ(Table().name(), "t");
  EXPECT_THAT(Snapshots(), ElementsAre("kept"));
  Release();
  drained.wait();
  EXPECT_EQ(DropColumn().code, StatusCode::OK);
}

// The calls' own patience is an hour, which gRPC rounds up; the node's clock
// leaps over it.
TEST_F(ChangesTest, ChangeThatWaitsBeyondItsDeadlineChangesNothing) {
  Hold();
  deadline_s_ = 3600;
  const std::vector<std::function<CallError()>> changes = {
      [this] { return DropColumn(); }, [this] { return DropTable(); },
      [this] { return CreateSnapshot("mine"); },
      [this] { return DropSnapshot("kept"); }, [this] { return CreateType(); }};
  std::vector<CallError> errors(changes.size());
  std::vector<std::thread> clients;
  for (size_t i = 0; i < changes.size(); ++i) {
    clients.emplace_back([&, i] { errors[i] = changes[i](); });
  }
  while (node_.metrics.in_flight() < static_cast<int64_t>(changes.size())) {
    std::this_thread::yield();
  }
  node_.clock.AdvanceSeconds(2 * 3600);
  Release();
  for (std::thread& client : clients) client.join();
  for (const CallError& error : errors) {
    EXPECT_EQ(error.code, StatusCode::DEADLINE_EXCEEDED) << error.message;
    EXPECT_EQ(error.reason, "DEADLINE_EXCEEDED");
  }
  EXPECT_EQ(Table().columns_size(), 5);
  EXPECT_EQ(Table().schema_version(), 1u);
  EXPECT_THAT(Snapshots(), ElementsAre("kept"));
  EXPECT_EQ(CreateType().code, StatusCode::OK);
}

TEST_F(ChangesTest, FullDiskIsNoLimitAndNoOverload) {
  node_.files.FailNext(FileOp::kWrite, "node/", 1,
                       absl::ResourceExhaustedError("node/x: no space"),
                       /*sticky=*/true);
  for (const CallError& error :
       {DropColumn(), DropTable(), CreateSnapshot("mine"), CreateType()}) {
    EXPECT_EQ(error.code, StatusCode::RESOURCE_EXHAUSTED) << error.message;
    EXPECT_EQ(error.reason, "DISK_FULL");
    EXPECT_TRUE(error.retry_info);
    EXPECT_THAT(error.message, Not(HasSubstr("node/x")));
  }
  node_.files.ClearFaults();
  EXPECT_EQ(DropColumn().code, StatusCode::OK);
}

TEST_F(ChangesTest, UnknownOutcomeIsToldByAllThatItConcerns) {
  const uint32_t handle = Table().handle();
  node_.files.FailNext(FileOp::kSyncDirectory, "node/metadata", 1,
                       absl::DataLossError("EIO"), /*sticky=*/true);
  const CallError unknown = DropColumn();
  EXPECT_EQ(unknown.code, StatusCode::UNKNOWN);
  EXPECT_EQ(unknown.reason, "OUTCOME_UNKNOWN");
  node_.files.ClearFaults();
  const auto write = [this](const v1::WriteRequest& request) {
    return Call(node_.data.get(), &v1::Data::Stub::Write, request);
  };
  v1::WriteRequest by_handle = PutA("p", 1, 1);
  by_handle.mutable_table()->set_handle(handle);
  v1::GetTableRequest get;
  get.set_keyspace("ks");
  get.set_name("t");
  for (const CallError& error :
       {write(PutA("p", 1, 1)), write(by_handle),
        Call(node_.schema.get(), &v1::Schema::Stub::GetTable, get),
        DropColumn(), DropTable(), CreateSnapshot("mine"), CreateType()}) {
    EXPECT_EQ(error.code, StatusCode::FAILED_PRECONDITION) << error.message;
    EXPECT_EQ(error.reason, "OUTCOME_UNKNOWN");
    EXPECT_FALSE(error.retry_info);
    EXPECT_THAT(error.message, HasSubstr("restart the node"));
  }
}

}  // namespace
}  // namespace rowan
