// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <condition_variable>
#include <latch>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "commitlog/commit_log.h"
#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/thread_executor.h"
#include "storage/engine/engine_options.h"
#include "storage/model/key_codec.h"
#include "tools/rowan_bench/bench_store.h"

namespace rowan {
namespace {

constexpr TableId kTable{1};
constexpr ColumnId kValue{3};

std::shared_ptr<const Schema> BenchSchema() {
  auto schema = std::make_shared<Schema>();
  schema->id = kTable;
  schema->version = SchemaVersion{1};
  schema->keyspace = "bench";
  schema->table = "rows";
  schema->columns = {
      {ColumnId{1}, "key", {TypeKind::kBlob}, ColumnRole::kPartitionKey},
      {ColumnId{2}, "ck", {TypeKind::kBigint}, ColumnRole::kClustering},
      {kValue, "v", {TypeKind::kBlob}, ColumnRole::kRegular}};
  return schema;
}

std::string Position(const Schema& schema, uint64_t row) {
  char bytes[sizeof(row)];
  StoreBig(row, bytes);
  const std::string_view component(bytes, sizeof(bytes));
  return EncodeClustering(schema, {&component, 1}).value();
}

// Lets at most `limit` writes be under way, and keeps the first error.
class InFlight {
 public:
  explicit InFlight(int limit) : limit_(limit) {}

  void Begin() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ < limit_; });
    ++under_way_;
  }
  void End(const absl::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (first_error_.ok()) first_error_ = status;
    --under_way_;
    changed_.notify_one();
  }
  absl::Status Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
    return first_error_;
  }

 private:
  const int limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
  absl::Status first_error_;
};

struct OneWrite {
  Mutation mutation;
  std::string key, position, value;
};

class CheckingConsumer : public RowConsumer {
 public:
  size_t OnRow(const ResultRow& row) override {
    ++rows;
    last_value = row.row->cells[0].value;
    return row.partition_key.size() + row.position.size() + last_value.size();
  }
  uint64_t rows = 0;
  std::string last_value;
};

class RowanStore final : public BenchStore {
 public:
  static absl::StatusOr<std::unique_ptr<BenchStore>> Open(
      const BenchStoreOptions& options) {
    auto store = std::make_unique<RowanStore>();
    EngineOptions engine;
    engine.directory = options.directory + "/data";
    engine.memtable_limit_bytes =
        static_cast<int64_t>(options.memtable_bytes) * 4;
    engine.partition_memtable_bytes_max =
        static_cast<int64_t>(options.memtable_bytes);
    CommitLogOptions log;
    log.directory = options.directory + "/commitlog";
    log.sync =
        options.sync == BenchSync::kDisk ? LogSync::kGroup : LogSync::kPeriodic;
    const EngineWorld world{&store->fs_, &store->clock_, &store->foreground_,
                            &store->background_, &store->blocking_};
    ASSIGN_OR_RETURN(store->engine_,
                     OpenEngine(engine, world,
                                MakeOpener(log, &store->fs_, &store->clock_,
                                           &store->foreground_),
                                {.tables = {store->schema_}}));
    return store;
  }

  ~RowanStore() override {
    if (engine_) {
      std::latch stopped(1);
      engine_->Stop(false, [&](absl::Status) { stopped.count_down(); });
      stopped.wait();
    }
    foreground_.Stop();
    background_.Stop();
    blocking_.Stop();
  }

  std::string name() const override { return "rowan"; }

  absl::Status Load(const BenchRows& rows, int in_flight) override {
    InFlight writes(in_flight);
    for (uint64_t i = 0; i < rows.rows; ++i) {
      const uint64_t row = Shuffled(i, rows.rows);
      auto write = std::make_unique<OneWrite>();
      Fill(rows, row, write.get());
      writes.Begin();
      OneWrite* const raw = write.get();
      engine_->Write(raw->mutation,
                     [&writes, write = std::move(write)](absl::Status status) {
                       writes.End(status);
                     });
    }
    return writes.Wait();
  }

