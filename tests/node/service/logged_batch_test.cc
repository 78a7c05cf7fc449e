// SPDX-License-Identifier: Apache-2.0
// A logged batch over the service and a real engine: however much of the commit
// log's end a crash took, all of its rows are there or none.
#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commitlog/commit_log.h"
#include "gtest/gtest.h"
#include "storage/base/thread_executor.h"
#include "storage/engine/engine_options.h"
#include "tests/lib/engine_harness.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

constexpr int kWideRows = 6;
// A record of all of them has a chunk of the log to itself (a quarter of a
// segment takes less, half a segment takes more); one by one they would be in
// several.
constexpr size_t kValueBytes = 4'500;
constexpr size_t kBlockBytes = 4'096;
// Cuts everywhere around the ends of blocks, and between them in steps.
constexpr size_t kNear = 24, kStep = 97;

std::string LogFile(int number) {
  return "/log/segment-00000" + std::to_string(number) + ".log";
}

// Up to the last byte that isn't zero.
size_t EndOf(const std::string& bytes) {
  return bytes.find_last_not_of('\0') + 1;
}

void CopyFolder(MemFileSystem* from, const std::string& folder,
                MemFileSystem* to) {
  const auto names = from->List(folder);
  ASSERT_TRUE(names.ok()) << names.status();
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    if (const auto bytes = from->ReadFile(path); bytes.ok()) {
      to->WriteFile(path, *bytes);
    } else {
      CopyFolder(from, path, to);
    }
  }
}

class LoggedBatchTest : public testing::Test {
 protected:
  LoggedBatchTest() : files_(&threads_) {}

  void SetUp() override {
    // As the harness has them.
    EngineOptions options;
    options.directory = "/data";
    CommitLogOptions log_options;
    log_options.directory = "/log";
    log_options.segment_bytes = 64 << 10;
    EngineWorld world;
    world.file_system = &files_;
    world.clock = &clock_;
    world.foreground = world.background = world.blocking = &threads_;
    auto engine =
        OpenEngine(options, world,
                   MakeOpener(log_options, &files_, &clock_, &threads_), {});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    node_.emplace(*engine_);
    node_->CreateStandardTable();
    v1::Table other;
    other.set_keyspace("ks");
    other.set_name("other");
    *other.add_columns() =
        ColumnOf("pk", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_PARTITION_KEY);
    *other.add_columns() =
        ColumnOf("ck", v1::COLUMN_TYPE_BIGINT, v1::COLUMN_ROLE_CLUSTERING);
    *other.add_columns() =
        ColumnOf("b", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_REGULAR);
    ASSERT_TRUE(node_->CreateTable(other).ok());
  }

  void TearDown() override {
    if (node_.has_value()) Die();
    threads_.Stop();
  }

  // The process's: what is in the files stays, nothing more gets there.
  void Die() {
    files_.Crash();
    node_.reset();
    std::promise<void> stopped;
    engine_->Stop(false, [&](const absl::Status&) { stopped.set_value(); });
    stopped.get_future().wait();
    engine_.reset();
  }

  static v1::WriteRequest Put(const std::string& table, std::string_view pk) {
    v1::WriteRequest write = PutA(pk, 1, 0);
    write.mutable_table()->set_name(table);
    v1::Upsert* upsert = write.mutable_changes(0)->mutable_upsert();
    upsert->set_columns(0, "b");
    *upsert->mutable_values(0) = Text(std::string(kValueBytes, 'x'));
    return write;
  }

  // Every log file of now; empty strings for those that aren't there.
  std::vector<std::string> Log() {
    std::vector<std::string> segments;
    for (int number = 1; number < 10; ++number) {
      segments.push_back(files_.ReadFile(LogFile(number)).value_or(""));
    }
    return segments;
  }

  // Rows of both tables that a node finds whose log file `number` ends at
  // `cut`; -1 when it doesn't start.
  int RowsAfter(int number, const std::string& segment, size_t cut) {
    EngineHarness world;
    CopyFolder(&files_, "/data", &world.fs());
    CopyFolder(&files_, "/log", &world.fs());
    world.fs().WriteFile(
        LogFile(number),
        segment.substr(0, cut) + std::string(segment.size() - cut, '\0'));
    world.tables = tables_;
    const absl::Status opened = world.Open();
    EXPECT_TRUE(opened.ok()) << opened;
    if (!opened.ok()) return -1;
    size_t rows = 0;
    for (const auto& table : tables_) {
      const auto found = world.Scan(table->id);
      EXPECT_TRUE(found.ok()) << found.status();
      if (found.ok()) rows += found->size();
    }
    return static_cast<int>(rows);
  }

  ThreadExecutor threads_{2, "engine"};
  SimClock clock_;
  MemFileSystem files_;
  std::unique_ptr<Engine> engine_;
  std::optional<ServiceNode> node_;
  std::vector<std::shared_ptr<const Schema>> tables_;
};

TEST_F(LoggedBatchTest, IsThereAsAWholeOrNotAtAllWhereverTheLogIsCut) {
  v1::WriteResponse written;
  ASSERT_TRUE(Ask(node_->data.get(), &v1::Data::Stub::Write,
                  Put("ks.t", "before"), &written)
                  .ok());
  const std::vector<std::string> before = Log();
  v1::BatchWriteRequest batch;
  batch.set_mode(v1::BATCH_MODE_LOGGED);
  for (int i = 0; i < kWideRows; ++i) {
    *batch.add_writes() =
        Put(i % 2 == 0 ? "ks.t" : "ks.other", "w" + std::to_string(i));
  }
  v1::BatchWriteResponse response;
  const grpc::Status status =
      Ask(node_->data.get(), &v1::Data::Stub::BatchWrite, batch, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  for (uint32_t id = 0; id < 10; ++id) {
    if (auto table = engine_->FindTable(TableId{id})) tables_.push_back(table);
  }
  ASSERT_EQ(tables_.size(), 2u);
  Die();
  const std::vector<std::string> after = Log();
  int file = -1;
  for (size_t i = 0; i < after.size(); ++i) {
    if (EndOf(after[i]) == EndOf(before[i])) continue;
    ASSERT_EQ(file, -1) << "the batch lies in one segment";
    file = static_cast<int>(i);
  }
  ASSERT_NE(file, -1);
  const std::string& segment = after[static_cast<size_t>(file)];
  const size_t begin = EndOf(before[static_cast<size_t>(file)]);
  const size_t end = EndOf(segment);
  ASSERT_GT(end, begin + kWideRows * kValueBytes);
  EXPECT_EQ(RowsAfter(file + 1, segment, begin), 1);
  for (size_t cut = begin; cut < end && !HasFailure();) {
    const int rows = RowsAfter(file + 1, segment, cut) - 1;
    EXPECT_TRUE(rows == 0 || rows == kWideRows)
        << rows << " rows of the batch with the log cut at " << cut;
    const size_t in_block = cut % kBlockBytes;
    const bool near = in_block < kNear || in_block >= kBlockBytes - kNear;
    cut += near ? 1 : std::min(kStep, kBlockBytes - kNear - in_block);
  }
  EXPECT_EQ(RowsAfter(file + 1, segment, end), kWideRows + 1);
}

}  // namespace
}  // namespace rowan
