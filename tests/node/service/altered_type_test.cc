// SPDX-License-Identifier: Apache-2.0
// What is under way while a user type gets a field, or a table loses a column.
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;

// More of them than a client's window takes while it doesn't read.
constexpr int kRows = 100;
constexpr size_t kRowBytes = 64 << 10;

class AlteredTypeTest : public testing::Test {
 protected:
  // The type "u", one text; ks.t with a bigint, a clustering column `c` of
  // `clustering`, and regular columns that hold u.
  void MakeTable(const std::string& clustering) {
    node_.CreateKeyspace();
    node_.CreateType("u", {{"a", "text"}});
    node_.MustCreateTable(TableOf(
        "t", {CqlColumn("k", "text", v1::COLUMN_ROLE_PARTITION_KEY),
              CqlColumn("n", "bigint", v1::COLUMN_ROLE_CLUSTERING),
              CqlColumn("c", clustering, v1::COLUMN_ROLE_CLUSTERING),
              CqlColumn("frozen", "frozen<u>", v1::COLUMN_ROLE_REGULAR),
              CqlColumn("loose", "u", v1::COLUMN_ROLE_REGULAR),
              CqlColumn("keys", "set<frozen<u>>", v1::COLUMN_ROLE_REGULAR),
              CqlColumn("deep", "set<frozen<list<frozen<u>>>>",
                        v1::COLUMN_ROLE_REGULAR)}));
  }

  void AddField() {
    v1::AlterTypeRequest request;
    request.set_keyspace("ks");
    request.set_name("u");
    request.add_add_fields()->set_name("b");
    request.mutable_add_fields(0)->set_cql_type("text");
    v1::AlterTypeResponse response;
    ASSERT_TRUE(Ask(node_.schema.get(), &v1::Schema::Stub::AlterType, request,
                    &response)
                    .ok());
  }

  void DropColumn(const std::string& name) {
    v1::AlterTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.add_drop_columns(name);
    v1::AlterTableResponse response;
    ASSERT_TRUE(Ask(node_.schema.get(), &v1::Schema::Stub::AlterTable, request,
                    &response)
                    .ok());
  }

  static v1::Value User(const std::vector<std::string>& fields) {
    v1::Value value;
    for (const std::string& field : fields) {
      *value.mutable_udt_value()->add_values() = Text(field);
    }
    return value;
  }

  CallError Put(int n, const v1::Value& c, const v1::Value& user) {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    v1::Change* change = request.add_changes();
    v1::Upsert* upsert = change->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({Int(n), c});
    for (const char* column : {"frozen", "loose"}) {
      upsert->add_columns(column);
      *upsert->add_values() = user;
    }
    // A key is short.
    if (user.ByteSizeLong() < 100) {
      upsert->add_columns("keys");
      *upsert->add_values()->mutable_set_value()->add_values() = user;
    }
    v1::WriteResponse response;
    return ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response));
  }

  // Row (1, `c`) gets a list of `user` as an element of `deep`: within it
  // nobody knows where a new field ends who doesn't know it.
  void PutDeep(const v1::Value& c, const v1::Value& user) {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    v1::Upsert* upsert = request.add_changes()->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({Int(1), c});
    upsert->add_columns("deep");
    *upsert->add_values()->mutable_set_value()->add_values() = List({user});
    v1::WriteResponse response;
    const CallError put = ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response));
    EXPECT_EQ(put.code, StatusCode::OK) << put.message;
  }

  // Row (1, `c`) has `column` = `expected` -> `loose` = `next`.
  static v1::CheckAndWriteRequest Swap(const v1::Value& c,
                                       const std::string& column,
                                       const v1::Value& expected,
                                       const v1::Value& next) {
    v1::CheckAndWriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text("k")});
    v1::RowCondition* row = request.add_conditions()->mutable_row();
    *row->mutable_clustering() = KeyOf({Int(1), c});
    v1::Predicate* predicate = row->add_predicates();
    predicate->set_column(column);
    predicate->set_op(v1::OPERATOR_EQUAL);
    *predicate->mutable_value() = expected;
    v1::Upsert* upsert = request.add_success()->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({Int(1), c});
    upsert->add_columns("loose");
    *upsert->add_values() = next;
    return request;
  }
  CallError Try(const v1::CheckAndWriteRequest& request,
                v1::CheckAndWriteResponse* response) {
    return ErrorOf(Ask(node_.data.get(), &v1::Data::Stub::CheckAndWrite,
                       request, response));
  }
  // Of wide row k, twice.
  v1::BatchReadResponse ReadTwice() {
    v1::BatchReadRequest request;
    *request.add_reads() = ReadWideRow("k");
    *request.add_reads() = ReadWideRow("k");
    v1::BatchReadResponse response;
    const CallError error = ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::BatchRead, request, &response));
    EXPECT_EQ(error.code, StatusCode::OK) << error.message;
    EXPECT_EQ(response.results_size(), 2);
    return response;
  }

  // Streams rows 1..kRows; after the first one the type gets its field, and the
  // last row is written with it. *last is that row, if it came.
  CallError StreamAround(const v1::Value& last_c, v1::ReadRequest read,
                         v1::Row* last) {
    for (int n = 1; n < kRows; ++n) {
      const CallError put =
          Put(n, last_c.has_list_value() ? v1::Value(List({})) : User({"c"}),
              User({std::string(kRowBytes, 'x')}));
      EXPECT_EQ(put.code, StatusCode::OK) << put.message;
    }
    read.mutable_table()->set_name("ks.t");
    *read.mutable_partition_key() = KeyOf({Text("k")});
    read.set_page_rows(1);
    grpc::ClientContext context;
    auto stream = node_.data->ReadStream(&context, read);
    v1::ReadResponse page;
    EXPECT_TRUE(stream->Read(&page));
    AddField();
    const CallError put = Put(kRows, last_c, User({"a", "b"}));
    EXPECT_EQ(put.code, StatusCode::OK) << put.message;
    while (stream->Read(&page)) {
      if (page.rows_size() > 0) *last = page.rows(0);
    }
    return ErrorOf(stream->Finish());
  }
  static v1::Value List(const std::vector<v1::Value>& elements) {
    v1::Value value;
    value.mutable_list_value();
    for (const v1::Value& element : elements) {
      *value.mutable_list_value()->add_values() = element;
    }
    return value;
  }
  static std::vector<std::string> Fields(const v1::Value& user) {
    std::vector<std::string> fields;
    for (const v1::Value& field : user.udt_value().values()) {
      fields.push_back(field.string_value());
    }
    return fields;
  }

  ServiceNode node_;
};

