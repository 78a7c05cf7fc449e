// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/check_and_write.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/limits.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using Stub = v1::Data::Stub;

constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;

v1::CheckAndWriteRequest Empty(std::string_view pk) {
  v1::CheckAndWriteRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text(pk)});
  return request;
}

v1::Change SetA(int64_t ck, int64_t a) { return PutA("", ck, a).changes(0); }

v1::Change SetS(std::string_view s) {
  v1::Change change;
  change.mutable_upsert()->add_columns("s");
  *change.mutable_upsert()->add_values() = Text(s);
  return change;
}

// The condition on row `ck`, to which the test adds what is asked.
v1::RowCondition* Row(v1::CheckAndWriteRequest* request, int64_t ck) {
  v1::RowCondition* row = request->add_conditions()->mutable_row();
  *row->mutable_clustering() = KeyOf({Int(ck)});
  return row;
}

void Ask(v1::RowCondition* row, std::string_view column, v1::Operator op,
         const v1::Value& value) {
  v1::Predicate* predicate = row->add_predicates();
  predicate->set_column(column.data(), column.size());
  predicate->set_op(op);
  *predicate->mutable_value() = value;
}

// Row 1 has a = `expected` -> a = `next`.
v1::CheckAndWriteRequest Swap(std::string_view pk, int64_t expected,
                              int64_t next) {
  v1::CheckAndWriteRequest request = Empty(pk);
  Ask(Row(&request, 1), "a", v1::OPERATOR_EQUAL, Int(expected));
  *request.add_success() = SetA(1, next);
  return request;
}

class CheckAndWriteTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateStandardTable(); }

  grpc::Status Try(const v1::CheckAndWriteRequest& request,
                   v1::CheckAndWriteResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(gpr_time_from_hours(1, GPR_TIMESPAN));
    return node_.data->CheckAndWrite(&context, request, response);
  }
  v1::CheckAndWriteResponse Must(const v1::CheckAndWriteRequest& request) {
    v1::CheckAndWriteResponse response;
    const grpc::Status status = Try(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  CallError Error(const v1::CheckAndWriteRequest& request) {
    v1::CheckAndWriteResponse response;
    return ErrorOf(Try(request, &response));
  }
  void Put(const v1::WriteRequest& request) {
    v1::WriteResponse response;
    ASSERT_TRUE(
        rowan::Ask(node_.data.get(), &Stub::Write, request, &response).ok());
  }
  void Put(std::string_view pk, int64_t ck, int64_t a, int64_t timestamp = 0) {
    Put(PutA(pk, ck, a, timestamp));
  }
  // Column `a` of a row, read in the queue; -1 for none.
  int64_t A(std::string_view pk, int64_t ck) {
    v1::ReadRequest request = ReadWideRow(pk);
    *request.add_slices()->mutable_prefix() = KeyOf({Int(ck)});
    request.set_serial(true);
    v1::ReadResponse response;
    EXPECT_TRUE(
        rowan::Ask(node_.data.get(), &Stub::Read, request, &response).ok());
    return response.rows_size() == 0 ? -1
                                     : response.rows(0).values(3).int_value();
  }
  void ExpectBad(const v1::CheckAndWriteRequest& request,
                 const std::string& reason, const std::string& field) {
    const CallError error = Error(request);
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT) << error.message;
    EXPECT_EQ(error.reason, reason) << error.message;
    EXPECT_EQ(error.field, field) << error.message;
  }

  ServiceNode node_;
};

TEST_F(CheckAndWriteTest, WritesWhenTheConditionHolds) {
  Put("k", 1, 5);
  const v1::CheckAndWriteResponse response = Must(Swap("k", 5, 6));
  EXPECT_TRUE(response.applied());
  EXPECT_GT(response.timestamp_us(), 0);
  ASSERT_EQ(response.current_size(), 1);
  // pk, ck, s, a, b, as before.
  ASSERT_EQ(response.current(0).values_size(), 5);
  EXPECT_EQ(response.current(0).values(1).int_value(), 1);
  EXPECT_EQ(response.current(0).values(3).int_value(), 5);
  EXPECT_EQ(response.columns_size(), 5);
  EXPECT_EQ(A("k", 1), 6);
}

