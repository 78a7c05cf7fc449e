// SPDX-License-Identifier: Apache-2.0
// Operations on lists that read before they write, over a real channel.

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "partitioner/murmur3.h"
#include "storage/model/key_codec.h"
#include "storage/model/mutation.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Ints = std::vector<int64_t>;

v1::Value List(const Ints& elements) {
  v1::Value value;
  value.mutable_list_value();
  for (const int64_t element : elements) {
    *value.mutable_list_value()->add_values() = Int(element);
  }
  return value;
}

v1::UpdateElements Named(const char* column) {
  v1::UpdateElements update;
  update.set_column(column);
  return update;
}
v1::UpdateElements SetAt(uint32_t index, int64_t value,
                         const char* column = "l") {
  v1::UpdateElements update = Named(column);
  update.mutable_set_at()->set_index(index);
  *update.mutable_set_at()->mutable_value() = Int(value);
  return update;
}
v1::UpdateElements DeleteAt(uint32_t index, const char* column = "l") {
  v1::UpdateElements update = Named(column);
  update.set_delete_at(index);
  return update;
}
v1::UpdateElements Remove(const Ints& values, const char* column = "l") {
  v1::UpdateElements update = Named(column);
  *update.mutable_remove() = List(values);
  return update;
}
v1::UpdateElements Append(const Ints& values, const char* column = "l") {
  v1::UpdateElements update = Named(column);
  *update.mutable_add() = List(values);
  return update;
}

class ListOperationTest : public testing::Test {
 protected:
  // ks.t: pk text, ck int, static sl list<int>, l list<int>, m list<int>,
  // s set<int>, lt list<frozen<tuple<int, int>>>.
  void SetUp() override {
    node_.CreateKeyspace();
    node_.MustCreateTable(
        TableOf("t", {CqlColumn("pk", "text", v1::COLUMN_ROLE_PARTITION_KEY),
                      CqlColumn("ck", "int", v1::COLUMN_ROLE_CLUSTERING),
                      CqlColumn("sl", "list<int>", v1::COLUMN_ROLE_STATIC),
                      CqlColumn("l", "list<int>", v1::COLUMN_ROLE_REGULAR),
                      CqlColumn("m", "list<int>", v1::COLUMN_ROLE_REGULAR),
                      CqlColumn("s", "set<int>", v1::COLUMN_ROLE_REGULAR),
                      CqlColumn("lt", "list<frozen<tuple<int, int>>>",
                                v1::COLUMN_ROLE_REGULAR)}));
  }

