// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/increment.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/coordinator/queued_write.h"
#include "node/metadata/local_metadata_store.h"
#include "partitioner/murmur3.h"
#include "storage/model/counter.h"
#include "storage/read/aggregator.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using testing::ElementsAre;

constexpr TableId kTable{9};
constexpr ColumnId kCounter{3};
constexpr uint32_t kWindowS = 600;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMs = 1'000'000;
constexpr int64_t kNoDeadline = std::numeric_limits<int64_t>::max();

// The harness's, which moves on when somebody's turn begins.
class TurnClock : public Clock {
 public:
  explicit TurnClock(SimClock* clock) : clock_(clock) {}
  int64_t WallMicros() const override {
    clock_->AdvanceNanos(nanos_per_turn);
    return clock_->WallMicros();
  }
  int64_t MonotonicNanos() const override { return clock_->MonotonicNanos(); }

  int64_t nanos_per_turn = 0;

 private:
  SimClock* const clock_;
};

std::shared_ptr<const Schema> CounterSchema() {
  auto schema = std::make_shared<Schema>();
  schema->id = kTable;
  schema->version = SchemaVersion{1};
  schema->keyspace = "test";
  schema->table = "hits";
  schema->columns = {
      {ColumnId{1}, "key", {TypeKind::kText}, ColumnRole::kPartitionKey},
      {ColumnId{2}, "ck", {TypeKind::kBigint}, ColumnRole::kClustering},
      {kCounter, "n", {TypeKind::kCounter}, ColumnRole::kRegular}};
  EXPECT_TRUE(schema->Validate().ok());
  return schema;
}

// Increments over the real engine in a simulated world.
class IncrementTest : public testing::Test {
 protected:
  using Answer = std::optional<absl::StatusOr<IncrementResult>>;

  IncrementTest() {
    harness_.tables = {schema_};
    harness_.log_options.segment_bytes = 4 << 20;  // takes records of a MiB
    files_.WriteFile("d/keep", "");
    store_ = *LocalMetadataStore::Open(&files_, "d");
    schemas_ = *SchemaRegistry::Open(store_.get());
    timestamps_ = *HybridClock::Open(&files_, "d", &harness_.clock(),
                                     &harness_.executor());
    EXPECT_TRUE(harness_.Open().ok());
    Connect();
  }
  ~IncrementTest() override {
    coordinator_->queue().Stop();
    EXPECT_TRUE(harness_.Stop().ok());
  }

  void Connect(std::string node_id = std::string(16, 'n')) {
    coordinator_ = std::make_unique<Coordinator>(
        schemas_.get(), /*snapshots=*/nullptr, timestamps_.get(), &clock_,
        &harness_.engine(), &harness_.executor(),
        CoordinatorOptions{.node_id = std::move(node_id),
                           .increment_window_s = kWindowS});
  }
  static std::string Id(int number) {
    std::string id(16, '\0');
    id[0] = static_cast<char>(number);
    return id;
  }
  // Queues an increment of the row at `position`; *answer is there when it is
  // done.
  void StartAt(std::string position, int64_t delta, std::string id,
               int64_t deadline_ns, Answer* answer) {
    ConditionalWrite::Start(
        coordinator_.get(),
        std::make_unique<Increment>(
            schema_, WideRowPlace{kTable, TokenOfKey("w"), "w"}, deadline_ns,
            std::vector<CounterDelta>{{std::move(position), kCounter, delta}},
            std::move(id), [answer](absl::StatusOr<IncrementResult> result) {
              answer->emplace(std::move(result));
            }));
  }
  void Start(int64_t ck, int64_t delta, std::string id, Answer* answer,
             int64_t deadline_ns = kNoDeadline) {
    StartAt(TestPosition(*schema_, ck), delta, std::move(id), deadline_ns,
            answer);
  }
  void RunUntilAnswered(const Answer& answer) {
    ASSERT_TRUE(
        harness_.executor().RunUntil([&] { return answer.has_value(); }));
  }
  IncrementResult Add(int64_t ck, int64_t delta, std::string id = "") {
    Answer answer;
    Start(ck, delta, std::move(id), &answer);
    EXPECT_TRUE(
        harness_.executor().RunUntil([&] { return answer.has_value(); }));
    EXPECT_TRUE(answer->ok()) << answer->status();
    return answer->ok() ? **answer : IncrementResult{};
  }
  int64_t Total(int64_t ck) { return Add(ck, 0).values.at(0); }
  uint64_t Records() { return harness_.engine().status().writes; }

