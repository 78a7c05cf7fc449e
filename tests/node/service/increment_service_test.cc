// SPDX-License-Identifier: Apache-2.0
// Increments and deletions of what they counted, over a real channel.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using Stub = v1::Data::Stub;

class IncrementServiceTest : public testing::Test {
 protected:
  // ks.t: pk text, ck bigint, static `all counter`, `n counter`.
  void SetUp() override {
    node_.CreateKeyspace();
    node_.MustCreateTable(TableOf(
        "t",
        {ColumnOf("pk", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_PARTITION_KEY),
         ColumnOf("ck", v1::COLUMN_TYPE_BIGINT, v1::COLUMN_ROLE_CLUSTERING),
         ColumnOf("all", v1::COLUMN_TYPE_COUNTER, v1::COLUMN_ROLE_STATIC),
         ColumnOf("n", v1::COLUMN_TYPE_COUNTER, v1::COLUMN_ROLE_REGULAR)}));
  }

  // Adds `delta` to `all` and to `n` of row 1.
  static v1::IncrementRequest Adding(int64_t delta,
                                     const std::string& id = "") {
    v1::IncrementRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    for (const char* column : {"all", "n"}) {
      v1::CounterChange* change = request.add_changes();
      *change->mutable_clustering() = KeyOf({Int(1)});
      change->set_column(column);
      change->set_delta(delta);
    }
    request.set_request_id(id);
    return request;
  }
  v1::IncrementResponse Add(int64_t delta, const std::string& id = "") {
    v1::IncrementResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &Stub::Increment, Adding(delta, id), &response)
            .ok());
    return response;
  }
  std::string RefusalOfAdding(int64_t delta) {
    v1::IncrementResponse response;
    const CallError error = ErrorOf(
        Ask(node_.data.get(), &Stub::Increment, Adding(delta), &response));
    EXPECT_EQ(response.values_size(), 0);
    return error.reason;
  }
  void DropColumn(const std::string& name) {
    v1::AlterTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.add_drop_columns(name);
    v1::AlterTableResponse response;
    EXPECT_TRUE(Ask(node_.schema.get(), &v1::Schema::Stub::AlterTable, request,
                    &response)
                    .ok());
  }
  void DropTable() {
    v1::DropTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.set_no_snapshot(true);
    v1::DropTableResponse response;
    EXPECT_TRUE(Ask(node_.schema.get(), &v1::Schema::Stub::DropTable, request,
                    &response)
                    .ok());
  }
  void ExpectRows(int count) {
    v1::ReadResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &Stub::Read, ReadWideRow("k"), &response).ok());
    EXPECT_EQ(response.rows_size(), count);
  }
  void DeleteWideRow() {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    request.add_changes()->mutable_delete_wide_row();
    v1::WriteResponse response;
    ASSERT_TRUE(Ask(node_.data.get(), &Stub::Write, request, &response).ok());
  }
  void DeleteWideRowIfThere() {
    v1::CheckAndWriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    request.add_conditions()->set_wide_row_exists(true);
    request.add_success()->mutable_delete_wide_row();
    v1::CheckAndWriteResponse response;
    ASSERT_TRUE(
        Ask(node_.data.get(), &Stub::CheckAndWrite, request, &response).ok());
    EXPECT_TRUE(response.applied());
  }

  ServiceNode node_;
};

TEST_F(IncrementServiceTest, RequestIdsOutliveTheDeletionOfTheirWideRow) {
  const std::string first(16, 'a'), second(16, 'b');
  EXPECT_THAT(Add(5, first).values(), ElementsAre(5, 5));
  DeleteWideRow();
  ExpectRows(0);
  v1::IncrementResponse retried = Add(5, first);
  EXPECT_TRUE(retried.already_counted());
  EXPECT_THAT(retried.values(), ElementsAre(0, 0));
  ExpectRows(0);
  EXPECT_THAT(Add(7, second).values(), ElementsAre(7, 7));
  DeleteWideRowIfThere();
  ExpectRows(0);
  for (const std::string& id : {first, second}) {
    EXPECT_TRUE(Add(5, id).already_counted());
  }
  EXPECT_THAT(Add(1).values(), ElementsAre(1, 1));
}

// What it had counted can't be read any more, and 0 would be wrong.
TEST_F(IncrementServiceTest, OfAColumnThatGoesMeanwhileIsAskedForAgain) {
  EXPECT_THAT(Add(5).values(), ElementsAre(5, 5));
  const uint64_t before = node_.engine.status().writes;
  node_.engine.BeforeNextRead([&] { DropColumn("n"); });
  EXPECT_EQ(RefusalOfAdding(7), "SCHEMA_CHANGED");
  EXPECT_EQ(node_.engine.status().writes, before);
  EXPECT_EQ(RefusalOfAdding(7), "UNKNOWN_COLUMN");
}

TEST_F(IncrementServiceTest, OfATableThatGoesMeanwhileIsRefused) {
  EXPECT_THAT(Add(5).values(), ElementsAre(5, 5));
  node_.engine.BeforeNextRead([&] { DropTable(); });
  EXPECT_EQ(RefusalOfAdding(0), "TABLE_REPLACED");
  EXPECT_EQ(RefusalOfAdding(0), "UNKNOWN_TABLE");
}

}  // namespace
}  // namespace rowan
