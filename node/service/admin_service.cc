// SPDX-License-Identifier: Apache-2.0
#include "node/service/admin_service.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/service/in_queue.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/missing_fields.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

constexpr uint32_t kPartitionsDefault = 1000;
constexpr uint32_t kPartitionsMax = 10'000;
constexpr uint32_t kSSTablesMax = 1000;
constexpr uint32_t kSnapshotsMax = 1000;

v1::NodeState EncodeState(NodeState state) {
  switch (state) {
    case NodeState::kStarting:
      return v1::NODE_STATE_STARTING;
    case NodeState::kServing:
      return v1::NODE_STATE_SERVING;
    case NodeState::kReadOnly:
      return v1::NODE_STATE_READ_ONLY;
    case NodeState::kStopping:
      return v1::NODE_STATE_STOPPING;
  }
  return v1::NODE_STATE_UNSPECIFIED;
}

void EncodeTasks(const TaskCounts& tasks, v1::TaskCounts* out) {
  out->set_running(static_cast<uint32_t>(tasks.running));
  out->set_waiting(static_cast<uint32_t>(tasks.waiting));
}

void EncodeLoad(const LoadRates& rates, v1::RecentLoad* out) {
  out->set_window_s(rates.window_s);
  out->set_writes_per_s(rates.writes_per_s);
  out->set_reads_per_s(rates.reads_per_s);
  out->set_write_p99_us(static_cast<uint64_t>(rates.write_p99_ns / 1000));
  out->set_read_p99_us(static_cast<uint64_t>(rates.read_p99_ns / 1000));
}

void EncodeEngineStatus(const EngineStatus& status, v1::NodeStatus* out) {
  out->set_memtable_bytes(static_cast<uint64_t>(status.memtable_bytes));
  out->set_memtable_limit_bytes(
      static_cast<uint64_t>(status.memtable_limit_bytes));
  out->set_commitlog_bytes(status.log_bytes);
  out->set_compaction_pending_bytes(status.compaction_pending_bytes);
  out->set_flushes(status.flushes);
  out->set_flush_bytes(status.flush_bytes);
  out->set_compactions(status.compactions);
  out->set_compaction_bytes_read(status.compaction_bytes_read);
  out->set_compaction_bytes_written(status.compaction_bytes_written);
  out->set_reads(status.reads.pages());
  out->set_writes(status.writes);
  out->set_writes_delayed(status.writes_delayed);
  out->set_writes_refused(status.writes_refused);
  out->set_tombstones_scanned(status.reads.tombstones);
  EncodeTasks(status.flush_tasks, out->mutable_flush_tasks());
  EncodeTasks(status.compaction_tasks, out->mutable_compaction_tasks());
  out->set_failure(status.failure);
  out->set_background_failure(status.background_failure);
  out->set_disk_full(status.disk_full);
  out->set_disk_reserve_bytes(status.disk_reserve_bytes);
  for (const std::string& line : status.recovery) out->add_recovery(line);
}

void EncodePartition(PartitionId id, v1::PartitionRef* out) {
  out->set_prefix_length(id.prefix_length);
  out->set_prefix_bits(id.prefix_bits);
}

// The same order for all of a table, or of all tables: which, and for which
// partition.
struct Target {
  std::vector<TableId> tables;
  std::optional<PartitionId> partition;
};

template <typename Request>
absl::StatusOr<Target> TargetOf(const Catalogue& catalogue,
                                const Request& request) {
  Target target;
  if (!request.has_table()) {
    if (request.has_partition()) {
      return InField(
          BadRequest("MISSING_TABLE", "a partition is one of a table's"),
          "table");
    }
    for (const auto& [name, table] : catalogue.tables()) {
      target.tables.push_back(table->id);
    }
    return target;
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const Schema> schema,
                   FindTable(catalogue, request.table()));
  target.tables.push_back(schema->id);
  if (request.has_partition()) {
    const uint8_t length = schema->options.partition_prefix_length;
    if (request.partition().prefix_length() != length ||
        request.partition().prefix_bits() >= uint64_t{1} << length) {
      return InField(
          RequestError(absl::StatusCode::kNotFound, "UNKNOWN_PARTITION",
                       absl::StrCat("the table's partitions have "
                                    "prefix length ",
                                    length)),
          "partition");
    }
    target.partition = PartitionId{length, request.partition().prefix_bits()};
  }
  return target;
}