  // Of all rows of "w", and not of its request ids.
  class Deletion final : public QueuedChanges {
   public:
    void OnRow(const ResultRow&) override {}
    absl::StatusOr<Mutation> Make(int64_t timestamp) override {
      Mutation mutation;
      mutation.table = kTable;
      mutation.token = TokenOfKey("w");
      mutation.partition_key = "w";
      mutation.range_tombstones = {{kFirstBound, kLastBound, {timestamp, 1}}};
      return mutation;
    }
  };
  // A deletion through the queue, as Data.Write makes it.
  void Delete(std::optional<absl::Status>* done,
              int64_t deadline_ns = kNoDeadline) {
    QueuedWrite(coordinator_.get(), *Deletion().Make(1),
                std::make_unique<Deletion>(), deadline_ns,
                [done](const absl::Status& status) { done->emplace(status); });
  }

  // Counters in rows 0 to `count` - 1.
  void Fill(int64_t count) {
    const std::string cell = CounterBytes(1);
    for (int64_t ck = 0; ck < count;) {
      Mutation mutation;
      mutation.table = kTable;
      mutation.token = TokenOfKey("w");
      mutation.partition_key = "w";
      for (const int64_t end = std::min(count, ck + 1000); ck < end; ++ck) {
        RowChange& change = mutation.rows.emplace_back();
        change.position = mutation.Keep(TestPosition(*schema_, ck));
        change.row.cells.push_back({.column = kCounter,
                                    .timestamp = 1,
                                    .value = cell,
                                    .path = coordinator_->node_id()});
      }
      ASSERT_TRUE(harness_.Write(mutation).ok());
    }
  }
  uint64_t Pages() { return harness_.engine().status().reads.pages(); }

  // Every way to read the table, of which each shows all rows.
  std::vector<ReadCommand> AllReads() const {
    ReadCommand scan;
    scan.table = kTable;
    scan.now_s = clock_.WallSeconds();
    std::vector<ReadCommand> reads(7, scan);
    reads[1].first_token = reads[1].last_token = TokenOfKey("w");
    reads[2].token = TokenOfKey("w");
    reads[2].partition_key = "w";
    reads[3].wide_rows = {{TokenOfKey("w"), "w"}};
    reads[4].slices = {{}};
    reads[5].slices = {
        {TestBound(*schema_, 1, BoundSide::kBefore),
         TestBound(*schema_, 1, BoundSide::kAfter)},
        {TestBound(*schema_, 2, BoundSide::kBefore), std::string(kLastBound)}};
    reads[6].distinct = true;
    return reads;
  }
  // Sees no ids, and counts the others.
  class Counting : public RowConsumer {
   public:
    explicit Counting(std::shared_ptr<const Schema> schema)
        : count_(std::move(schema), {Aggregate{}}) {}
    size_t OnRow(const ResultRow& row) override {
      EXPECT_FALSE(IsRequestId(row.position));
      EXPECT_TRUE(count_.Add(row).ok());
      ++rows;
      return 1;
    }
    std::string counted() const { return *count_.Result(0); }
    int rows = 0;

   private:
    Aggregator count_;
  };
  void ExpectRows(ReadCommand command, int rows) {
    Counting seen(schema_);
    for (bool more = true; more;) {
      std::optional<PageEnd> end;
      harness_.engine().Read(command, &seen,
                             [&end](absl::StatusOr<PageEnd> page) {
                               ASSERT_TRUE(page.ok()) << page.status();
                               end = *std::move(page);
                             });
      ASSERT_TRUE(
          harness_.executor().RunUntil([&] { return end.has_value(); }));
      command.resume = end->resume;
      more = end->resume.has_value();
    }
    EXPECT_EQ(seen.rows, rows);
    std::string counted;
    PutBig(static_cast<uint64_t>(rows), &counted);
    EXPECT_EQ(seen.counted(), counted);
  }
  // Forward and in reverse, in pages of all sizes.
  void ExpectRowsOfAllReads(int rows) {
    const std::vector<ReadCommand> reads = AllReads();
    for (size_t i = 0; i < reads.size(); ++i) {
      for (const bool reverse : {false, true}) {
        for (const uint64_t page_rows : {1, 2, 10}) {
          SCOPED_TRACE(testing::Message() << "read " << i << " reverse "
                                          << reverse << " by " << page_rows);
          ReadCommand command = reads[i];
          command.reverse = reverse;
          command.page_rows_max = page_rows;
          ExpectRows(command, command.distinct ? std::min(rows, 1) : rows);
        }
      }
    }
  }

  const std::shared_ptr<const Schema> schema_ = CounterSchema();
  EngineHarness harness_;
  TurnClock clock_{&harness_.clock()};
  MemFileSystem files_;
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<SchemaRegistry> schemas_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<Coordinator> coordinator_;
};

