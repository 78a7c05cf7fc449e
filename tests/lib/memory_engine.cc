// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/memory_engine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

struct WideRow {
  DeletionTime deletion;
  std::vector<RangeTombstone> ranges;
  Row static_row;
  std::map<std::string, Row, std::less<>> rows;  // by position
  uint64_t bytes = 0;
};

// The newest deletion that covers a position.
DeletionTime DeletionAt(const WideRow& wide_row, std::string_view position) {
  DeletionTime deletion = wide_row.deletion;
  for (const RangeTombstone& range : wide_row.ranges) {
    if (range.start <= position && position < range.end) {
      deletion = Newer(deletion, range.deletion);
    }
  }
  return deletion;
}

bool InSlices(const std::vector<ClusteringSlice>& slices,
              std::string_view position) {
  // Nothing that a slice can't reach.
  if (slices.empty()) return position < kLastBound;
  return std::any_of(slices.begin(), slices.end(), [&](const auto& slice) {
    return slice.start <= position && position < slice.end;
  });
}

void Project(const ReadCommand& command, Row* row) {
  if (!command.columns.has_value()) return;
  std::erase_if(row->cells, [&](const Cell& cell) {
    return !std::binary_search(command.columns->begin(), command.columns->end(),
                               cell.column);
  });
}

}  // namespace

struct MemoryEngine::Table {
  std::shared_ptr<const Schema> schema;
  std::map<std::pair<uint64_t, std::string>, WideRow> wide_rows;
};

namespace {

// One page over one table; the lock is held meanwhile.
class PageWalk {
 public:
  PageWalk(const ReadCommand& command, const Schema& schema,
           RowConsumer* consumer, EndReason early)
      : command_(command),
        dropped_(schema.dropped),
        consumer_(consumer),
        early_(early) {}

  PageEnd Run(const MemoryEngine::Table& table);

 private:
  bool WideRowFits(uint64_t token, const std::string& key) const;
  // False when the page is full.
  bool WalkWideRow(Token token, const std::string& key, const WideRow& in);
  bool WalkRow(Token token, const std::string& key, const WideRow& in,
               const std::string& position, const Row* static_row);
  bool HasLiveRow(const WideRow& in) const;
  bool Give(const ResultRow& row);
  void Meet(const WideRow& in);
  bool Full(Token token, const std::string& key, std::string_view position);
  bool Resumes(const std::string& key) const {
    return command_.resume.has_value() && !command_.resume->position.empty() &&
           command_.resume->partition_key == key;
  }