  // Of row `ck`; static columns without.
  static v1::Change ChangeOf(v1::UpdateElements update, int64_t ck = 1) {
    if (update.column() != "sl") {
      *update.mutable_clustering() = KeyOf({Int(ck)});
    }
    v1::Change change;
    *change.mutable_update_elements() = std::move(update);
    return change;
  }
  static v1::WriteRequest RequestOf(std::vector<v1::Change> changes,
                                    std::string_view pk = "k") {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Text(pk)});
    for (v1::Change& change : changes) {
      *request.add_changes() = std::move(change);
    }
    return request;
  }
  // Names a column to go, and one to come, or "".
  void Alter(const std::string& drop, const std::string& add) {
    v1::AlterTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    if (!drop.empty()) request.add_drop_columns(drop);
    if (!add.empty()) {
      *request.add_add_columns() =
          CqlColumn(add, "list<int>", v1::COLUMN_ROLE_REGULAR);
    }
    v1::AlterTableResponse response;
    ASSERT_TRUE(Ask(node_.schema.get(), &v1::Schema::Stub::AlterTable, request,
                    &response)
                    .ok());
  }
  CallError Try(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    grpc::ClientContext context;
    context.set_deadline(gpr_time_from_hours(1, GPR_TIMESPAN));
    return ErrorOf(node_.data->Write(&context, request, &response));
  }
  CallError Try(const v1::UpdateElements& update, std::string_view pk = "k") {
    return Try(RequestOf({ChangeOf(update)}, pk));
  }
  void Must(const v1::WriteRequest& request) {
    const CallError error = Try(request);
    EXPECT_EQ(error.code, StatusCode::OK) << error.message;
  }
  void Must(const v1::UpdateElements& update, std::string_view pk = "k") {
    Must(RequestOf({ChangeOf(update)}, pk));
  }
  // These bytes as elements of the list in row 1, straight into the engine.
  void Store(const std::vector<std::string>& elements,
             const std::string& column) {
    v1::GetTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::Table table;
    ASSERT_TRUE(
        Ask(node_.schema.get(), &v1::Schema::Stub::GetTable, request, &table)
            .ok());
    const auto schema = node_.engine.FindTable(TableId{table.handle()});
    ASSERT_NE(schema, nullptr);
    const std::string ck("\0\0\0\1", 4);
    const std::string_view component = ck;
    Mutation mutation;
    mutation.table = schema->id;
    mutation.token = TokenOfKey("k");
    mutation.partition_key = "k";
    RowChange& change = mutation.rows.emplace_back();
    change.position =
        mutation.Keep(EncodeClustering(*schema, {&component, 1}).value());
    for (size_t i = 0; i < elements.size(); ++i) {
      std::string path(16, static_cast<char>(i));
      change.row.cells.push_back({.column = schema->FindColumn(column)->id,
                                  .timestamp = 1,
                                  .value = elements[i],
                                  .path = mutation.Keep(std::move(path))});
    }
    absl::Status stored = absl::UnknownError("no answer");
    node_.engine.Write(mutation,
                       [&](const absl::Status& status) { stored = status; });
    EXPECT_TRUE(stored.ok()) << stored;
  }
  // The list in row `ck`, or of the static row.
  Ints Get(const std::string& column = "l", std::string_view pk = "k",
           int64_t ck = 1) {
    v1::ReadRequest request = ReadWideRow(pk);
    request.add_columns(column);
    if (column != "sl") {
      *request.add_slices()->mutable_prefix() = KeyOf({Int(ck)});
    }
    v1::ReadResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &v1::Data::Stub::Read, request, &response).ok());
    Ints elements;
    if (response.rows_size() == 0) return elements;
    for (const v1::Value& value :
         response.rows(0).values(2).list_value().values()) {
      elements.push_back(value.int_value());
    }
    return elements;
  }

  ServiceNode node_;
};

TEST_F(ListOperationTest, ElementsAreReplacedAndRemovedByIndex) {
  Must(Append({10, 11, 12, 13}));
  Must(SetAt(1, 21));
  EXPECT_THAT(Get(), ElementsAre(10, 21, 12, 13));
  Must(DeleteAt(0));
  EXPECT_THAT(Get(), ElementsAre(21, 12, 13));
  Must(SetAt(2, 23));
  Must(DeleteAt(1));
  EXPECT_THAT(Get(), ElementsAre(21, 23));
}

TEST_F(ListOperationTest, AllEqualElementsAreRemoved) {
  Must(Append({1, 2, 1, 3, 2, 1}));
  Must(Remove({1, 3, 99}));
  EXPECT_THAT(Get(), ElementsAre(2, 2));
  Must(Remove({1}));
  EXPECT_THAT(Get(), ElementsAre(2, 2));
  Must(Remove({2}));
  EXPECT_THAT(Get(), IsEmpty());
}