TEST_F(AlteredTypeTest, StreamShowsTheFieldsThatItsTypeHad) {
  MakeTable("frozen<u>");
  v1::ReadRequest read;
  read.set_cell_info(true);
  v1::Row last;
  const CallError error = StreamAround(User({"c", "d"}), read, &last);
  ASSERT_EQ(error.code, StatusCode::OK) << error.message;
  ASSERT_EQ(last.values_size(), 7);
  EXPECT_EQ(last.values(1).int_value(), kRows);
  EXPECT_THAT(Fields(last.values(2)), ElementsAre("c"));
  EXPECT_THAT(Fields(last.values(3)), ElementsAre("a"));
  EXPECT_THAT(Fields(last.values(4)), ElementsAre("a"));
  EXPECT_EQ(last.cells(4).elements_size(), 1);
  EXPECT_THAT(Fields(last.values(5).set_value().values(0)), ElementsAre("a"));
}

TEST_F(AlteredTypeTest, FilterOfAStreamAsksTheFieldsThatItsTypeHad) {
  MakeTable("frozen<u>");
  v1::ReadRequest read;
  v1::Predicate* predicate = read.add_predicates();
  predicate->set_column("frozen");
  predicate->set_op(v1::OPERATOR_LESS);
  *predicate->mutable_value() = User({"z"});
  v1::Row last;
  const CallError error = StreamAround(User({"c", "d"}), read, &last);
  ASSERT_EQ(error.code, StatusCode::OK) << error.message;
  EXPECT_THAT(Fields(last.values(3)), ElementsAre("a"));
}

