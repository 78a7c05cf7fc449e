// SPDX-License-Identifier: Apache-2.0
// The engine on real threads: writers, readers, flushes, merges and a drop at
// once. Meant for TSan; checks what must hold in any order.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "commitlog/commit_log.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/thread_executor.h"
#include "storage/engine/engine_options.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

constexpr int kWriters = 3;
constexpr int kWritesEach = 300;
constexpr int kRowsPerMutation = 5;

// Every mutation writes one text to the same rows of a wide row: a reader that
// sees two texts in one wide row has seen half a mutation.
class SameTextConsumer : public RowConsumer {
 public:
  size_t OnRow(const ResultRow& row) override {
    std::string text;
    if (row.row != nullptr) {
      text = row.row->cells.at(0).value;
      for (const Cell& cell : row.row->cells) columns.insert(cell.column);
    }
    if (row.partition_key == key_ && text != text_) mixed = true;
    key_ = row.partition_key;
    text_ = text;
    all += key_ + "=" + text_ + "\n";
    ++rows;
    return 1;
  }
  bool mixed = false;
  int rows = 0;
  std::string all;
  std::set<ColumnId> columns;  // of its cells

 private:
  std::string key_, text_;
};

class EngineThreads : public ::testing::Test {
 protected:
  EngineThreads() {
    TableOptions table_options;
    table_options.partition_prefix_length = 1;
    table_options.compaction_scaling = 0;
    schema_ = TestSchema(1, table_options);
    options_.directory = "/data";
    options_.partition_memtable_bytes_max = 32 << 10;
    options_.memtable_limit_bytes = 1 << 20;
    Open();
  }
  ~EngineThreads() override {
    Close();
    foreground_.Stop();
    background_.Stop();
    blocking_.Stop();
  }

  void Open() {
    CommitLogOptions log_options;
    log_options.directory = "/log";
    log_options.segment_bytes = 1 << 20;
    EngineWorld world{&fs_, &clock_, &foreground_, &background_, &blocking_};
    engine_ = OpenEngine(options_, world,
                         MakeOpener(log_options, &fs_, &clock_, &foreground_),
                         {.tables = {schema_}})
                  .value();
  }
  void Close() {
    std::latch stopped(1);
    engine_->Stop(false, [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      stopped.count_down();
    });
    stopped.wait();
    engine_.reset();
  }

  // Also sets `note`, unless it is 0.
  void Write(int writer, int i, ColumnId note = {}) {
    TestMutation mutation(schema_, "key" + std::to_string(i % 7));
    const std::string text = std::to_string(writer) + "-" + std::to_string(i);
    const int64_t timestamp = i * kWriters + writer + 1;
    for (int64_t row = 0; row < kRowsPerMutation; ++row) {
      mutation.Put(row, text, timestamp);
      if (note.value != 0) mutation.Set(row, note, text, timestamp);
    }
    std::latch done(1);
    engine_->Write(mutation.mutation(), [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      done.count_down();
    });
    done.wait();
  }

  void Read(SameTextConsumer* consumer) {
    ReadCommand command;
    command.table = schema_->id;
    command.now_s = 1;
    std::latch done(1);
    engine_->Read(command, consumer, [&](absl::StatusOr<PageEnd> end) {
      EXPECT_TRUE(end.ok()) << end.status();
      done.count_down();
    });
    done.wait();
    EXPECT_FALSE(consumer->mixed);
  }
  std::string ReadOnce(int* rows) {
    SameTextConsumer consumer;
    Read(&consumer);
    *rows = consumer.rows;
    return consumer.all;
  }
  void CompactOnce() {
    std::latch done(1);
    engine_->Compact(schema_->id, std::nullopt, [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      done.count_down();
    });
    done.wait();
  }