TEST_F(ListOperationTest, StaticListsHaveOperationsToo) {
  Must(Append({1, 2, 3}, "sl"));
  // The static row comes with each of these.
  for (int64_t ck = 1; ck <= 3; ++ck) {
    Must(RequestOf({ChangeOf(Append({ck}), ck)}));
  }
  Must(RequestOf({ChangeOf(SetAt(0, 9, "sl")), ChangeOf(Remove({1}), 1),
                  ChangeOf(Remove({2}), 2), ChangeOf(DeleteAt(2, "sl"))}));
  EXPECT_THAT(Get("sl"), ElementsAre(9, 2));
  EXPECT_THAT(Get("l", "k", 2), IsEmpty());
  EXPECT_EQ(Try(DeleteAt(2, "sl")).reason, "INDEX_OUT_OF_RANGE");
}

TEST_F(ListOperationTest, MissingIndexIsRefusedWithTheLength) {
  const CallError empty = Try(DeleteAt(0));
  EXPECT_EQ(empty.code, StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(empty.reason, "INDEX_OUT_OF_RANGE");
  EXPECT_THAT(empty.message, HasSubstr("has 0 elements, none at index 0"));
  Must(Append({1, 2}));
  const CallError behind = Try(SetAt(2, 5));
  EXPECT_EQ(behind.reason, "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(behind.field, "changes[0].update_elements.set_at.index");
  EXPECT_THAT(behind.message, HasSubstr("has 2 elements, none at index 2"));
  // With it goes all that the write brings.
  EXPECT_EQ(
      Try(RequestOf({ChangeOf(Append({7}, "m")), ChangeOf(DeleteAt(4))})).field,
      "changes[1].update_elements.delete_at");
  EXPECT_THAT(Get("m"), IsEmpty());
  EXPECT_THAT(Get(), ElementsAre(1, 2));
}

TEST_F(ListOperationTest, IndexesOfOneWriteAreOfTheListBeforeIt) {
  Must(Append({10, 11, 12, 13, 14}));
  Must(RequestOf({ChangeOf(DeleteAt(0)), ChangeOf(SetAt(1, 21)),
                  ChangeOf(Append({15})), ChangeOf(Remove({13, 15})),
                  ChangeOf(Remove({14}))}));
  EXPECT_THAT(Get(), ElementsAre(21, 12, 15));
}

TEST_F(ListOperationTest, AnElementTakesTheTtlOfWhatReplacesIt) {
  Must(Append({1, 2, 3}));
  v1::UpdateElements set = SetAt(1, 22);
  set.set_ttl_s(2);
  Must(set);
  EXPECT_THAT(Get(), ElementsAre(1, 22, 3));
  node_.clock.AdvanceSeconds(2);
  EXPECT_THAT(Get(), ElementsAre(1, 3));
  Must(SetAt(1, 33));  // what is expired has no index
  EXPECT_THAT(Get(), ElementsAre(1, 33));
}

TEST_F(ListOperationTest, TimestampsOfTheFutureAreOverwritten) {
  v1::WriteRequest ahead = RequestOf({ChangeOf(Append({1, 2, 3}))});
  ahead.set_timestamp_us(node_.clock.WallMicros() + 3'600'000'000);
  Must(ahead);
  Must(SetAt(0, 11));
  Must(DeleteAt(1));
  Must(Remove({3}));
  EXPECT_THAT(Get(), ElementsAre(11));
}

TEST_F(ListOperationTest, TheServerChoosesTheTimestamp) {
  Must(Append({1}));
  v1::WriteRequest request = RequestOf({ChangeOf(DeleteAt(0))});
  request.set_timestamp_us(5);
  CallError error = Try(request);
  EXPECT_EQ(error.reason, "BAD_TIMESTAMP");
  EXPECT_EQ(error.field, "timestamp_us");
  request.clear_timestamp_us();
  request.mutable_changes(0)->set_timestamp_us(5);
  error = Try(request);
  EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error.field, "changes[0].timestamp_us");
  EXPECT_THAT(Get(), ElementsAre(1));
}

TEST_F(ListOperationTest, WhatIsNoOperationIsRefusedBeforeItQueues) {
  const auto refused = [this](const v1::UpdateElements& update) {
    const CallError error = Try(update);
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT) << error.message;
    return error.reason + " " + error.field;
  };
  const std::string at = "changes[0].update_elements";
  v1::UpdateElements bad = SetAt(0, 1);
  *bad.mutable_set_at()->mutable_value() = Text("x");
  EXPECT_EQ(refused(bad), "WRONG_TYPE " + at + ".set_at.value");
  *bad.mutable_set_at()->mutable_value() = Null();
  EXPECT_EQ(refused(bad), "NULL_ELEMENT " + at + ".set_at.value");
  bad.set_ttl_s(-1);
  EXPECT_EQ(refused(bad), "BAD_TTL " + at + ".ttl_s");
  EXPECT_EQ(refused(Remove({})), "EMPTY_CHANGE " + at + ".remove");
  bad = Remove({1});
  *bad.mutable_remove()->mutable_list_value()->add_values() = Text("x");
  EXPECT_EQ(refused(bad), "WRONG_TYPE " + at + ".remove.list_value.values[1]");
  EXPECT_EQ(refused(SetAt(0, 1, "s")), "WRONG_TYPE " + at + ".set_at");
  EXPECT_EQ(refused(DeleteAt(0, "s")), "WRONG_TYPE " + at + ".delete_at");
  v1::WriteRequest keyless = RequestOf({ChangeOf(DeleteAt(0))});
  keyless.mutable_changes(0)->mutable_update_elements()->clear_clustering();
  EXPECT_EQ(Try(keyless).reason, "MISSING_KEY_PART");
}

TEST_F(ListOperationTest, DeadlinesAndErrorsLeaveTheListAndTheQueue) {
  Must(Append({1, 2}));
  node_.engine.FailReads(absl::DataLossError("bad block"));
  EXPECT_EQ(Try(DeleteAt(0)).code, StatusCode::DATA_LOSS);
  node_.engine.FailReads(absl::OkStatus());
  node_.engine.FailWrites(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(Try(DeleteAt(0)).code, StatusCode::RESOURCE_EXHAUSTED);
  node_.engine.FailWrites(absl::OkStatus());
  EXPECT_THAT(Get(), ElementsAre(1, 2));
  Must(DeleteAt(0));
  EXPECT_THAT(Get(), ElementsAre(2));
  node_.engine.EndPagesEarly(EndReason::kTime);
  node_.engine.BeforeNextRead([this] { node_.clock.AdvanceSeconds(2 * 3600); });
  const CallError late = Try(DeleteAt(0));
  EXPECT_EQ(late.code, StatusCode::ABORTED);
  EXPECT_THAT(late.message, HasSubstr("nothing was written"));
  node_.engine.EndPagesEarly(EndReason::kExhausted);
  EXPECT_THAT(Get(), ElementsAre(2));
}

TEST_F(ListOperationTest, WhatRemovesNothingWritesNothing) {
  Must(Append({1, 2}));
  const uint64_t before = node_.engine.status().writes;
  Must(Remove({3}));
  EXPECT_EQ(node_.engine.status().writes, before);
}

TEST_F(ListOperationTest, NullFieldsAtTheEndMakeNoOtherElement) {
  const auto list_of = [](std::vector<v1::Value> fields) {
    v1::Value list;
    *list.mutable_list_value()->add_values()->mutable_tuple_value() =
        [&fields] {
          v1::ValueList tuple;
          for (v1::Value& field : fields) *tuple.add_values() = field;
          return tuple;
        }();
    return list;
  };
  v1::UpdateElements append = Named("lt"), remove = Named("lt");
  *append.mutable_add() = list_of({Int(1), Null()});
  *remove.mutable_remove() = list_of({Int(1)});
  Must(append);
  Must(remove);
  EXPECT_THAT(Get("lt"), IsEmpty());
  *append.mutable_add() = list_of({Int(1)});
  *remove.mutable_remove() = list_of({Int(1), Null()});
  Must(append);
  EXPECT_THAT(Get("lt"), ElementsAre(0));
  Must(remove);
  EXPECT_THAT(Get("lt"), IsEmpty());
}

// As they were stored before nulls at the end were left out.
TEST_F(ListOperationTest, ElementsStoredWithNullsAtTheEndAreRemovedToo) {
  const std::string one("\0\0\0\4\0\0\0\1", 8);
  const std::string null("\xff\xff\xff\xff");
  Store({one + null, one, one + one}, "lt");
  v1::UpdateElements remove = Named("lt");
  v1::ValueList* const pair = remove.mutable_remove()
                                  ->mutable_list_value()
                                  ->add_values()
                                  ->mutable_tuple_value();
  *pair->add_values() = Int(1);
  EXPECT_EQ(Get("lt").size(), 3u);
  Must(remove);
  EXPECT_EQ(Get("lt").size(), 1u);
}

// What it held can't be read any more, and "no such index" would be wrong.
TEST_F(ListOperationTest, OfAColumnThatGoesMeanwhileIsAskedForAgain) {
  for (const v1::UpdateElements& update : {SetAt(0, 7), Remove({1})}) {
    Must(Append({1}));
    node_.engine.BeforeNextRead([&] { Alter("l", ""); });
    EXPECT_EQ(Try(update).reason, "SCHEMA_CHANGED");
    EXPECT_EQ(Try(update).reason, "UNKNOWN_COLUMN");
    Alter("", "l");
    Must(Append({1}));
    // Another column's going is nobody's concern.
    node_.engine.BeforeNextRead([&] { Alter("m", ""); });
    Must(update);
    Alter("", "m");
  }
}

TEST_F(ListOperationTest, BatchesRefuseThem) {
  for (const v1::UpdateElements& update :
       {SetAt(0, 1), DeleteAt(0), Remove({1})}) {
    v1::BatchWriteRequest batch;
    batch.set_mode(v1::BATCH_MODE_LOGGED);
    *batch.add_writes() = RequestOf({ChangeOf(update)});
    v1::BatchWriteResponse response;
    const CallError error = ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::BatchWrite, batch, &response));
    EXPECT_EQ(error.code, StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(error.reason, "READS_FIRST");
  }
}

TEST_F(ListOperationTest, ConditionalWritesBringThemInTheirBranches) {
  Must(Append({1, 2, 3, 2}));
  v1::CheckAndWriteRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text("k")});
  v1::RowCondition* row = request.add_conditions()->mutable_row();
  *row->mutable_clustering() = KeyOf({Int(1)});
  row->set_exists(true);
  *request.add_success() = ChangeOf(SetAt(0, 11));
  *request.add_success() = ChangeOf(Remove({2}));
  *request.add_failure() = ChangeOf(DeleteAt(9));  // not taken, not refused
  v1::CheckAndWriteResponse response;
  const auto call = [&] {
    return ErrorOf(Ask(node_.data.get(), &v1::Data::Stub::CheckAndWrite,
                       request, &response));
  };
  EXPECT_EQ(call().code, StatusCode::OK);
  EXPECT_TRUE(response.applied());
  EXPECT_THAT(Get(), ElementsAre(11, 3));
  row->set_exists(false);
  const CallError error = call();
  EXPECT_EQ(error.reason, "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(error.field, "failure[0].update_elements.delete_at");
  EXPECT_THAT(Get(), ElementsAre(11, 3));
}