  const ReadCommand& command_;
  const std::vector<ColumnId>& dropped_;
  RowConsumer* const consumer_;
  const EndReason early_;
  PageEnd end_;
  uint64_t bytes_ = 0;
  uint64_t left_in_wide_row_ = 0;
  bool any_row_ = false;
  bool fell_through_ = false;
};

bool PageWalk::WideRowFits(uint64_t token, const std::string& key) const {
  if (command_.partition_key.has_value() && key != *command_.partition_key) {
    return false;
  }
  if (!command_.wide_rows.empty() &&
      !std::binary_search(command_.wide_rows.begin(), command_.wide_rows.end(),
                          WideRowKey{Token{token}, key})) {
    return false;
  }
  if (token < command_.first_token.value || token > command_.last_token.value) {
    return false;
  }
  if (!command_.resume.has_value()) return true;
  const auto place = std::make_pair(token, key);
  const auto from = std::make_pair(command_.resume->token.value,
                                   command_.resume->partition_key);
  return Resumes(key) ? place >= from : place > from;
}

bool PageWalk::Full(Token token, const std::string& key,
                    std::string_view position) {
  if (end_.rows >= command_.limit) {
    end_.reason = EndReason::kRows;
    return true;
  }
  if (end_.rows >= command_.page_rows_max) {
    end_.reason = EndReason::kRows;
  } else if (bytes_ >= command_.page_bytes_max) {
    end_.reason = EndReason::kBytes;
  } else if (early_ != EndReason::kExhausted) {
    end_.reason = early_;
  } else {
    return false;
  }
  end_.resume = ReadPosition{.token = token,
                             .partition_key = key,
                             .position = std::string(position),
                             .rows_left_in_wide_row = left_in_wide_row_,
                             .row_fell_through = fell_through_};
  return true;
}

bool PageWalk::Give(const ResultRow& row) {
  bytes_ += consumer_->OnRow(row);
  ++end_.rows;
  any_row_ = true;
  --left_in_wide_row_;
  return !Full(row.token, std::string(row.partition_key),
               left_in_wide_row_ == 0 ? "" : row.position);
}

bool PageWalk::WalkRow(Token token, const std::string& key, const WideRow& in,
                       const std::string& position, const Row* static_row) {
  if (left_in_wide_row_ == 0 || !InSlices(command_.slices, position)) {
    return true;
  }
  if (Resumes(key)) {
    const std::string& last = command_.resume->position;
    if (command_.reverse ? position >= last : position <= last) return true;
  }
  Row row = in.rows.at(position);
  ++end_.stats.rows_scanned;
  ApplyDeletion(DeletionAt(in, position), &row);
  RemoveColumns(dropped_, &row);
  if (!KeepLive(command_.now_s, &row)) {
    ++end_.stats.tombstones;
    return true;
  }
  if (command_.filter != nullptr &&
      !*command_.filter->HoldsForRow(position, &row)) {
    fell_through_ = true;
    return true;
  }
  Project(command_, &row);
  return Give({.token = token,
               .partition_key = key,
               .position = position,
               .row = &row,
               .static_row = static_row});
}

// Of what `command_` covers, dead or alive.
void PageWalk::Meet(const WideRow& in) {
  const auto meet = [this](int64_t timestamp) {
    end_.newest_us = std::max(end_.newest_us, timestamp);
  };
  const auto meet_row = [&meet](const Row& row) {
    meet(row.liveness.timestamp);
    meet(row.deletion.timestamp);
    for (const Cell& cell : row.cells) meet(cell.timestamp);
  };
  meet(in.deletion.timestamp);
  meet_row(in.static_row);
  for (const auto& [position, row] : in.rows) {
    if (InSlices(command_.slices, position)) meet_row(row);
  }
  for (const RangeTombstone& range : in.ranges) {
    const bool met =
        command_.slices.empty() ||
        std::any_of(command_.slices.begin(), command_.slices.end(),
                    [&range](const ClusteringSlice& slice) {
                      return range.start < slice.end && slice.start < range.end;
                    });
    if (met) meet(range.deletion.timestamp);
  }
}

bool PageWalk::HasLiveRow(const WideRow& in) const {
  for (const auto& [position, merged] : in.rows) {
    if (!InSlices(command_.slices, position)) continue;
    Row row = merged;
    ApplyDeletion(DeletionAt(in, position), &row);
    if (KeepLive(command_.now_s, &row)) return true;
  }
  return false;
}

bool PageWalk::WalkWideRow(Token token, const std::string& key,
                           const WideRow& in) {
  if (command_.want_newest) Meet(in);
  left_in_wide_row_ = Resumes(key) ? command_.resume->rows_left_in_wide_row
                                   : command_.per_wide_row_limit;
  any_row_ = Resumes(key);
  Row static_row = in.static_row;
  ApplyDeletion(in.deletion, &static_row);
  RemoveColumns(dropped_, &static_row);
  const bool has_static = KeepLive(command_.now_s, &static_row);
  fell_through_ = Resumes(key) && command_.resume->row_fell_through;
  if (command_.filter != nullptr &&
      !*command_.filter->HoldsForWideRow(key,
                                         has_static ? &static_row : nullptr)) {
    return true;
  }
  Project(command_, &static_row);
  const Row* shown = has_static ? &static_row : nullptr;
  if (command_.distinct) {
    if (!has_static && !HasLiveRow(in)) return true;
    left_in_wide_row_ = 1;
    return Give({.token = token, .partition_key = key, .static_row = shown});
  }
  std::vector<std::string> positions;
  for (const auto& [position, row] : in.rows) positions.push_back(position);
  if (command_.reverse) std::reverse(positions.begin(), positions.end());
  for (const std::string& position : positions) {
    if (!WalkRow(token, key, in, position, shown)) return false;
  }
  const bool alone = command_.slices.empty() || command_.static_alone;
  if (any_row_ || !has_static || !alone) return true;
  if (command_.filter != nullptr &&
      (fell_through_ || !*command_.filter->HoldsForRow({}, nullptr))) {
    return true;
  }
  return Give({.token = token, .partition_key = key, .static_row = shown});
}

PageEnd PageWalk::Run(const MemoryEngine::Table& table) {
  end_.stats.memtables = 1;
  for (const auto& [place, wide_row] : table.wide_rows) {
    if (!WideRowFits(place.first, place.second)) continue;
    if (!WalkWideRow(Token{place.first}, place.second, wide_row)) return end_;
  }
  return end_;
}

}  // namespace

