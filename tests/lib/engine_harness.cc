// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/engine_harness.h"

#include <utility>

#include "storage/base/check.h"

namespace rowan {
namespace {

class TextConsumer : public RowConsumer {
 public:
  explicit TextConsumer(const Schema& schema) : schema_(schema) {}

  size_t OnRow(const ResultRow& row) override {
    std::string text(row.partition_key);
    if (row.row != nullptr) {
      text += "/" + std::to_string(TestClustering(schema_, row.position)) + "=";
      for (const Cell& cell : row.row->cells) text += cell.value;
    }
    if (row.static_row != nullptr) {
      text += "[";
      for (const Cell& cell : row.static_row->cells) text += cell.value;
      text += "]";
    }
    rows.push_back(text);
    return text.size();
  }

  std::vector<std::string> rows;

 private:
  const Schema& schema_;
};

}  // namespace

EngineHarness::EngineHarness(uint64_t seed)
    : order_(seed),
      executor_(&clock_, seed == 0 ? nullptr : &order_),
      fs_(&executor_) {
  options.directory = "/data";
  log_options.directory = "/log";
  log_options.segment_bytes = 64 << 10;
}

EngineHarness::~EngineHarness() {
  if (engine_) (void)Stop();
}

void EngineHarness::Know(KnownTables known) {
  tables = std::move(known.tables);
  next_table_ = known.next;
}

absl::Status EngineHarness::Open() {
  EngineWorld world;
  world.file_system = &fs_;
  world.clock = &clock_;
  world.on_failure = on_failure;
  world.foreground = world.background = world.blocking = &executor_;
  if (archive_options) {
    archive_ = std::make_shared<LogArchive>(*archive_options, &fs_, &clock_,
                                            &executor_);
  }
  auto open_log = [this, open = MakeOpener(log_options, &fs_, &clock_,
                                           &executor_, archive_)](
                      LogNeed need, LogReplay* replay, LogClient* client,
                      LogRecovery* recovery) mutable
      -> absl::StatusOr<std::unique_ptr<MutationLog>> {
    auto log = open(need, replay, client, recovery);
    if (log.ok() && wrap_log) return wrap_log(*std::move(log));
    return log;
  };
  auto engine = OpenEngine(options, world, std::move(open_log),
                           {.tables = tables, .next = next_table_});
  if (!engine.ok()) return engine.status();
  engine_ = *std::move(engine);
  return absl::OkStatus();
}

absl::Status EngineHarness::Stop(bool drain) {
  std::optional<absl::Status> stopped;
  engine_->Stop(drain, [&](absl::Status status) { stopped = status; });
  ROWAN_CHECK(executor_.RunUntil([&] { return stopped.has_value(); }));
  engine_.reset();
  return *stopped;
}

void EngineHarness::Crash() {
  fs_.Crash();
  Die();
}

void EngineHarness::PowerCut() {
  fs_.PowerCut();
  Die();
}

void EngineHarness::PowerCut(const std::function<bool()>& keep) {
  fs_.PowerCut(keep);
  Die();
}

void EngineHarness::Die() {
  // On a dead disk everything under way ends with an error, and nothing more
  // is written.
  fs_.HoldAsync(false);
  fs_.ReleaseAll();
  if (engine_) (void)Stop();
}

absl::Status EngineHarness::Write(const Mutation& mutation) {
  std::optional<absl::Status> done;
  engine_->Write(mutation, [&](absl::Status status) { done = status; });
  ROWAN_CHECK(executor_.RunUntil([&] { return done.has_value(); }));
  return *done;
}

absl::Status EngineHarness::Flush(TableId table,
                                  std::optional<PartitionId> partition) {
  std::optional<absl::Status> done;
  engine_->Flush(table, partition, [&](absl::Status status) { done = status; });
  ROWAN_CHECK(executor_.RunUntil([&] { return done.has_value(); }));
  return *done;
}

absl::Status EngineHarness::Compact(TableId table,
                                    std::optional<PartitionId> partition) {
  std::optional<absl::Status> done;
  engine_->Compact(table, partition,
                   [&](absl::Status status) { done = status; });
  ROWAN_CHECK(executor_.RunUntil([&] { return done.has_value(); }));
  return *done;
}

absl::StatusOr<TableScrub> EngineHarness::Scrub(TableId table,
                                                const ScrubOrder& order) {
  std::optional<absl::StatusOr<TableScrub>> done;
  engine_->Scrub(
      table, std::nullopt, order,
      [&](absl::StatusOr<TableScrub> scrub) { done = std::move(scrub); });
  ROWAN_CHECK(executor_.RunUntil([&] { return done.has_value(); }));
  return *std::move(done);
}

absl::StatusOr<std::vector<std::string>> EngineHarness::Scan(TableId table) {
  ReadCommand command;
  command.table = table;
  return ReadAll(std::move(command));
}

absl::StatusOr<std::vector<std::string>> EngineHarness::ReadKey(
    TableId table, std::string_view key) {
  ReadCommand command;
  command.table = table;
  command.partition_key = std::string(key);
  command.token = TokenOfKey(key);
  return ReadAll(std::move(command));
}

absl::StatusOr<std::vector<std::string>> EngineHarness::ReadAll(
    ReadCommand command) {
  const auto schema = engine_->FindTable(command.table);
  if (!schema) return absl::NotFoundError("no such table");
  if (command.now_s == 0) command.now_s = clock_.WallSeconds();
  TextConsumer consumer(*schema);
  for (;;) {
    std::optional<absl::StatusOr<PageEnd>> end;
    engine_->Read(command, &consumer,
                  [&](absl::StatusOr<PageEnd> page) { end = std::move(page); });
    ROWAN_CHECK(executor_.RunUntil([&] { return end.has_value(); }));
    if (!end->ok()) return end->status();
    if (!(*end)->resume) return consumer.rows;
    command.resume = (*end)->resume;
    command.limit -= (*end)->rows;
    if (command.limit == 0) return consumer.rows;
  }
}

}  // namespace rowan