TEST_F(ListOperationTest, BranchThatFindsNothingToDoTellsNoTimestamp) {
  Must(Append({1, 2}));
  v1::CheckAndWriteRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text("k")});
  request.add_conditions()->set_wide_row_exists(true);
  *request.add_success() = ChangeOf(Remove({3}));
  const auto call = [&] {
    v1::CheckAndWriteResponse response;
    EXPECT_TRUE(Ask(node_.data.get(), &v1::Data::Stub::CheckAndWrite, request,
                    &response)
                    .ok());
    EXPECT_TRUE(response.applied());
    return response.timestamp_us();
  };
  const uint64_t before = node_.engine.status().writes;
  EXPECT_EQ(call(), 0);
  EXPECT_EQ(node_.engine.status().writes, before);
  *request.add_success() = ChangeOf(Remove({2}));
  EXPECT_GT(call(), 0);
}

TEST_F(ListOperationTest, WriteThatFindsNothingToDoTellsNoTimestamp) {
  Must(Append({1, 2}));
  const auto timestamp = [&](const v1::UpdateElements& update) {
    v1::WriteResponse response;
    EXPECT_TRUE(Ask(node_.data.get(), &v1::Data::Stub::Write,
                    RequestOf({ChangeOf(update)}, "k"), &response)
                    .ok());
    return response.timestamp_us();
  };
  EXPECT_EQ(timestamp(Remove({3})), 0);
  EXPECT_GT(timestamp(Remove({2})), 0);
}

