// SPDX-License-Identifier: Apache-2.0
// How long cells live, with a default TTL of their table and without.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// ks.t without a default, and ks.brief, whose cells live 60 s: partition key
// `pk text`, clustering `ck bigint`, regular `a int`.
class DefaultTtlTest : public testing::Test {
 protected:
  void SetUp() override {
    node_.CreateStandardTable();
    v1::Table table = TableOf(
        "brief",
        {ColumnOf("pk", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_PARTITION_KEY),
         ColumnOf("ck", v1::COLUMN_TYPE_BIGINT, v1::COLUMN_ROLE_CLUSTERING),
         ColumnOf("a", v1::COLUMN_TYPE_INT, v1::COLUMN_ROLE_REGULAR)});
    table.mutable_options()->set_default_ttl_s(60);
    node_.MustCreateTable(table);
  }

  // Row (k, 1) of ks.brief gets a = 5.
  static v1::WriteRequest PutBrief() {
    v1::WriteRequest write = PutA("k", 1, 5);
    write.mutable_table()->set_name("ks.brief");
    return write;
  }
  static v1::WriteRequest PutBrief(int64_t ttl_s) {
    v1::WriteRequest write = PutBrief();
    write.mutable_changes(0)->mutable_upsert()->set_ttl_s(ttl_s);
    return write;
  }
  void MustWrite(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    const grpc::Status status =
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  // The wide row k: of each row "ck a", "-" for no value, and what is left of
  // the cell's life, if that ends.
  std::vector<std::string> Rows(const std::string& table) {
    v1::ReadRequest read = ReadWideRow("k");
    read.mutable_table()->set_name(table);
    read.add_columns("a");
    read.set_cell_info(true);
    v1::ReadResponse response;
    const grpc::Status status =
        Ask(node_.data.get(), &v1::Data::Stub::Read, read, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> rows;
    for (const v1::Row& row : response.rows()) {
      std::string line = std::to_string(row.values(1).int_value()) + " ";
      line += row.values(2).has_null_value()
                  ? "-"
                  : std::to_string(row.values(2).int_value());
      if (row.cells_size() == 3 && row.cells(2).has_ttl_s()) {
        line += " for " + std::to_string(row.cells(2).ttl_s()) + " s";
      }
      rows.push_back(line);
    }
    return rows;
  }

  ServiceNode node_;
};

TEST_F(DefaultTtlTest, EndsARowWhoseWriteSaysNothing) {
  MustWrite(PutBrief());
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5 for 60 s"));
  node_.clock.AdvanceSeconds(59);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5 for 1 s"));
  node_.clock.AdvanceSeconds(1);
  EXPECT_THAT(Rows("ks.brief"), IsEmpty());
}

TEST_F(DefaultTtlTest, ZeroInTheWriteIsForEver) {
  MustWrite(PutBrief(0));
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5"));
  node_.clock.AdvanceSeconds(60);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5"));
  node_.clock.AdvanceSeconds(365 * 24 * 3600);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5"));
}

TEST_F(DefaultTtlTest, ShorterInTheWriteComesFirst) {
  MustWrite(PutBrief(10));
  node_.clock.AdvanceSeconds(9);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5 for 1 s"));
  node_.clock.AdvanceSeconds(1);
  EXPECT_THAT(Rows("ks.brief"), IsEmpty());
}

TEST_F(DefaultTtlTest, LongerInTheWriteComesFirst) {
  MustWrite(PutBrief(100));
  node_.clock.AdvanceSeconds(99);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5 for 1 s"));
  node_.clock.AdvanceSeconds(1);
  EXPECT_THAT(Rows("ks.brief"), IsEmpty());
}

// Seconds are 32 bits wide: a sum that wraps would end the row at once.
TEST_F(DefaultTtlTest, NothingLivesBeyondTheLastSecond) {
  constexpr int64_t kLastS{kExpiryMaxS};
  node_.clock.SetWallMicros((kLastS - 60) * 1'000'000);
  const auto write = [this](v1::WriteRequest request) {
    request.set_timestamp_us(1);
    v1::WriteResponse response;
    return ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response));
  };
  EXPECT_EQ(write(PutBrief(61)).reason, "BAD_TTL");
  EXPECT_THAT(Rows("ks.brief"), IsEmpty());
  EXPECT_EQ(write(PutBrief(60)).code, grpc::StatusCode::OK);
  EXPECT_THAT(Rows("ks.brief"), ElementsAre("1 5 for 60 s"));
  EXPECT_EQ(write(PutBrief()).code, grpc::StatusCode::OK);
  node_.clock.AdvanceSeconds(1);
  const CallError error = write(PutBrief());
  EXPECT_EQ(error.reason, "BAD_TTL");
  EXPECT_EQ(error.field, "changes[0].upsert.ttl_s");
  EXPECT_EQ(write(PutBrief(0)).code, grpc::StatusCode::OK);
}

TEST_F(DefaultTtlTest, HoldsForNoOtherTable) {
  MustWrite(PutA("k", 1, 5));
  MustWrite(PutBrief());
  node_.clock.AdvanceSeconds(60);
  EXPECT_THAT(Rows("ks.t"), ElementsAre("1 5"));
  EXPECT_THAT(Rows("ks.brief"), IsEmpty());
}

}  // namespace
}  // namespace rowan