TEST_F(IncrementTest, AddsAndAnswersTheTotal) {
  EXPECT_THAT(Add(1, 5).values, ElementsAre(5));
  EXPECT_THAT(Add(1, -7).values, ElementsAre(-2));
  EXPECT_THAT(Add(2, 1).values, ElementsAre(1));
  ASSERT_TRUE(harness_.Flush(kTable).ok());
  EXPECT_EQ(Total(1), -2);
}

TEST_F(IncrementTest, SumsWrapAround) {
  Add(1, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Add(1, 1).values.at(0), std::numeric_limits<int64_t>::min());
}

TEST_F(IncrementTest, QueuedIncrementsShareOneRecord) {
  constexpr size_t kMany = 100;
  Add(1, 1);
  const uint64_t before = Records();
  std::vector<Answer> answers(1 + kMany);
  for (Answer& answer : answers) Start(1, 1, "", &answer);
  // The first one is on its way to the disk, the others wait for it.
  EXPECT_EQ(Records(), before + 1);
  RunUntilAnswered(answers.back());
  EXPECT_EQ(Records(), before + 2);
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i]->ok());
    EXPECT_THAT((*answers[i])->values,
                ElementsAre(static_cast<int64_t>(2 + i)));
  }
}

TEST_F(IncrementTest, RequestIdCountsOnceWhileItQueuesToo) {
  std::vector<Answer> answers(3);
  for (Answer& answer : answers) Start(1, 4, Id(1), &answer);
  RunUntilAnswered(answers.back());
  EXPECT_FALSE((*answers[0])->already_counted);
  EXPECT_TRUE((*answers[1])->already_counted);
  EXPECT_TRUE((*answers[2])->already_counted);
  EXPECT_THAT((*answers[2])->values, ElementsAre(4));
  EXPECT_FALSE(Add(1, 4, Id(2)).already_counted);
  const uint64_t before = Records();
  EXPECT_TRUE(Add(1, 4, Id(2)).already_counted);
  EXPECT_EQ(Records(), before);  // nothing was written
  EXPECT_EQ(Total(1), 8);
}

TEST_F(IncrementTest, RequestIdOutlivesCrashFlushAndMerge) {
  Add(1, 4, Id(1));
  harness_.Crash();
  ASSERT_TRUE(harness_.Open().ok());
  Connect();
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  ASSERT_TRUE(harness_.Flush(kTable).ok());
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  ASSERT_TRUE(harness_.Compact(kTable).ok());
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  EXPECT_EQ(Total(1), 4);
}

TEST_F(IncrementTest, RequestIdIsForgottenBehindTheWindow) {
  Add(1, 4, Id(1));
  ASSERT_TRUE(harness_.Flush(kTable).ok());
  harness_.clock().AdvanceNanos((kWindowS - 1) * kSecondNs);
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  harness_.clock().AdvanceNanos(3 * kSecondNs);
  // A merge drops it, although the table keeps tombstones for days.
  harness_.executor().RunReady();  // the clock's bound follows the leap
  Add(2, 1);
  ASSERT_TRUE(harness_.Compact(kTable).ok());
  uint64_t rows = 0;
  for (const SSTableStatus& file : harness_.engine().SSTables(kTable)) {
    rows += file.statistics.rows;
  }
  EXPECT_EQ(rows, 2u);
  EXPECT_FALSE(Add(1, 4, Id(1)).already_counted);
  EXPECT_EQ(Total(1), 8);
}

TEST_F(IncrementTest, IdsOfOneSharedRecordOutliveACrash) {
  std::vector<Answer> answers(6);
  const uint64_t before = Records();
  for (int i = 0; i < 6; ++i) {
    Start(1, 1, Id(i), &answers[static_cast<size_t>(i)]);
  }
  RunUntilAnswered(answers.back());
  EXPECT_EQ(Records(), before + 2);  // the first one's, and one of five
  harness_.Crash();
  ASSERT_TRUE(harness_.Open().ok());
  Connect();
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(Add(1, 1, Id(i)).already_counted) << i;
  }
  EXPECT_EQ(Total(1), 6);
}