TEST_F(CheckAndWriteTest, AnswersCurrentValuesAndWritesFailureOtherwise) {
  Put("k", 1, 5);
  v1::CheckAndWriteRequest request = Swap("k", 4, 6);
  const v1::CheckAndWriteResponse plain = Must(request);
  EXPECT_FALSE(plain.applied());
  EXPECT_EQ(plain.timestamp_us(), 0);
  EXPECT_EQ(plain.current(0).values(3).int_value(), 5);
  EXPECT_EQ(A("k", 1), 5);
  *request.add_failure() = SetA(2, 77);
  EXPECT_FALSE(Must(request).applied());
  EXPECT_EQ(A("k", 1), 5);
  EXPECT_EQ(A("k", 2), 77);
}

TEST_F(CheckAndWriteTest, ExistenceOfRows) {
  v1::CheckAndWriteRequest insert = Empty("k");
  Row(&insert, 1)->set_exists(false);
  *insert.add_success() = SetA(1, 1);
  const v1::CheckAndWriteResponse first = Must(insert);
  EXPECT_TRUE(first.applied());
  EXPECT_EQ(first.current(0).values_size(), 0);
  const v1::CheckAndWriteResponse second = Must(insert);
  EXPECT_FALSE(second.applied());
  EXPECT_EQ(second.current(0).values_size(), 5);
  v1::CheckAndWriteRequest update = Empty("k");
  Row(&update, 1)->set_exists(true);
  Row(&update, 2)->set_exists(true);
  EXPECT_FALSE(Must(update).applied());
  Put("k", 2, 1);
  EXPECT_TRUE(Must(update).applied());
}

TEST_F(CheckAndWriteTest, ExistenceOfTheWideRow) {
  v1::CheckAndWriteRequest request = Empty("k");
  request.add_conditions()->set_wide_row_exists(false);
  *request.add_success() = SetS("x");
  EXPECT_TRUE(Must(request).applied());
  EXPECT_FALSE(Must(request).applied());  // a live static column
  v1::WriteRequest gone = PutA("k", 1, 1);
  gone.mutable_changes(0)->mutable_delete_wide_row();
  Put(gone);
  EXPECT_TRUE(Must(request).applied());
  v1::CheckAndWriteRequest both = request;
  both.add_conditions()->set_wide_row_exists(true);
  EXPECT_FALSE(Must(both).applied());
}

TEST_F(CheckAndWriteTest, StaticColumns) {
  v1::CheckAndWriteRequest request = Empty("k");
  Ask(request.add_conditions()->mutable_row(), "s", v1::OPERATOR_EQUAL,
      Text("x"));
  *request.add_success() = SetS("y");
  EXPECT_FALSE(Must(request).applied());
  Put("k", 3, 1);
  v1::WriteRequest put_static = PutA("k", 1, 1);
  *put_static.mutable_changes(0) = SetS("x");
  Put(put_static);
  const v1::CheckAndWriteResponse response = Must(request);
  EXPECT_TRUE(response.applied());
  EXPECT_TRUE(response.current(0).values(1).has_null_value());
  EXPECT_EQ(response.current(0).values(2).string_value(), "x");
  // In a condition on another row, there or not.
  v1::CheckAndWriteRequest mixed = Empty("k");
  Ask(Row(&mixed, 9), "s", v1::OPERATOR_EQUAL, Text("y"));
  EXPECT_TRUE(Must(mixed).applied());
  Ask(Row(&mixed, 3), "s", v1::OPERATOR_EQUAL, Text("x"));
  EXPECT_FALSE(Must(mixed).applied());
}

TEST_F(CheckAndWriteTest, ConditionsOnSeveralRowsAllCount) {
  Put("k", 1, 10);
  Put("k", 2, 20);
  v1::CheckAndWriteRequest request = Empty("k");
  Ask(Row(&request, 2), "a", v1::OPERATOR_GREATER, Int(15));
  Ask(Row(&request, 1), "a", v1::OPERATOR_LESS, Int(15));
  Ask(Row(&request, 7), "a", v1::OPERATOR_IS_NULL, {});
  request.mutable_conditions(2)
      ->mutable_row()
      ->mutable_predicates(0)
      ->clear_value();
  const v1::CheckAndWriteResponse response = Must(request);
  EXPECT_TRUE(response.applied());
  ASSERT_EQ(response.current_size(), 3);
  EXPECT_EQ(response.current(0).values(3).int_value(), 20);
  EXPECT_EQ(response.current(1).values(3).int_value(), 10);
  EXPECT_EQ(response.current(2).values_size(), 0);
  Ask(Row(&request, 2), "a", v1::OPERATOR_EQUAL, Int(21));
  EXPECT_FALSE(Must(request).applied());
}

