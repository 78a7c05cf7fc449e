// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/increment.h"

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
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using testing::ElementsAre;

constexpr TableId kTable{9};
constexpr ColumnId kCounter{3};
constexpr uint32_t kWindowS = 600;
constexpr int64_t kSecondNs = 1'000'000'000;

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
        schemas_.get(), /*snapshots=*/nullptr, timestamps_.get(),
        &harness_.clock(), &harness_.engine(), &harness_.executor(),
        CoordinatorOptions{.node_id = std::move(node_id),
                           .increment_window_s = kWindowS});
  }
  static std::string Id(int number) {
    std::string id(16, '\0');
    id[0] = static_cast<char>(number);
    return id;
  }
  // Queues an increment of row `ck`; *answer is there when it is done.
  void Start(int64_t ck, int64_t delta, std::string id, Answer* answer) {
    ConditionalWrite::Start(
        coordinator_.get(),
        std::make_unique<Increment>(
            WideRowPlace{kTable, TokenOfKey("w"), "w"},
            std::numeric_limits<int64_t>::max(),
            std::vector<CounterDelta>{
                {TestPosition(*schema_, ck), kCounter, delta}},
            std::move(id), [answer](absl::StatusOr<IncrementResult> result) {
              answer->emplace(std::move(result));
            }));
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

  // A deletion through the queue, as Data.Write makes it.
  void Delete(const Mutation& draft, std::optional<absl::Status>* done) {
    const auto copy = [](const Mutation& from, int64_t timestamp) {
      Mutation to;
      to.table = kTable;
      to.token = from.token;
      to.partition_key = to.Keep(std::string(from.partition_key));
      to.wide_row_deletion = {timestamp, 1};
      return to;
    };
    QueuedWrite(
        coordinator_.get(), copy(draft, 1),
        [copy, &draft](int64_t timestamp) -> absl::StatusOr<Mutation> {
          return copy(draft, timestamp);
        },
        std::numeric_limits<int64_t>::max(),
        [done](const absl::Status& status) { done->emplace(status); });
  }

  const std::shared_ptr<const Schema> schema_ = CounterSchema();
  EngineHarness harness_;
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
  ASSERT_TRUE(
      harness_.executor().RunUntil([&] { return answers.back().has_value(); }));
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
  ASSERT_TRUE(
      harness_.executor().RunUntil([&] { return answers.back().has_value(); }));
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
  harness_.clock().AdvanceNanos(2 * kSecondNs);
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

TEST_F(IncrementTest, NoReadShowsARequestId) {
  Add(1, 4, Id(1));
  Add(2, 4, Id(2));
  for (const bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(harness_.Flush(kTable).ok());
    }
    for (const bool reverse : {false, true}) {
      for (const uint64_t page_rows : {1, 2, 10}) {
        ReadCommand command;
        command.table = kTable;
        command.reverse = reverse;
        command.page_rows_max = page_rows;
        struct Counting : RowConsumer {
          size_t OnRow(const ResultRow& row) override {
            EXPECT_FALSE(IsRequestId(row.position));
            ++rows;
            return 1;
          }
          int rows = 0;
        } rows;
        for (bool more = true; more;) {
          std::optional<PageEnd> end;
          harness_.engine().Read(command, &rows,
                                 [&end](absl::StatusOr<PageEnd> page) {
                                   ASSERT_TRUE(page.ok()) << page.status();
                                   end = *std::move(page);
                                 });
          ASSERT_TRUE(
              harness_.executor().RunUntil([&] { return end.has_value(); }));
          command.resume = end->resume;
          more = end->resume.has_value();
        }
        EXPECT_EQ(rows.rows, 2);
      }
    }
  }
}

TEST_F(IncrementTest, DeletedCounterStartsAgainFromZero) {
  Mutation draft;
  draft.table = kTable;
  draft.token = TokenOfKey("w");
  draft.partition_key = "w";
  Add(1, 4, Id(1));
  // Increments before and behind the deletion in the queue.
  Answer before, behind;
  std::optional<absl::Status> deleted;
  Start(1, 10, "", &before);
  Delete(draft, &deleted);
  Start(1, 1, "", &behind);
  ASSERT_TRUE(harness_.executor().RunUntil([&] { return behind.has_value(); }));
  EXPECT_TRUE(deleted.value().ok());
  EXPECT_THAT((*before)->values, ElementsAre(14));
  EXPECT_THAT((*behind)->values, ElementsAre(1));
  // The wide row's request ids are gone with it.
  EXPECT_FALSE(Add(1, 4, Id(1)).already_counted);
  EXPECT_EQ(Total(1), 5);
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
  EXPECT_EQ(Add(1, -1).values.at(0), 6);
  Connect();
  EXPECT_EQ(Add(1, 1).values.at(0), 7);
}

}  // namespace
}  // namespace rowan