absl::Status MemoryEngine::CreateTable(std::shared_ptr<const Schema> schema) {
  MutexLock lock(mutex_);
  auto table = std::make_shared<Table>();
  table->schema = std::move(schema);
  const uint32_t id = table->schema->id.value;
  if (!tables_.emplace(id, std::move(table)).second) {
    return absl::AlreadyExistsError("the table's id is known");
  }
  return absl::OkStatus();
}

absl::Status MemoryEngine::AlterTable(std::shared_ptr<const Schema> schema) {
  MutexLock lock(mutex_);
  const auto found = tables_.find(schema->id.value);
  if (found == tables_.end()) return absl::NotFoundError("no table");
  found->second->schema = std::move(schema);
  return absl::OkStatus();
}

absl::Status MemoryEngine::DropTable(TableId table) {
  MutexLock lock(mutex_);
  if (tables_.erase(table.value) == 0) return absl::NotFoundError("no table");
  return absl::OkStatus();
}

absl::StatusOr<TableFiles> MemoryEngine::LinkFiles(TableId table,
                                                   const std::string&) {
  if (FindTable(table) == nullptr) return absl::NotFoundError("no table");
  return TableFiles{};
}

absl::StatusOr<EngineCheckpoint> MemoryEngine::Checkpoint(const std::string&) {
  return EngineCheckpoint{};
}

absl::StatusOr<std::vector<std::string>> MemoryEngine::RestoreTable(
    std::shared_ptr<const Schema> schema, const std::string&,
    const TableFiles&) {
  RETURN_IF_ERROR(CreateTable(std::move(schema)));
  return std::vector<std::string>();
}

std::shared_ptr<const Schema> MemoryEngine::FindTable(TableId table) const {
  MutexLock lock(mutex_);
  const auto found = tables_.find(table.value);
  return found == tables_.end() ? nullptr : found->second->schema;
}

std::string_view MemoryEngine::Keep(std::string_view bytes) {
  return kept_.emplace_back(bytes);
}

Row MemoryEngine::KeepRow(const Row& row) {
  Row kept = row;
  for (Cell& cell : kept.cells) {
    cell.value = Keep(cell.value);
    cell.path = Keep(cell.path);
  }
  return kept;
}

absl::Status MemoryEngine::Check(const Mutation& mutation) const {
  if (!fail_writes_.ok()) return fail_writes_;
  if (tables_.count(mutation.table.value) == 0) {
    return absl::NotFoundError("unknown table");
  }
  return absl::OkStatus();
}

void MemoryEngine::Apply(const Mutation& mutation) {
  ++writes_;
  WideRow& wide_row = tables_.at(mutation.table.value)
                          ->wide_rows[{mutation.token.value,
                                       std::string(mutation.partition_key)}];
  wide_row.bytes += EncodedMutationSize(mutation);
  wide_row.deletion = Newer(wide_row.deletion, mutation.wide_row_deletion);
  for (const RangeTombstone& range : mutation.range_tombstones) {
    wide_row.ranges.push_back(
        {Keep(range.start), Keep(range.end), range.deletion});
  }
  if (mutation.static_row.has_value()) {
    MergeRow(KeepRow(*mutation.static_row), &wide_row.static_row);
  }
  for (const RowChange& change : mutation.rows) {
    MergeRow(KeepRow(change.row), &wide_row.rows[std::string(change.position)]);
  }
}

void MemoryEngine::Write(const Mutation& mutation, DoneCallback done) {
  WriteAtomic(std::span(&mutation, 1), std::move(done));
}