TEST_F(CheckAndWriteTest, AppliedIsVisibleOverTimestampsOfTheFuture) {
  const int64_t ahead = node_.clock.WallMicros() + kHourUs;
  Put("k", 1, 5, ahead);
  const v1::CheckAndWriteResponse swapped = Must(Swap("k", 5, 6));
  EXPECT_TRUE(swapped.applied());
  EXPECT_GT(swapped.timestamp_us(), ahead);
  EXPECT_EQ(A("k", 1), 6);
  // Deletions of rows, of ranges and of the wide row, whatever is asked.
  const auto after_deletion = [&](std::string_view pk, v1::Change deletion) {
    v1::WriteRequest write = PutA(pk, 1, 1, ahead);
    *write.mutable_changes(0) = std::move(deletion);
    Put(write);
    v1::CheckAndWriteRequest request = Empty(pk);
    Row(&request, 5)->set_exists(false);
    *request.add_success() = SetA(1, 7);
    EXPECT_TRUE(Must(request).applied());
    EXPECT_EQ(A(pk, 1), 7);
  };
  v1::Change deletion;
  *deletion.mutable_delete_row()->mutable_clustering() = KeyOf({Int(1)});
  after_deletion("row", deletion);
  deletion.mutable_delete_range()->mutable_slice();
  after_deletion("range", deletion);
  deletion.mutable_delete_wide_row();
  after_deletion("wide row", deletion);
  // And a deletion hides what lies in the future.
  for (const bool whole : {false, true}) {
    const std::string pk = whole ? "all gone" : "gone";
    Put(pk, 1, 5, ahead);
    v1::CheckAndWriteRequest remove = Empty(pk);
    Row(&remove, 8)->set_exists(false);
    if (whole) {
      remove.add_success()->mutable_delete_wide_row();
    } else {
      remove.add_success()->mutable_delete_range()->mutable_slice();
    }
    EXPECT_TRUE(Must(remove).applied());
    EXPECT_EQ(A(pk, 1), -1);
  }
}

