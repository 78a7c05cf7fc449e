// SPDX-License-Identifier: Apache-2.0
// Conditional writes, increments and serial reads of one wide row from several
// threads: what they answer has to fit one order, in which nothing comes before
// what was answered when it began.

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/coordinator/increment.h"
#include "node/coordinator/read_set.h"
#include "node/metadata/local_metadata_store.h"
#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/thread_executor.h"
#include "storage/model/counter.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/memory_engine.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

constexpr int kThreads = 4;
constexpr int kEach = 600;
constexpr int64_t kNoDeadline = std::numeric_limits<int64_t>::max();
constexpr int64_t kCounted = 1, kSwapped = 2;  // clustering keys
constexpr TableId kTable{9};

// Reads and writes later, on another thread.
class LaterEngine final : public MemoryEngine {
 public:
  explicit LaterEngine(Executor* executor) : executor_(executor) {}

  void Write(const Mutation& mutation, DoneCallback done) override {
    executor_->Post([this, &mutation, done = std::move(done)]() mutable {
      MemoryEngine::Write(mutation, std::move(done));
    });
  }
  void Read(const ReadCommand& command, RowConsumer* consumer,
            absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) override {
    executor_->Post(
        [this, &command, consumer, done = std::move(done)]() mutable {
          MemoryEngine::Read(command, consumer, std::move(done));
        });
  }

 private:
  Executor* const executor_;
};

WideRowPlace Place() { return {kTable, TokenOfKey("w"), "w"}; }

// What is in the value column, as a number; 0 when it isn't there.
int64_t NumberIn(const Row& row) {
  int64_t number = 0;
  for (const Cell& cell : row.cells) {
    if (cell.column == kValueColumn && cell.has_value()) {
      EXPECT_TRUE(ReadCounter(cell.value, &number));
    }
  }
  return number;
}

// Adds one to the number in row kSwapped if it is `expected`, and answers what
// it found.
class Swap final : public ConditionalWrite, private RowConsumer {
 public:
  Swap(std::string position, int64_t expected,
       std::shared_ptr<std::promise<int64_t>> found)
      : ConditionalWrite(Place(), kNoDeadline),
        position_(std::move(position)),
        expected_(expected),
        answer_(std::move(found)) {}

 private:
  std::vector<ReadCommand> Reads() override {
    ReadSet read_set;
    read_set.AddRow(position_);
    std::vector<ReadCommand> reads;
    reads.push_back(std::move(read_set).Command());
    return reads;
  }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override {
    if (row.row != nullptr) found_ = NumberIn(*row.row);
    return 0;
  }
  absl::StatusOr<std::optional<Mutation>> Decide() override {
    if (found_ != expected_) return std::nullopt;
    ASSIGN_OR_RETURN(const int64_t timestamp_us, TimestampAbove());
    Mutation mutation;
    mutation.table = kTable;
    mutation.token = place().token;
    mutation.partition_key = mutation.Keep(place().partition_key);
    RowChange& change = mutation.rows.emplace_back();
    change.position = mutation.Keep(position_);
    change.row.cells.push_back(
        {.column = kValueColumn,
         .timestamp = timestamp_us,
         .value = mutation.Keep(CounterBytes(expected_ + 1))});
    return mutation;
  }
  void Finish(const absl::Status& status) override {
    EXPECT_TRUE(status.ok()) << status;
    answer_->set_value(found_);
  }

  const std::string position_;
  const int64_t expected_;
  // Kept until set_value has returned.
  const std::shared_ptr<std::promise<int64_t>> answer_;
  int64_t found_ = 0;
};

// A number that only grows, by one: how far it may have come and how far it has
// come for sure.
struct Register {
  std::atomic<int64_t> begun{0};
  std::atomic<int64_t> answered{0};  // the largest that an answer showed

  void Show(int64_t value) {
    int64_t known = answered;
    while (known < value && !answered.compare_exchange_weak(known, value)) {
    }
  }
};

class ConditionalThreadsTest : public testing::Test {
 protected:
  ConditionalThreadsTest() {
    files_.WriteFile("d/keep", "");
    store_ = *LocalMetadataStore::Open(&files_, "d");
    schemas_ = *SchemaRegistry::Open(store_.get());
    timestamps_ = *HybridClock::Open(&files_, "d", &clock_, &executor_);
    EXPECT_TRUE(engine_.CreateTable(schema_).ok());
    coordinator_ = std::make_unique<Coordinator>(
        schemas_.get(), /*snapshots=*/nullptr, timestamps_.get(), &clock_,
        &engine_, &executor_,
        CoordinatorOptions{.node_id = std::string(16, 'n')});
  }
  ~ConditionalThreadsTest() override {
    EXPECT_TRUE(timestamps_->Stop().ok());
    executor_.Stop();
  }