void MemoryEngine::WriteAtomic(std::span<const Mutation> mutations,
                               DoneCallback done) {
  absl::Status status;
  {
    MutexLock lock(mutex_);
    for (const Mutation& mutation : mutations) {
      if (status.ok()) status = Check(mutation);
    }
    if (status.ok()) {
      for (const Mutation& mutation : mutations) Apply(mutation);
    }
  }
  done(status);
}

void MemoryEngine::Read(
    const ReadCommand& command, RowConsumer* consumer,
    absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) {
  std::function<void()> before;
  {
    MutexLock lock(mutex_);
    before.swap(before_read_);
  }
  if (before) before();
  absl::StatusOr<PageEnd> end = absl::NotFoundError("unknown table");
  {
    MutexLock lock(mutex_);
    ++reads_;
    const auto table = tables_.find(command.table.value);
    if (!fail_reads_.ok()) {
      end = fail_reads_;
    } else if (table != tables_.end()) {
      end = PageWalk(command, *table->second->schema, consumer, early_)
                .Run(*table->second);
    }
  }
  done(std::move(end));
}

void MemoryEngine::Flush(TableId table, std::optional<PartitionId>,
                         DoneCallback done) {
  done(FindTable(table) == nullptr ? absl::NotFoundError("unknown table")
                                   : absl::OkStatus());
}

void MemoryEngine::Compact(TableId table, std::optional<PartitionId> partition,
                           DoneCallback done) {
  Flush(table, partition, std::move(done));
}

void MemoryEngine::Scrub(
    TableId, std::optional<PartitionId>, const ScrubOrder&,
    absl::AnyInvocable<void(absl::StatusOr<TableScrub>)> done) {
  done(TableScrub());
}

std::vector<PartitionStatus> MemoryEngine::Partitions(TableId table) const {
  MutexLock lock(mutex_);
  std::vector<PartitionStatus> partitions;
  const auto found = tables_.find(table.value);
  if (found == tables_.end()) return partitions;
  const uint8_t length = found->second->schema->options.partition_prefix_length;
  for (uint32_t bits = 0; bits < uint32_t{1} << length; ++bits) {
    PartitionStatus& status = partitions.emplace_back();
    status.table = table;
    status.partition = {length, bits};
    for (const auto& [place, wide_row] : found->second->wide_rows) {
      if (!status.partition.Contains(Token{place.first})) continue;
      ++status.memtable_wide_rows;
      status.memtable_bytes += wide_row.bytes;
    }
  }
  return partitions;
}

std::vector<SSTableStatus> MemoryEngine::SSTables(TableId) const { return {}; }

EngineStatus MemoryEngine::status() const {
  MutexLock lock(mutex_);
  EngineStatus status;
  status.reads.by_sstables[0] = reads_;
  status.writes = writes_;
  std::string& why = absl::IsResourceExhausted(fail_writes_) ? status.disk_full
                                                             : status.failure;
  if (!fail_writes_.ok()) why = std::string(fail_writes_.message());
  return status;
}

uint64_t MemoryEngine::EstimateBytes(TableId table, Token first,
                                     Token last) const {
  MutexLock lock(mutex_);
  const auto found = tables_.find(table.value);
  if (found == tables_.end()) return 0;
  uint64_t bytes = 0;
  for (const auto& [place, wide_row] : found->second->wide_rows) {
    if (first.value <= place.first && place.first <= last.value) {
      bytes += wide_row.bytes;
    }
  }
  return bytes;
}

void MemoryEngine::Stop(bool, DoneCallback done) { done(absl::OkStatus()); }

void MemoryEngine::FailWrites(absl::Status status) {
  MutexLock lock(mutex_);
  fail_writes_ = std::move(status);
}

void MemoryEngine::FailReads(absl::Status status) {
  MutexLock lock(mutex_);
  fail_reads_ = std::move(status);
}

void MemoryEngine::BeforeNextRead(std::function<void()> action) {
  MutexLock lock(mutex_);
  before_read_ = std::move(action);
}

void MemoryEngine::EndPagesEarly(EndReason reason) {
  MutexLock lock(mutex_);
  early_ = reason;
}

}  // namespace rowan