// Within the list nobody knows where the new field ends who doesn't know it.
TEST_F(AlteredTypeTest, KeyThatCannotBeReadWithoutItsFieldIsAskedForAgain) {
  MakeTable("frozen<list<frozen<u>>>");
  v1::Row last;
  const CallError error =
      StreamAround(List({User({"c", "d"})}), v1::ReadRequest(), &last);
  EXPECT_EQ(error.code, StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(error.reason, "SCHEMA_CHANGED");
}

TEST_F(AlteredTypeTest, ConditionalWriteThatMeetsALaterFieldIsAskedForAgain) {
  MakeTable("frozen<u>");
  const v1::Value c = User({"c"});
  ASSERT_EQ(Put(1, c, User({"a"})).code, StatusCode::OK);
  node_.engine.BeforeNextRead([&] {
    AddField();
    PutDeep(c, User({"a", "b"}));
  });
  v1::CheckAndWriteRequest request =
      Swap(c, "frozen", User({"a"}), User({"z"}));
  v1::CheckAndWriteResponse response;
  const CallError error = Try(request, &response);
  EXPECT_EQ(error.code, StatusCode::FAILED_PRECONDITION) << error.message;
  EXPECT_EQ(error.reason, "SCHEMA_CHANGED") << error.message;
  // Nothing was written, nobody is left in the queue, and it can be asked.
  ASSERT_EQ(Try(request, &response).code, StatusCode::OK);
  EXPECT_TRUE(response.applied());
  ASSERT_EQ(response.current_size(), 1);
  // The field that the type got is null.
  EXPECT_THAT(Fields(response.current(0).values(3)), ElementsAre("a", ""));
  EXPECT_THAT(Fields(response.current(0).values(4)), ElementsAre("a", ""));
}

TEST_F(AlteredTypeTest, ReadOfABatchThatMeetsALaterFieldIsAskedForAgain) {
  MakeTable("frozen<u>");
  const v1::Value c = User({"c"});
  ASSERT_EQ(Put(1, c, User({"a"})).code, StatusCode::OK);
  node_.engine.BeforeNextRead([&] {
    AddField();
    PutDeep(c, User({"a", "b"}));
  });
  const v1::BatchReadResponse response = ReadTwice();
  EXPECT_EQ(response.results(0).error().code(),
            StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(response.results(0).error().reason(), "SCHEMA_CHANGED");
  // The one behind it began with the new field.
  ASSERT_EQ(response.results(1).page().rows_size(), 1);
  EXPECT_EQ(response.results(1).page().rows(0).values(1).int_value(), 1);
}

// Its values can't be read any more, and "is null" would be wrong.
TEST_F(AlteredTypeTest, ConditionOnAColumnThatGoesMeanwhileIsAskedForAgain) {
  MakeTable("frozen<u>");
  const v1::Value c = User({"c"});
  ASSERT_EQ(Put(1, c, User({"a"})).code, StatusCode::OK);
  v1::CheckAndWriteRequest request =
      Swap(c, "frozen", User({"a"}), User({"z"}));
  v1::Predicate* const predicate =
      request.mutable_conditions(0)->mutable_row()->mutable_predicates(0);
  predicate->set_op(v1::OPERATOR_IS_NULL);
  predicate->clear_value();
  node_.engine.BeforeNextRead([&] { DropColumn("frozen"); });
  v1::CheckAndWriteResponse response;
  EXPECT_EQ(Try(request, &response).reason, "SCHEMA_CHANGED");
  EXPECT_EQ(Try(request, &response).reason, "UNKNOWN_COLUMN");
}

// Reads and writes go on while a table is altered.
TEST_F(AlteredTypeTest, ConditionalWriteGoesOnWhenAnotherColumnGoes) {
  MakeTable("frozen<u>");
  const v1::Value c = User({"c"});
  ASSERT_EQ(Put(1, c, User({"a"})).code, StatusCode::OK);
  const v1::CheckAndWriteRequest request =
      Swap(c, "frozen", User({"a"}), User({"z"}));
  node_.engine.BeforeNextRead([&] { DropColumn("keys"); });
  v1::CheckAndWriteResponse response;
  const CallError error = Try(request, &response);
  EXPECT_EQ(error.code, StatusCode::OK) << error.message;
  EXPECT_TRUE(response.applied());
}

TEST_F(AlteredTypeTest, ColumnThatGoesMeanwhileHasNoValueInItsRead) {
  MakeTable("frozen<u>");
  const v1::Value c = User({"c"});
  ASSERT_EQ(Put(1, c, User({"a"})).code, StatusCode::OK);
  node_.engine.BeforeNextRead([&] { DropColumn("keys"); });
  const v1::BatchReadResponse both = ReadTwice();
  ASSERT_EQ(both.results(0).page().rows_size(), 1);
  ASSERT_EQ(both.results(1).page().rows_size(), 1);
  EXPECT_EQ(both.results(0).page().rows(0).values_size(), 7);
  EXPECT_EQ(both.results(1).page().rows(0).values_size(), 6);
  EXPECT_THAT(Fields(both.results(1).page().rows(0).values(4)),
              ElementsAre("a"));
}

TEST_F(AlteredTypeTest, MoreFieldsThanTheTypeHasAreRefusedInAWrite) {
  MakeTable("frozen<u>");
  EXPECT_EQ(Put(1, User({"c"}), User({"a", "b"})).reason, "VALUE_COUNT");
  EXPECT_EQ(Put(1, User({"c", "d"}), User({"a"})).reason, "VALUE_COUNT");
}

}  // namespace
}  // namespace rowan