  absl::Status PointReads(const BenchRows& rows, uint64_t count) override {
    std::string expected;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t row = Shuffled(i % rows.rows, rows.rows);
      const uint64_t in_wide_row = row % rows.rows_per_wide_row;
      CheckingConsumer found;
      RETURN_IF_ERROR(
          Read(row / rows.rows_per_wide_row, in_wide_row, 1, &found));
      BenchValue(row, &expected);
      if (found.rows != 1 || found.last_value != expected) {
        return absl::DataLossError(absl::StrCat("row ", row, " is not there"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Slices(const BenchRows& rows, uint64_t count) override {
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t wide_row =
          Shuffled(i % rows.wide_rows(), rows.wide_rows());
      const uint64_t from =
          Shuffled(i % rows.rows, rows.rows) % (rows.rows_per_wide_row - 10);
      CheckingConsumer found;
      RETURN_IF_ERROR(Read(wide_row, from, 10, &found));
      if (found.rows != 10) return absl::DataLossError("a slice is short");
    }
    return absl::OkStatus();
  }

  absl::Status Scan(const BenchRows& rows) override {
    ReadCommand command;
    command.table = kTable;
    command.now_s = clock_.WallSeconds();
    CheckingConsumer found;
    do {
      ASSIGN_OR_RETURN(const PageEnd end, ReadPage(command, &found));
      command.resume = end.resume;
    } while (command.resume);
    if (found.rows != rows.rows) {
      return absl::DataLossError(absl::StrCat("the scan found ", found.rows,
                                              " of ", rows.rows, " rows"));
    }
    return absl::OkStatus();
  }

  absl::Status Flush() override {
    return Await([this](DoneCallback done) {
      engine_->Flush(kTable, std::nullopt, std::move(done));
    });
  }
  absl::Status Compact() override {
    return Await([this](DoneCallback done) {
      engine_->Compact(kTable, std::nullopt, std::move(done));
    });
  }

  uint64_t DiskBytes() const override {
    uint64_t bytes = 0;
    for (const SSTableStatus& file : engine_->SSTables(kTable)) {
      bytes += file.file_bytes;
    }
    return bytes;
  }

 private:
  template <typename Start>
  absl::Status Await(Start start) {
    std::latch done(1);
    absl::Status result;
    start([&](absl::Status status) {
      result = status;
      done.count_down();
    });
    done.wait();
    return result;
  }

  void Fill(const BenchRows& rows, uint64_t row, OneWrite* write) {
    write->key = BenchTableKey(row / rows.rows_per_wide_row);
    write->position = Position(*schema_, row % rows.rows_per_wide_row);
    BenchValue(row, &write->value);
    Mutation& mutation = write->mutation;
    mutation.table = kTable;
    mutation.partition_key = write->key;
    mutation.token = TokenOfKey(write->key);
    RowChange& change = mutation.rows.emplace_back();
    change.position = write->position;
    change.row.liveness.timestamp = 1;
    Cell& cell = change.row.cells.emplace_back();
    cell.column = kValue;
    cell.timestamp = 1;
    cell.value = write->value;
  }

  absl::Status Read(uint64_t wide_row, uint64_t from, uint64_t limit,
                    CheckingConsumer* found) {
    ReadCommand command;
    command.table = kTable;
    command.partition_key = BenchTableKey(wide_row);
    command.token = TokenOfKey(*command.partition_key);
    command.now_s = 1;
    command.limit = limit;
    ClusteringSlice& slice = command.slices.emplace_back();
    char bytes[sizeof(from)];
    StoreBig(from, bytes);
    const std::string_view component(bytes, sizeof(bytes));
    ASSIGN_OR_RETURN(slice.start, EncodeBound(*schema_, {&component, 1},
                                              BoundSide::kBefore));
    return ReadPage(command, found).status();
  }

  absl::StatusOr<PageEnd> ReadPage(const ReadCommand& command,
                                   CheckingConsumer* found) {
    absl::StatusOr<PageEnd> result = absl::UnknownError("not answered");
    std::atomic<bool> answered{false};
    engine_->Read(command, found, [&](absl::StatusOr<PageEnd> end) {
      result = std::move(end);
      answered.store(true, std::memory_order_release);
      answered.notify_one();
    });
    answered.wait(false, std::memory_order_acquire);
    return result;
  }

  PosixFileSystem fs_{2};
  SystemClock clock_;
  ThreadExecutor foreground_{1, "foreground"};
  ThreadExecutor background_{2, "background"};
  ThreadExecutor blocking_{2, "blocking"};
  const std::shared_ptr<const Schema> schema_ = BenchSchema();
  std::unique_ptr<Engine> engine_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BenchStore>> OpenRowanStore(
    const BenchStoreOptions& options) {
  return RowanStore::Open(options);
}

}  // namespace rowan