  int64_t Add(std::string id) {
    const auto answer = std::make_shared<std::promise<IncrementResult>>();
    ConditionalWrite::Start(
        coordinator_.get(),
        std::make_unique<Increment>(
            schema_, Place(), kNoDeadline,
            std::vector<CounterDelta>{
                {TestPosition(*schema_, kCounted), kValueColumn, 1}},
            std::move(id), [answer](absl::StatusOr<IncrementResult> result) {
              answer->set_value(*std::move(result));
            }));
    const IncrementResult result = answer->get_future().get();
    EXPECT_FALSE(result.already_counted);
    return result.values.at(0);
  }
  int64_t TrySwap(int64_t expected) {
    const auto found = std::make_shared<std::promise<int64_t>>();
    ConditionalWrite::Start(
        coordinator_.get(),
        std::make_unique<Swap>(TestPosition(*schema_, kSwapped), expected,
                               found));
    return found->get_future().get();
  }
  // Both numbers, at one moment.
  std::pair<int64_t, int64_t> Read() {
    ReadCommand command;
    command.table = kTable;
    command.token = TokenOfKey("w");
    command.partition_key = "w";
    struct : RowConsumer {
      size_t OnRow(const ResultRow& row) override {
        const int64_t number = NumberIn(*row.row);
        (TestClustering(*schema, row.position) == kCounted ? counted
                                                           : swapped) = number;
        return 1;
      }
      const Schema* schema = nullptr;
      int64_t counted = 0, swapped = 0;
    } rows;
    rows.schema = schema_.get();
    const auto done = std::make_shared<std::promise<void>>();
    SerialRead(coordinator_.get(), &command, &rows,
               [done](const absl::StatusOr<PageEnd>& end) {
                 EXPECT_TRUE(end.ok()) << end.status();
                 done->set_value();
               });
    done->get_future().wait();
    return {rows.counted, rows.swapped};
  }

  void RunIncrement(std::string id) {
    const int64_t before = counted_.answered;
    ++counted_.begun;
    const int64_t value = Add(std::move(id));
    EXPECT_GT(value, before);
    EXPECT_LE(value, counted_.begun);
    EXPECT_FALSE(totals_[static_cast<size_t>(value)].exchange(true)) << value;
    counted_.Show(value);
  }
  void RunSwap(int64_t* expected) {
    const int64_t before = swapped_.answered;
    ++swapped_.begun;
    const int64_t found = TrySwap(*expected);
    EXPECT_GE(found, before);
    EXPECT_LE(found, swapped_.begun);
    const bool applied = found == *expected;
    applied_ += applied;
    *expected = found + applied;
    swapped_.Show(*expected);
  }
  void RunRead() {
    const int64_t counted = counted_.answered, swapped = swapped_.answered;
    const auto [saw_counted, saw_swapped] = Read();
    EXPECT_GE(saw_counted, counted);
    EXPECT_LE(saw_counted, counted_.begun);
    EXPECT_GE(saw_swapped, swapped);
    EXPECT_LE(saw_swapped, swapped_.begun);
    counted_.Show(saw_counted);
    swapped_.Show(saw_swapped);
  }
  // Some of everything, drawn from `seed`.
  void RunClient(uint32_t seed) {
    std::mt19937 random(seed);
    int64_t expected = 0;
    for (int i = 0; i < kEach; ++i) {
      std::string id;
      switch (random() % 4) {
        case 0:
          id.assign(12, static_cast<char>(seed));
          PutBig(static_cast<uint32_t>(i), &id);
          [[fallthrough]];
        case 1:
          RunIncrement(std::move(id));
          break;
        case 2:
          RunSwap(&expected);
          break;
        default:
          RunRead();
      }
    }
  }

  const std::shared_ptr<const Schema> schema_ = TestSchema(kTable.value);
  MemFileSystem files_;
  SystemClock clock_;
  ThreadExecutor executor_{kThreads, "executor"};
  LaterEngine engine_{&executor_};
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<SchemaRegistry> schemas_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<Coordinator> coordinator_;
  Register counted_, swapped_;
  std::atomic<int64_t> applied_{0};
  std::vector<std::atomic<bool>> totals_ =  // answered
      std::vector<std::atomic<bool>>(kThreads * kEach + 1);
};

TEST_F(ConditionalThreadsTest, AnswersFitOneOrder) {
  std::vector<std::thread> threads;
  for (uint32_t seed = 1; seed <= kThreads; ++seed) {
    threads.emplace_back([this, seed] { RunClient(seed); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto [counted, swapped] = Read();
  // Each increment was answered a total of its own, none is missing.
  EXPECT_EQ(counted, counted_.begun);
  EXPECT_EQ(swapped, applied_);
  EXPECT_GT(applied_, 0);
  EXPECT_LT(applied_, swapped_.begun);  // some came too late
  EXPECT_GT(coordinator_->queue().totals().waited, 0u);
}

}  // namespace
}  // namespace rowan