  EngineOptions options_;
  SystemClock clock_;
  ThreadExecutor foreground_{2, "fore"};
  ThreadExecutor background_{2, "back"};
  ThreadExecutor blocking_{1, "block"};
  MemFileSystem fs_{&blocking_};
  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineThreads, ReadersSeeWholeMutationsWhileEverythingMoves) {
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([this, writer, &writing] {
      for (int i = 0; i < kWritesEach; ++i) Write(writer, i);
      --writing;
    });
  }
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([this, &writing] {
      int rows = 0, last = 0;
      while (writing.load() > 0) {
        ReadOnce(&rows);
        EXPECT_GE(rows, last) << "rows went missing";
        last = rows;
      }
    });
  }
  threads.emplace_back([this, &writing] {
    while (writing.load() > 0) {
      CompactOnce();
      EXPECT_EQ(engine_->Partitions(schema_->id).size(), 2u);
    }
  });
  for (std::thread& thread : threads) thread.join();
  int rows = 0;
  ReadOnce(&rows);
  EXPECT_EQ(rows, 7 * kRowsPerMutation);
  EXPECT_GT(engine_->status().flushes, 0u);
}

TEST_F(EngineThreads, ReplayOnManyThreadsBringsEverythingBack) {
  constexpr int kRounds = 4, kWrites = 400;
  // Large while writing, so that all is in the log; small for the replay.
  options_.partition_memtable_bytes_max = 64 << 20;
  options_.memtable_limit_bytes = 64 << 20;
  for (int round = 0; round < kRounds; ++round) {
    Close();
    Open();
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([this, writer, round] {
        for (int i = 0; i < kWrites; ++i) Write(writer, round * kWrites + i);
      });
    }
    for (std::thread& thread : threads) thread.join();
    int rows = 0;
    const std::string before = ReadOnce(&rows);
    EXPECT_EQ(rows, 7 * kRowsPerMutation);
    Close();
    const EngineOptions writing = options_;
    if (round % 2 == 1) {
      options_.partition_memtable_bytes_max = 32 << 10;
      options_.memtable_limit_bytes = 256 << 10;
    }
    Open();
    EXPECT_EQ(ReadOnce(&rows), before);
    if (round % 2 == 1) {
      EXPECT_GT(engine_->status().flushes, 2u);
      EXPECT_LT(engine_->status().memtable_bytes, 512 << 10);
    }
    options_ = writing;
  }
}

TEST_F(EngineThreads, SmallMemtablesAreRewrittenWhileTheyAreWritten) {
  constexpr uint32_t kSmallTables = 4;
  Close();
  options_.log_bytes_max = 2 << 20;
  Open();
  for (uint32_t id = 2; id < 2 + kSmallTables; ++id) {
    ASSERT_TRUE(engine_->CreateTable(TestSchema(id)).ok());
  }
  std::atomic<bool> busy{true};
  std::atomic<int64_t> small_rows{0};
  std::thread small([&] {
    for (int64_t i = 0; busy.load(); ++i) {
      TestMutation mutation(TestSchema(2 + static_cast<uint32_t>(i) % 4), "a");
      mutation.Put(i, "x", 10);
      std::latch done(1);
      engine_->Write(mutation.mutation(), [&](absl::Status status) {
        EXPECT_TRUE(status.ok()) << status;
        done.count_down();
      });
      done.wait();
      ++small_rows;
    }
  });
  // The log, of 1 MiB segments, turns over and over.
  for (int i = 0; engine_->status().log_rewrites < 2 * kSmallTables; ++i) {
    Write(0, i);
    if (i == 20'000) {
      ADD_FAILURE() << "no rewrites";
      break;
    }
  }
  busy = false;
  small.join();
  int64_t rows = 0;
  for (uint32_t id = 2; id < 2 + kSmallTables; ++id) {
    SameTextConsumer consumer;
    ReadCommand command;
    command.table = TableId{id};
    command.now_s = 1;
    command.page_bytes_max = 64 << 20;
    std::latch done(1);
    engine_->Read(command, &consumer, [&](absl::StatusOr<PageEnd> end) {
      EXPECT_TRUE(end.ok()) << end.status();
      done.count_down();
    });
    done.wait();
    rows += consumer.rows;
  }
  EXPECT_EQ(rows, small_rows.load());
}