TEST_F(CheckAndWriteTest, OneOfManyThatRaceWins) {
  Put("k", 1, 0);
  constexpr int kThreads = 8, kRounds = 25;
  std::atomic<int> applied{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int64_t i = 0; i < kRounds; ++i) {
        // Who is late finds the next value there.
        v1::CheckAndWriteResponse response;
        const grpc::Status status = Try(Swap("k", i, i + 1), &response);
        EXPECT_TRUE(status.ok()) << status.error_message();
        applied += response.applied();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(A("k", 1), applied);
  EXPECT_EQ(applied, kRounds);
}

TEST_F(CheckAndWriteTest, FailedReadAndWriteLeaveTheQueue) {
  Put("k", 1, 5);
  node_.engine.FailReads(absl::DataLossError("bad block"));
  EXPECT_EQ(Error(Swap("k", 5, 6)).code, StatusCode::DATA_LOSS);
  node_.engine.FailReads(absl::OkStatus());
  node_.engine.FailWrites(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(Error(Swap("k", 5, 6)).code, StatusCode::RESOURCE_EXHAUSTED);
  node_.engine.FailWrites(absl::OkStatus());
  EXPECT_TRUE(Must(Swap("k", 5, 6)).applied());
}

TEST_F(CheckAndWriteTest, DeadlineDuringTheReadIsAborted) {
  Put("k", 1, 5);
  node_.engine.EndPagesEarly(EndReason::kTime);
  node_.engine.BeforeNextRead([this] { node_.clock.AdvanceSeconds(2 * 3600); });
  const CallError error = Error(Swap("k", 5, 6));
  EXPECT_EQ(error.code, StatusCode::ABORTED);
  EXPECT_EQ(error.reason, "ABORTED");
  EXPECT_THAT(error.message, HasSubstr("nothing was written"));
  node_.engine.EndPagesEarly(EndReason::kExhausted);
  EXPECT_EQ(A("k", 1), 5);
}

TEST_F(CheckAndWriteTest, ReadGoesOnWhereAPageEnds) {
  for (const EndReason reason :
       {EndReason::kTime, EndReason::kTombstones, EndReason::kExhausted}) {
    for (const int64_t ck : {1, 2, 3}) Put("k", ck, 5);
    node_.engine.EndPagesEarly(reason);
    v1::CheckAndWriteRequest request = Empty("k");
    for (const int64_t ck : {3, 1, 2}) {
      Ask(Row(&request, ck), "a", v1::OPERATOR_EQUAL, Int(5));
    }
    Row(&request, 4)->set_exists(false);
    request.add_conditions()->set_wide_row_exists(true);
    *request.add_success() = SetA(3, 6);
    EXPECT_TRUE(Must(request).applied());
    const v1::CheckAndWriteResponse second = Must(request);
    EXPECT_FALSE(second.applied());
    EXPECT_EQ(second.current(0).values(3).int_value(), 6);
    EXPECT_EQ(second.current(2).values(3).int_value(), 5);
    node_.engine.EndPagesEarly(EndReason::kExhausted);
  }
}

TEST_F(CheckAndWriteTest, CurrentRowsThatNoClientReceivesAreLeftOut) {
  const auto put_b = [this](int64_t ck, size_t bytes) {
    v1::WriteRequest write = PutA("k", ck, 1);
    write.mutable_changes(0)->mutable_upsert()->set_columns(0, "b");
    *write.mutable_changes(0)->mutable_upsert()->mutable_values(0) =
        Text(std::string(bytes, 'x'));
    Put(write);
  };
  // Above what an answer holds; two that go in, two that don't with them; one
  // that isn't there.
  put_b(0, 5 << 20);
  for (int ck = 1; ck < 5; ++ck) put_b(ck, 3 << 19);
  v1::CheckAndWriteRequest request = Empty("k");
  for (int ck = 0; ck < 5; ++ck) Row(&request, ck)->set_exists(true);
  Row(&request, 9)->set_exists(false);
  *request.add_success() = SetA(9, 1);
  *request.add_success() = SetA(0, 8);
  const v1::CheckAndWriteResponse response = Must(request);
  EXPECT_TRUE(response.applied());
  EXPECT_THAT(response.current_left_out(), testing::ElementsAre(0, 3, 4));
  ASSERT_EQ(response.current_size(), 6);
  for (const int shown : {1, 2}) {
    EXPECT_EQ(response.current(shown).values(4).string_value().size(),
              size_t{3} << 19);
  }
  for (const int empty : {0, 3, 4, 5}) {
    EXPECT_EQ(response.current(empty).values_size(), 0);
  }
  EXPECT_EQ(A("k", 9), 1);
}

TEST_F(CheckAndWriteTest, ARowThatGrowsBeyondTheAnswerIsLeftOut) {
  v1::CheckAndWriteRequest request = Empty("k");
  Row(&request, 1)->set_exists(true);
  *request.add_failure() = SetA(9, 1);
  const size_t left = kPlainAnswerBytesMax - Must(request).ByteSizeLong();
  const auto left_out = [&](size_t bytes) {
    v1::WriteRequest write = PutA("k", 1, 1);
    write.mutable_changes(0)->mutable_upsert()->set_columns(0, "b");
    *write.mutable_changes(0)->mutable_upsert()->mutable_values(0) =
        Text(std::string(bytes, 'x'));
    Put(write);
    return Must(request).current_left_out_size();
  };
  // As it is stored it goes in, but not with what the messages add.
  EXPECT_EQ(left_out(left - 8), 1);
  EXPECT_EQ(left_out(left - 100), 0);
}

TEST_F(CheckAndWriteTest, BadRequestsAreRefusedWithTheField) {
  const v1::CheckAndWriteRequest good = Swap("k", 1, 2);
  v1::CheckAndWriteRequest bad = good;
  bad.clear_conditions();
  ExpectBad(bad, "OVER_LIMIT", "conditions");
  bad = good;
  bad.add_conditions();
  ExpectBad(bad, "EMPTY_CONDITION", "conditions[1].target");
  bad = good;
  bad.mutable_conditions(0)->mutable_row()->clear_predicates();
  ExpectBad(bad, "EMPTY_CONDITION", "conditions[0].row");
  bad = good;
  v1::RowCondition* row = bad.mutable_conditions(0)->mutable_row();
  row->mutable_predicates(0)->set_column("zzz");
  ExpectBad(bad, "UNKNOWN_COLUMN", "conditions[0].row.predicates[0].column");
  row->mutable_predicates(0)->set_column("ck");
  ExpectBad(bad, "KEY_COLUMN", "conditions[0].row.predicates[0].column");
  row->mutable_predicates(0)->set_column("a");
  row->mutable_predicates(0)->set_column_id(4);
  ExpectBad(bad, "BAD_COLUMNS", "conditions[0].row.predicates[0].column");
  row->mutable_predicates(0)->clear_column_id();
  *row->mutable_predicates(0)->mutable_value() = Null();
  ExpectBad(bad, "NULL_OPERAND", "conditions[0].row.predicates[0].value");
  *row->mutable_predicates(0)->mutable_value() = Text("one");
  ExpectBad(bad, "WRONG_TYPE", "conditions[0].row.predicates[0].value");
  row->mutable_predicates(0)->set_op(v1::OPERATOR_CONTAINS);
  ExpectBad(bad, "BAD_OPERATOR", "conditions[0].row.predicates[0].op");
  row->mutable_predicates(0)->set_op(v1::OPERATOR_UNSPECIFIED);
  ExpectBad(bad, "BAD_OPERATOR", "conditions[0].row.predicates[0].op");
  row->mutable_predicates(0)->set_op(v1::OPERATOR_IS_NULL);
  ExpectBad(bad, "BAD_OPERATOR", "conditions[0].row.predicates[0].value");
  row->mutable_predicates(0)->set_op(v1::OPERATOR_IN);
  ExpectBad(bad, "WRONG_TYPE", "conditions[0].row.predicates[0].value");
  bad = good;
  bad.mutable_conditions(0)->mutable_row()->clear_clustering();
  ExpectBad(bad, "NOT_STATIC", "conditions[0].row.predicates[0].column");
  bad = good;
  bad.mutable_success(0)->set_timestamp_us(1);
  ExpectBad(bad, "BAD_TIMESTAMP", "success[0].timestamp_us");
  bad = good;
  *bad.add_failure() = SetA(1, int64_t{1} << 31);
  ExpectBad(bad, "OUT_OF_RANGE", "failure[0].upsert.values[0]");
  bad = good;
  bad.clear_partition_key();
  ExpectBad(bad, "MISSING_KEY_PART", "partition_key.values");
}

TEST_F(CheckAndWriteTest, LimitsAreTakenAndOneMoreIsNot) {
  v1::CheckAndWriteRequest request = Empty("k");
  for (int i = 0; i < kConditionsMax; ++i) Row(&request, i)->set_exists(false);
  EXPECT_TRUE(Must(request).applied());
  Row(&request, kConditionsMax)->set_exists(false);
  ExpectBad(request, "OVER_LIMIT", "conditions");
  request = Empty("k");
  v1::RowCondition* row = Row(&request, 1);
  for (int i = 0; i < kPredicatesMax; ++i) {
    Ask(row, "a", v1::OPERATOR_NOT_EQUAL, Int(i));
  }
  EXPECT_FALSE(Must(request).applied());
  Ask(row, "a", v1::OPERATOR_NOT_EQUAL, Int(1));
  ExpectBad(request, "OVER_LIMIT", "conditions[0].row.predicates");
  request = Swap("k", 1, 1);
  v1::RowCondition* in = request.mutable_conditions(0)->mutable_row();
  in->mutable_predicates(0)->set_op(v1::OPERATOR_IN);
  v1::ValueList* list =
      in->mutable_predicates(0)->mutable_value()->mutable_list_value();
  for (int i = 0; i < kInListMax; ++i) *list->add_values() = Int(i);
  EXPECT_FALSE(Must(request).applied());
  *list->add_values() = Int(1);
  ExpectBad(request, "OVER_LIMIT", "conditions[0].row.predicates[0].value");
}

TEST_F(CheckAndWriteTest, SerialReadIsOfOneWideRow) {
  v1::ReadRequest request;
  request.mutable_table()->set_name("ks.t");
  request.set_serial(true);
  v1::ReadResponse response;
  const CallError error =
      ErrorOf(rowan::Ask(node_.data.get(), &Stub::Read, request, &response));
  EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error.reason, "BAD_SERIAL");
  EXPECT_EQ(error.field, "serial");
}

TEST_F(CheckAndWriteTest, SerialReadsPageInBatchesAndStreams) {
  for (int ck = 0; ck < 5; ++ck) Put("k", ck, ck);
  v1::ReadRequest request = ReadWideRow("k");
  request.set_serial(true);
  request.set_page_rows(2);
  grpc::ClientContext context;
  const auto stream = node_.data->ReadStream(&context, request);
  int rows = 0;
  v1::ReadResponse page;
  while (stream->Read(&page)) rows += page.rows_size();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(rows, 5);
  v1::BatchReadRequest batch;
  *batch.add_reads() = request;
  v1::BatchReadResponse answers;
  ASSERT_TRUE(
      rowan::Ask(node_.data.get(), &Stub::BatchRead, batch, &answers).ok());
  EXPECT_EQ(answers.results(0).page().rows_size(), 2);
}

}  // namespace
}  // namespace rowan