// Gives one order per table and finishes the call with the first error once all
// have answered. Deletes itself then.
template <typename CallType>
class Order {
 public:
  using Give = void (Engine::*)(TableId, std::optional<PartitionId>,
                                DoneCallback);

  Order(CallType* call, size_t tables) : call_(call), open_(tables + 1) {}

  void Run(Engine& engine, Give give, const Target& target) {
    for (const TableId table : target.tables) {
      (engine.*give)(table, target.partition,
                     [this](absl::Status status) { Answered(status); });
    }
    Answered(absl::OkStatus());
  }

 private:
  void Answered(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      // A table that was dropped meanwhile has nothing left to do.
      if (first_error_.ok() && !absl::IsNotFound(status)) {
        first_error_ = status;
      }
      if (--open_ > 0) return;
    }
    CallType* const call = call_;
    const absl::Status result = first_error_;
    delete this;
    call->Finish(DiskError(result));
  }

  CallType* const call_;
  Mutex mutex_;
  size_t open_ ROWAN_GUARDED_BY(mutex_);
  absl::Status first_error_ ROWAN_GUARDED_BY(mutex_);
};

template <typename CallType>
void GiveOrder(Coordinator* coordinator, CallType* call,
               typename Order<CallType>::Give give) {
  absl::StatusOr<Target> target =
      TargetOf(*coordinator->catalogue(), call->request());
  if (!target.ok()) return call->Finish(target.status());
  auto* order = new Order<CallType>(call, target->tables.size());
  order->Run(coordinator->local_engine(), give, *target);
}

void EncodeKey(const Schema& schema, std::string_view partition_key,
               v1::Key* out) {
  const auto components = DecodePartitionKey(schema, partition_key);
  if (!components.ok()) return;
  size_t nulls_left = kShownNullsMax;
  for (size_t i = 0; i < components->size(); ++i) {
    const ColumnType& type = schema.columns[i].type;
    v1::Value* value = out->add_values();
    DecodeValue(type, (*components)[i], value).IgnoreError();
    ShowMissingFields(type, &nulls_left, value);
  }
}

void EncodeSnapshot(const SnapshotInfo& snapshot, v1::Snapshot* out) {
  out->set_name(snapshot.name);
  out->set_keyspace(snapshot.keyspace);
  out->set_table(snapshot.table);
  out->set_created_at_us(snapshot.created_at_us);
  out->set_sstables(snapshot.sstables);
  out->set_bytes(snapshot.bytes);
}

void EncodeSSTable(const Schema& schema, const SSTableStatus& in,
                   v1::SSTableInfo* out) {
  const SSTableStatistics& statistics = in.statistics;
  out->set_path(in.path);
  out->set_file_id(statistics.file.value);
  EncodePartition(statistics.partition, out->mutable_partition());
  out->set_level(in.level);
  out->set_file_bytes(in.file_bytes);
  out->set_wide_rows(statistics.wide_rows);
  out->set_rows(statistics.rows);
  out->set_cells(statistics.cells);
  out->set_tombstones(statistics.tombstones);
  out->set_data_bytes_raw(statistics.data_bytes_raw);
  out->set_data_bytes_stored(statistics.data_bytes_stored);
  out->mutable_tokens()->set_first(statistics.first_token.ToSigned());
  out->mutable_tokens()->set_last(statistics.last_token.ToSigned());
  EncodeKey(schema, statistics.first_key, out->mutable_first_partition_key());
  EncodeKey(schema, statistics.last_key, out->mutable_last_partition_key());
  out->set_min_timestamp_us(statistics.min_timestamp);
  out->set_max_timestamp_us(statistics.max_timestamp);
  if (statistics.max_local_deletion_s != 0) {
    out->set_min_local_deletion_s(statistics.min_local_deletion_s);
    out->set_max_local_deletion_s(statistics.max_local_deletion_s);
  }
  out->set_written_at_us(statistics.written_at_us);
}

}  // namespace