// A column `note` that comes and goes, each time with a new id. Add and Drop
// are for one thread.
class ComingAndGoing {
 public:
  ComingAndGoing(Engine* engine, const Schema& schema)
      : engine_(engine), schema_(std::make_shared<Schema>(schema)) {}

  void Add() {
    const ColumnId id = schema_->NextColumnId();
    schema_->columns.push_back(
        {id, "note", {TypeKind::kText}, ColumnRole::kRegular});
    Alter();
    present_ = id.value;
  }
  void Drop() {
    const ColumnId id = schema_->columns.back().id;
    schema_->dropped.push_back(id);
    schema_->columns.pop_back();
    present_ = 0;
    Alter();
    dropped_to_ = id.value;
  }
  // 0 when it isn't there.
  ColumnId present() const { return {present_.load()}; }
  // It and all before it are gone.
  ColumnId dropped_to() const { return {dropped_to_.load()}; }

 private:
  void Alter() {
    ++schema_->version.value;
    EXPECT_TRUE(
        engine_->AlterTable(std::make_shared<const Schema>(*schema_)).ok());
  }

  Engine* const engine_;
  const std::shared_ptr<Schema> schema_;
  std::atomic<uint32_t> present_{0}, dropped_to_{0};
};

// Every write sets the column if it is there; what was dropped before a read
// began is not in it.
TEST_F(EngineThreads, SchemaChangesWhileEverythingMoves) {
  std::atomic<bool> busy{true};
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  ComingAndGoing note(engine_.get(), *schema_);
  const auto wait_for_a_write = [&] {
    const int seen = written.load();
    while (busy.load() && written.load() == seen) std::this_thread::yield();
  };
  const auto read = [&](SameTextConsumer* consumer) {
    const ColumnId gone = note.dropped_to();
    Read(consumer);
    for (const ColumnId id : consumer->columns) {
      EXPECT_TRUE(id == kValueColumn || id > gone) << id.value;
    }
  };
  threads.emplace_back([&] {
    while (busy.load()) {
      note.Add();
      wait_for_a_write();
      wait_for_a_write();
      note.Drop();
      wait_for_a_write();
    }
  });
  threads.emplace_back([&] {
    while (busy.load()) {
      SameTextConsumer consumer;
      read(&consumer);
    }
  });
  threads.emplace_back([&] {
    while (busy.load()) CompactOnce();
  });
  for (int i = 0; i < kWritesEach; ++i) {
    Write(0, i, note.present());
    ++written;
  }
  busy = false;
  for (std::thread& thread : threads) thread.join();
  // Nothing is left of all those columns, nor missing of the rest.
  ASSERT_GT(note.dropped_to().value, kValueColumn.value);
  CompactOnce();
  uint64_t cells = 0;
  for (const auto& file : engine_->SSTables(schema_->id)) {
    cells += file.statistics.cells;
  }
  EXPECT_EQ(cells, 7u * kRowsPerMutation);
  note.Add();
  for (int i = 0; i < 7; ++i) Write(1, kWritesEach + i, note.present());
  SameTextConsumer all;
  read(&all);
  EXPECT_EQ(all.rows, 7 * kRowsPerMutation);
  EXPECT_EQ(all.columns, (std::set{kValueColumn, note.present()}));
}

TEST_F(EngineThreads, SchemaChangesAtOnceAreOneAndARefusal) {
  for (uint32_t id = 2; id < 202; ++id) {
    std::atomic<int> made{0}, dropped{0};
    std::latch started(2), created(2);
    const auto change = [&] {
      started.arrive_and_wait();
      if (engine_->CreateTable(TestSchema(id)).ok()) ++made;
      created.arrive_and_wait();
      if (engine_->DropTable(TableId{id}).ok()) ++dropped;
    };
    std::thread first(change), second(change);
    first.join();
    second.join();
    ASSERT_EQ(made, 1);
    ASSERT_EQ(dropped, 1);
  }
  // The manifest still takes edits.
  EXPECT_TRUE(engine_->CreateTable(TestSchema(300)).ok());
}

}  // namespace
}  // namespace rowan