TEST_F(IncrementTest, TheWindowIsNeverShorterThanItIsSaidToBe) {
  harness_.clock().AdvanceNanos(kSecondNs - 1'000'000);
  Add(1, 4, Id(1));
  // Just before its end, in the second in which it ends.
  harness_.clock().AdvanceNanos(int64_t{kWindowS} * kSecondNs - 500'000);
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
}

// An expiry that wrapped would lie in the past, and a retry count again.
TEST_F(IncrementTest, RequestIdsLiveUntilTheLastSecondThereIs) {
  harness_.clock().SetWallMicros((int64_t{kExpiryMaxS} - 100) * 1'000'000);
  harness_.clock().AdvanceNanos(3 * kSecondNs);
  harness_.executor().RunReady();  // the clock's bound follows the leap
  Add(1, 4, Id(1));
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  EXPECT_EQ(Total(1), 4);
}

TEST_F(IncrementTest, SharedRecordsAreBoundedInBytes) {
  constexpr int kMany = 100;
  std::vector<Answer> answers(1 + kMany);
  Start(1, 1, "", answers.data());
  const uint64_t before = Records();
  for (int i = 1; i <= kMany; ++i) {
    std::string position(60'000, 'x');
    position.front() = position::kComponent;
    position[1] = static_cast<char>(i);
    position.back() = position::kEnd;
    StartAt(std::move(position), 1, "", kNoDeadline,
            &answers[static_cast<size_t>(i)]);
  }
  RunUntilAnswered(answers.back());
  // 6 MB, a MiB at a time.
  EXPECT_EQ(Records(), before + 6);
  for (const Answer& answer : answers) {
    EXPECT_THAT((*answer)->values, ElementsAre(1));
  }
}

TEST_F(IncrementTest, FollowersOfOneThatIsLateKeepTheirOwnDeadlines) {
  const int64_t now_ns = harness_.clock().Now();
  Answer ahead, head, follower, late, last;
  Start(1, 1, "", &ahead);
  Start(1, 10, Id(1), &head, now_ns + 10 * kMs);
  Start(1, 100, "", &follower, now_ns + 100 * kMs);
  Start(1, 1'000, "", &late, now_ns + 10 * kMs);
  Start(1, 10'000, "", &last);
  clock_.nanos_per_turn = 20 * kMs;
  RunUntilAnswered(last);
  clock_.nanos_per_turn = 0;
  EXPECT_THAT((*ahead)->values, ElementsAre(1));
  EXPECT_TRUE(absl::IsAborted(head->status())) << head->status();
  EXPECT_THAT((*follower)->values, ElementsAre(101));
  EXPECT_TRUE(absl::IsAborted(late->status())) << late->status();
  EXPECT_THAT((*last)->values, ElementsAre(10'101));
  // Aborted means that nothing was written, no id either.
  EXPECT_FALSE(Add(1, 10, Id(1)).already_counted);
  EXPECT_EQ(Total(1), 10'111);
}

TEST_F(IncrementTest, SerialReadsFirstPageIsOfTheMomentOfItsTurn) {
  Add(1, 1);
  Add(2, 1);
  Answer ahead;
  Start(1, 1, "", &ahead);
  ReadCommand command;
  command.table = kTable;
  command.token = TokenOfKey("w");
  command.partition_key = "w";
  command.page_rows_max = 1;
  command.now_s = harness_.clock().WallSeconds();
  const uint32_t asked_s = command.now_s;
  struct : RowConsumer {
    size_t OnRow(const ResultRow&) override { return 1; }
  } rows;
  const auto read = [&] {
    std::optional<PageEnd> end;
    SerialRead(coordinator_.get(), &command, &rows,
               [&end](absl::StatusOr<PageEnd> page) { end = *page; });
    harness_.clock().AdvanceSeconds(7);
    EXPECT_TRUE(harness_.executor().RunUntil([&] { return end.has_value(); }));
    command.resume = end->resume;
  };
  read();
  EXPECT_EQ(command.now_s, asked_s + 7);
  ASSERT_TRUE(command.resume.has_value());
  // The pages behind it are of the same moment.
  Start(1, 1, "", &ahead);
  read();
  EXPECT_EQ(command.now_s, asked_s + 7);
}

TEST_F(IncrementTest, NoReadShowsARequestId) {
  Add(1, 4, Id(1));
  Add(2, 4, Id(2));
  ExpectRowsOfAllReads(2);
  ASSERT_TRUE(harness_.Flush(kTable).ok());
  ExpectRowsOfAllReads(2);
  // The ids alone are no wide row.
  std::optional<absl::Status> deleted;
  Delete(&deleted);
  ASSERT_TRUE(
      harness_.executor().RunUntil([&] { return deleted.has_value(); }));
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
  ExpectRowsOfAllReads(0);
  ASSERT_TRUE(harness_.Compact(kTable).ok());
  ExpectRowsOfAllReads(0);
  EXPECT_TRUE(Add(1, 4, Id(1)).already_counted);
}

TEST_F(IncrementTest, DeletedCounterStartsAgainFromZero) {
  Add(1, 4);
  // Increments before and behind the deletion in the queue.
  Answer before, behind;
  std::optional<absl::Status> deleted;
  Start(1, 10, "", &before);
  Delete(&deleted);
  Start(1, 1, "", &behind);
  ASSERT_TRUE(harness_.executor().RunUntil([&] { return behind.has_value(); }));
  EXPECT_TRUE(deleted.value().ok());
  EXPECT_THAT((*before)->values, ElementsAre(14));
  EXPECT_THAT((*behind)->values, ElementsAre(1));
  EXPECT_EQ(Total(1), 1);
}

// However much there is to read, nobody's thread is gone for it.
TEST_F(IncrementTest, DeletionReadsStepByStepAndKeepsItsTurn) {
  constexpr int64_t kCounters = 45'000;
  Fill(kCounters);
  uint64_t pages = Pages();
  std::optional<absl::Status> deleted;
  Delete(&deleted);
  EXPECT_EQ(Pages(), pages + 1) << "more than a step on the caller's thread";
  Answer behind;
  Start(7, 1, "", &behind);
  for (int step = 2; step <= 5; ++step) {
    ASSERT_TRUE(
        harness_.executor().RunUntil([&] { return Pages() > pages + 1; }));
    EXPECT_EQ(Pages(), ++pages + 1);
    EXPECT_FALSE(deleted.has_value());
    EXPECT_FALSE(behind.has_value());
  }
  RunUntilAnswered(behind);
  EXPECT_TRUE(deleted.value().ok()) << *deleted;
  EXPECT_THAT((*behind)->values, ElementsAre(1));
  ExpectRows(AllReads()[2], 1);
}

TEST_F(IncrementTest, DeadlineBetweenTwoStepsEndsTheDeletion) {
  constexpr int64_t kCounters = 15'000;
  Fill(kCounters);
  std::optional<absl::Status> deleted;
  Delete(&deleted, harness_.clock().Now() + kMs);
  harness_.clock().AdvanceNanos(kMs);
  ASSERT_TRUE(
      harness_.executor().RunUntil([&] { return deleted.has_value(); }));
  EXPECT_TRUE(absl::IsAborted(*deleted)) << *deleted;
  EXPECT_EQ(Total(kCounters - 1), 1);
}

// Increments of many counters find each, wherever a page was cut.
TEST_F(IncrementTest, ManyCountersAreReadPageAfterPage) {
  constexpr int64_t kCounters = 11'000;
  Fill(kCounters);
  std::vector<CounterDelta> deltas;
  for (int64_t ck = 0; ck < kCounters; ++ck) {
    deltas.push_back({TestPosition(*schema_, ck), kCounter, ck});
  }
  const uint64_t pages = Pages();
  Answer answer;
  ConditionalWrite::Start(
      coordinator_.get(),
      std::make_unique<Increment>(
          schema_, WideRowPlace{kTable, TokenOfKey("w"), "w"}, kNoDeadline,
          std::move(deltas), "", [&](absl::StatusOr<IncrementResult> result) {
            answer.emplace(std::move(result));
          }));
  RunUntilAnswered(answer);
  EXPECT_EQ(Pages(), pages + 2);
  for (int64_t ck = 0; ck < kCounters; ++ck) {
    ASSERT_EQ((*answer)->values[static_cast<size_t>(ck)], 1 + ck);
  }
}

TEST_F(IncrementTest, DeletionOfTheFutureDoesNotSwallowIncrements) {
  Add(1, 4);
  TestMutation deletion(schema_, "w");
  const int64_t ahead = harness_.clock().WallMicros() + 3'600'000'000;
  deletion.DeleteWideRow({ahead, 1});
  ASSERT_TRUE(harness_.Write(deletion).ok());
  EXPECT_EQ(Add(1, 3).values.at(0), 3);
  EXPECT_EQ(Total(1), 3);
}

TEST_F(IncrementTest, EveryReplicaCountsForItself) {
  Add(1, 4);
  Connect(std::string(16, 'm'));
  EXPECT_EQ(Add(1, 3).values.at(0), 7);
  ASSERT_TRUE(harness_.Flush(schema_->id).ok());
  EXPECT_EQ(Add(1, -1).values.at(0), 6);
  ASSERT_TRUE(harness_.Flush(schema_->id).ok());
  Connect();
  EXPECT_EQ(Add(1, 1).values.at(0), 7);
  EXPECT_EQ(Total(1), 7);
  // A merge keeps the newest total of each.
  ASSERT_TRUE(harness_.Compact(schema_->id).ok());
  EXPECT_EQ(Total(1), 7);
}

}  // namespace
}  // namespace rowan