// One operation and how it ended: the length it was told, or none.
struct Step {
  enum Kind { kSetAt, kDeleteAt, kRemove } kind;
  uint32_t index;
  int64_t value;
  int told_length = -1;

  v1::UpdateElements Update() const {
    switch (kind) {
      case kSetAt:
        return SetAt(index, value);
      case kDeleteAt:
        return DeleteAt(index);
      case kRemove:
        return Remove({value});
    }
    return {};
  }
  // Does the same to `list`; false when it can't have ended as it did.
  bool Follow(Ints* list) const {
    if (kind == kRemove) {
      std::erase(*list, value);
      return told_length == -1;
    }
    if (index >= list->size()) {
      return told_length == static_cast<int>(list->size());
    }
    if (kind == kSetAt) {
      (*list)[index] = value;
    } else {
      list->erase(list->begin() + index);
    }
    return told_length == -1;
  }
};

constexpr size_t kWriters = 3, kEach = 2;
using Steps = std::array<std::array<Step, kEach>, kWriters>;

// Whether the writers' steps, from done[writer] on, can have happened in some
// order with `list` at first and `last` in the end.
bool SomeOrderFits(const Steps& steps, std::array<size_t, kWriters> done,
                   const Ints& list, const Ints& last) {
  bool all = true;
  for (size_t writer = 0; writer < kWriters; ++writer) {
    if (done[writer] == kEach) continue;
    all = false;
    Ints next = list;
    if (!steps[writer][done[writer]].Follow(&next)) continue;
    auto more = done;
    ++more[writer];
    if (SomeOrderFits(steps, more, next, last)) return true;
  }
  return all && list == last;
}

TEST_F(ListOperationTest, WritersOfOneListGoOneBehindTheOther) {
  std::mt19937 random(1);
  for (int round = 0; round < 150; ++round) {
    const std::string key = std::to_string(round);
    const Ints first = {0, 1, 2, 1};
    Must(Append(first), key);
    Steps steps;
    for (auto& writer : steps) {
      for (Step& step : writer) {
        step = {static_cast<Step::Kind>(random() % 3),
                static_cast<uint32_t>(random() % 4),
                static_cast<int64_t>(random() % 4)};
      }
    }
    std::vector<std::thread> threads;
    for (auto& writer : steps) {
      threads.emplace_back([&] {
        for (Step& step : writer) {
          const CallError error = Try(step.Update(), key);
          if (error.code == StatusCode::OK) continue;
          EXPECT_EQ(error.reason, "INDEX_OUT_OF_RANGE") << error.message;
          std::sscanf(error.message.c_str(), "l: the list has %d",
                      &step.told_length);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(SomeOrderFits(steps, {}, first, Get("l", key)))
        << "round " << round << ": " << testing::PrintToString(Get("l", key));
  }
}

}  // namespace
}  // namespace rowan