void AdminService::GetNodeStatus(
    UnaryCall<v1::GetNodeStatusRequest, v1::NodeStatus>* call) {
  const std::shared_ptr<const Catalogue> catalogue = coordinator_->catalogue();
  const NodeFacts& facts = *sources_.facts;
  v1::NodeStatus* out = call->response();
  out->set_name(facts.name);
  out->set_node_id(facts.node_id);
  out->set_version(std::string(kRowanVersion));
  out->set_client_address(facts.client_address);
  out->set_http_address(facts.http_address);
  const int64_t up_ns =
      coordinator_->clock().MonotonicNanos() - facts.serving_since_ns;
  out->set_uptime_s(static_cast<uint64_t>(up_ns / 1'000'000'000));
  out->set_keyspaces(static_cast<uint32_t>(catalogue->keyspaces().size()));
  out->set_tables(static_cast<uint32_t>(catalogue->tables().size()));
  const EngineStatus engine = coordinator_->local_engine().status();
  EncodeEngineStatus(engine, out);
  EncodeLoad(sources_.load->Rates(LoadTotalsOf(*sources_.metrics, engine)),
             out->mutable_recent());
  const NodeState state = facts.state.load();
  const bool read_only =
      (!out->failure().empty() || !out->disk_full().empty()) &&
      state == NodeState::kServing;
  out->set_state(read_only ? v1::NODE_STATE_READ_ONLY : EncodeState(state));
  EncodeDisk(*catalogue, out);
  call->Finish(absl::OkStatus());
}

void AdminService::EncodeDisk(const Catalogue& catalogue,
                              v1::NodeStatus* out) const {
  const Engine& engine = coordinator_->local_engine();
  uint64_t sstables = 0, sstable_bytes = 0;
  for (const auto& [name, table] : catalogue.tables()) {
    for (const PartitionStatus& partition : engine.Partitions(table->id)) {
      sstables += partition.sstables;
      sstable_bytes += partition.sstable_bytes;
    }
  }
  out->set_sstables(sstables);
  out->set_sstable_bytes(sstable_bytes);
  uint64_t snapshot_bytes = 0;
  for (const SnapshotInfo& snapshot :
       coordinator_->snapshots().List("", SnapshotStore::kSnapshotsMax)) {
    snapshot_bytes += snapshot.bytes;
  }
  out->set_snapshot_bytes(snapshot_bytes);
  const std::optional<uint64_t> free = sources_.disk_free_bytes();
  if (free) out->set_disk_free_bytes(*free);
}

void AdminService::Flush(UnaryCall<v1::FlushRequest, v1::FlushResponse>* call) {
  GiveOrder(coordinator_, call, &Engine::Flush);
}

void AdminService::Compact(
    UnaryCall<v1::CompactRequest, v1::CompactResponse>* call) {
  GiveOrder(coordinator_, call, &Engine::Compact);
}

void AdminService::ListPartitions(
    UnaryCall<v1::ListPartitionsRequest, v1::ListPartitionsResponse>* call) {
  const v1::ListPartitionsRequest& request = call->request();
  const auto schema = FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  uint32_t from = 0;
  if (!request.page_token().empty() &&
      !absl::SimpleAtoi(request.page_token(), &from)) {
    return call->Finish(
        InField(BadRequest("BAD_PAGE_TOKEN", "not a token of this listing"),
                "page_token"));
  }
  const uint32_t page = request.page_size() == 0
                            ? kPartitionsDefault
                            : std::min(request.page_size(), kPartitionsMax);
  const std::vector<PartitionStatus> all =
      coordinator_->local_engine().Partitions((*schema)->id);
  size_t i = from;
  for (; i < all.size() && i < size_t{from} + page; ++i) {
    const PartitionStatus& in = all[i];
    v1::PartitionInfo* out = call->response()->add_partitions();
    EncodePartition(in.partition, out->mutable_partition());
    out->mutable_range()->set_first(in.partition.first().ToSigned());
    out->mutable_range()->set_last(in.partition.last().ToSigned());
    out->set_memtable_bytes(in.memtable_bytes);
    out->set_memtable_wide_rows(in.memtable_wide_rows);
    out->set_memtables_flushing(in.memtables_flushing);
    out->set_sstables(in.sstables);
    out->set_sstable_bytes(in.sstable_bytes);
    out->set_compaction_pending_bytes(in.compaction_pending_bytes);
    out->set_flushed_to(in.flushed_to.value);
    out->set_lost(in.lost);
  }
  if (i < all.size()) {
    call->response()->set_next_page_token(std::to_string(i));
  }
  call->Finish(absl::OkStatus());
}

void AdminService::ListSSTables(
    UnaryCall<v1::ListSSTablesRequest, v1::ListSSTablesResponse>* call) {
  const v1::ListSSTablesRequest& request = call->request();
  const auto schema = FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  const uint32_t page = request.page_size() == 0
                            ? kSSTablesMax
                            : std::min(request.page_size(), kSSTablesMax);
  std::vector<SSTableStatus> all =
      coordinator_->local_engine().SSTables((*schema)->id);
  std::sort(all.begin(), all.end(),
            [](const SSTableStatus& a, const SSTableStatus& b) {
              return a.path < b.path;
            });
  auto next = std::upper_bound(
      all.begin(), all.end(), request.page_token(),
      [](const std::string& token, const SSTableStatus& sstable) {
        return token < sstable.path;
      });
  for (uint32_t i = 0; i < page && next != all.end(); ++i, ++next) {
    EncodeSSTable(**schema, *next, call->response()->add_sstables());
  }
  if (next != all.end()) {
    call->response()->set_next_page_token(std::prev(next)->path);
  }
  call->Finish(absl::OkStatus());
}

void AdminService::CreateSnapshot(
    UnaryCall<v1::CreateSnapshotRequest, v1::Snapshot>* call) {
  const v1::CreateSnapshotRequest& request = call->request();
  snapshots_.Flush(
      request.keyspace(), request.table(), call->deadline_ns(),
      [this, call](const absl::StatusOr<TableSnapshots::Flushed>& flushed) {
        call->Finish(Keep(call, flushed));
      });
}

absl::Status AdminService::Keep(
    UnaryCall<v1::CreateSnapshotRequest, v1::Snapshot>* call,
    const absl::StatusOr<TableSnapshots::Flushed>& flushed) {
  const v1::CreateSnapshotRequest& request = call->request();
  RETURN_IF_ERROR(DiskError(flushed.status()));
  if (*flushed == nullptr) {
    return InField(NoTable(*coordinator_->catalogue(), request.keyspace(),
                           request.table()),
                   "table");
  }
  const absl::Status kept = coordinator_->schemas().KeepTable(
      request.keyspace(), request.table(),
      [&](const Schema& table) -> absl::Status {
        ASSIGN_OR_RETURN(
            const auto snapshot,
            request.name().empty()
                ? snapshots_.TakeBefore("snapshot", table, *flushed)
                : snapshots_.Take(table, *flushed, request.name(),
                                  /*or_like_it=*/false));
        EncodeSnapshot(snapshot, call->response());
        return absl::OkStatus();
      });
  return ChangeError(kept, "name");
}

void AdminService::ListSnapshots(
    UnaryCall<v1::ListSnapshotsRequest, v1::ListSnapshotsResponse>* call) {
  const v1::ListSnapshotsRequest& request = call->request();
  const uint32_t page = request.page_size() == 0
                            ? kSnapshotsMax
                            : std::min(request.page_size(), kSnapshotsMax);
  std::vector<SnapshotInfo> found =
      coordinator_->snapshots().List(request.page_token(), page + 1);
  if (found.size() > page) {
    found.pop_back();
    call->response()->set_next_page_token(found.back().name);
  }
  for (const SnapshotInfo& snapshot : found) {
    EncodeSnapshot(snapshot, call->response()->add_snapshots());
  }
  call->Finish(absl::OkStatus());
}

void AdminService::DropSnapshot(
    UnaryCall<v1::DropSnapshotRequest, v1::DropSnapshotResponse>* call) {
  InQueue(changes_, call, [this, call] {
    call->Finish(InField(
        SnapshotError(coordinator_->snapshots().Drop(call->request().name())),
        "name"));
  });
}

}  // namespace rowan
