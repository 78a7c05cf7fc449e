// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/partition_compaction.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/compaction/expired_files.h"
#include "storage/compaction/strategy.h"

namespace rowan {
namespace {

bool Contains(const std::vector<std::shared_ptr<SSTable>>& files,
              const SSTable* file) {
  return std::any_of(files.begin(), files.end(),
                     [file](const auto& one) { return one.get() == file; });
}

// Files below it are of one level: a merge of a few hundred KiB costs less than
// the reads that many tiny files would make dearer.
constexpr uint64_t kBaseBytes = uint64_t{1} << 20;

// A merged file would forget them.
absl::Status RefuseLosses(const SSTable& file) {
  if (file.losses().empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(file.path(),
                   " says what damage took; it is merged once a scrub has "
                   "accepted the loss"));
}

// Files whose contents have all expired. A file with records that may be
// replayed stays: they would come back without their tombstones.
std::vector<FileId> Expired(const PartitionView& view, LogPosition flushed_to,
                            const Schema& schema, uint32_t now_s) {
  std::vector<FileAge> ages;
  int64_t elsewhere = view.active->memtable.min_timestamp();
  for (const auto& slot : view.flushing) {
    elsewhere = std::min(elsewhere, slot->memtable.min_timestamp());
  }
  for (const auto& file : view.sstables) {
    const SSTableStatistics& known = file->statistics();
    // What is lost may not have expired.
    if (known.log_to > flushed_to || !file->losses().empty()) {
      elsewhere = std::min(elsewhere, known.min_timestamp);
      continue;
    }
    ages.push_back({known.file, known.min_timestamp, known.max_timestamp,
                    known.max_local_deletion_s});
  }
  return ExpiredFiles(ages, elsewhere, now_s, schema.options.tombstone_grace_s);
}

}  // namespace

CompactionPlan PlanCompaction(const Partition& partition, const Schema& schema,
                              uint32_t now_s, const DamagedFiles& damaged) {
  const auto view = partition.HoldView();
  std::vector<CompactionFile> files;
  for (const auto& file : view->sstables) {
    const SSTableStatistics& known = file->statistics();
    if (!file->damage().ok() || damaged.Contains(known.file)) continue;
    if (!file->losses().empty()) continue;
    files.push_back(
        {known.file, file->file_bytes(), known.first_token, known.last_token});
  }
  CompactionPlan plan;
  std::vector<FileId> chosen =
      Expired(*view, partition.flushed_to(), schema, now_s);
  plan.expired = !chosen.empty();
  const CompactionStrategy strategy(schema.options.compaction_scaling,
                                    kBaseBytes);
  std::reverse(files.begin(), files.end());  // oldest first
  plan.debt_bytes = strategy.PendingBytes(files);
  if (chosen.empty()) {
    auto pick = strategy.Pick(files);
    if (!pick) return plan;
    chosen = std::move(pick->inputs);
    plan.output_level = pick->output_level;
  }
  for (const auto& file : view->sstables) {
    if (std::find(chosen.begin(), chosen.end(), file->statistics().file) ==
        chosen.end()) {
      continue;
    }
    plan.inputs.push_back(file);
    plan.input_bytes += file->file_bytes();
  }
  return plan;
}

// What lies outside of the merge, as it is when it is asked: the other SSTables
// and the memtables. The log needs a rule of its own: records at or after the
// flushed position may be replayed after a crash, so while an input holds such
// records nothing may be purged that could hide one of them.
class PartitionCompaction::Oracle final : public PurgeOracle {
 public:
  Oracle(const Partition* partition,
         const std::vector<std::shared_ptr<SSTable>>* inputs)
      : partition_(partition), inputs_(inputs) {
    const LogPosition flushed_to = partition->flushed_to();
    for (const auto& file : *inputs) {
      if (file->statistics().log_to > flushed_to) replayable_ = true;
    }
  }

  int64_t MaxPurgeableTimestamp(Token token, std::string_view key) override {
    int64_t smallest = std::numeric_limits<int64_t>::max();
    if (replayable_) return std::numeric_limits<int64_t>::min();
    const auto view = partition_->HoldView();
    auto ask = [&](const Memtable& memtable) {
      if (memtable.Contains(token, key)) {
        smallest = std::min(smallest, memtable.min_timestamp());
      }
    };
    ask(view->active->memtable);
    for (const auto& slot : view->flushing) ask(slot->memtable);
    for (const auto& file : view->sstables) {
      if (Contains(*inputs_, file.get()) || !file->MayContain(token)) continue;
      smallest = std::min(smallest, file->statistics().min_timestamp);
    }
    return smallest;
  }

 private:
  const Partition* const partition_;
  const std::vector<std::shared_ptr<SSTable>>* const inputs_;
  bool replayable_ = false;
};

PartitionCompaction::PartitionCompaction(EngineCore* core,
                                         std::shared_ptr<Table> table,
                                         Partition* partition,
                                         DamagedFiles* damaged, bool all)
    : core_(core),
      table_(std::move(table)),
      partition_(partition),
      damaged_(damaged),
      all_(all) {}

PartitionCompaction::~PartitionCompaction() = default;

absl::StatusOr<bool> PartitionCompaction::Step() {
  if (!job_) {
    RETURN_IF_ERROR(Start());
    if (plan_.inputs.empty()) return true;
  }
  if (plan_.expired) {
    MergeResult dropped;
    for (const auto& file : plan_.inputs) {
      dropped.removed.push_back(file->statistics().file);
    }
    RETURN_IF_ERROR(Commit(dropped));
    return true;
  }
  ASSIGN_OR_RETURN(const bool finished, job_->Step());
  if (!finished) return false;
  RETURN_IF_ERROR(Commit(job_->result()));
  return true;
}

absl::Status PartitionCompaction::Start() {
  RETURN_IF_ERROR(core_->manifest->Prepare());
  const Clock& clock = *core_->world.clock;
  if (all_) {
    plan_.inputs = partition_->HoldView()->sstables;
    for (const auto& file : plan_.inputs) {
      RETURN_IF_ERROR(file->damage());
      RETURN_IF_ERROR(RefuseLosses(*file));
      plan_.input_bytes += file->file_bytes();
      plan_.output_level =
          std::max(plan_.output_level, file->statistics().level);
    }
  } else {
    plan_ = PlanCompaction(*partition_, *table_->schema(), clock.WallSeconds(),
                           *damaged_);
  }
  if (plan_.inputs.empty() || plan_.expired) return absl::OkStatus();
  // At most as large as all inputs together.
  ASSIGN_OR_RETURN(room_, core_->disk.HoldForMerge(plan_.input_bytes));
  oracle_ = std::make_unique<Oracle>(partition_, &plan_.inputs);
  MergeJobSpec spec;
  spec.inputs = plan_.inputs;
  spec.fs = core_->world.file_system;
  // Behind the inputs: it knows every column of theirs.
  spec.output.schema = table_->schema();
  const Schema& schema = *spec.output.schema;
  spec.output.file = core_->manifest->NextFile();
  spec.output.partition = partition_->id();
  spec.output.level = plan_.output_level;
  spec.output.compression = schema.options.compression;
  spec.output.written_at_us = clock.WallMicros();
  spec.path = table_->FilePath(spec.output.file);
  spec.oracle = oracle_.get();
  spec.now_s = clock.WallSeconds();
  spec.grace_s = schema.options.tombstone_grace_s;
  job_ = std::make_unique<MergeJob>(std::move(spec));
  return absl::OkStatus();
}

absl::Status PartitionCompaction::Commit(const MergeResult& result) {
  FileSystem* fs = core_->world.file_system;
  ManifestEdit edit;
  ManifestEdit::PartitionEdit& part = edit.partitions.emplace_back();
  part.table = table_->id();
  part.partition = partition_->id();
  part.added = result.added;
  part.removed = result.removed;
  std::vector<std::shared_ptr<SSTable>> added;
  for (const ManifestFile& file : result.added) {
    const std::string path = table_->FilePath(file.file);
    auto opened = SSTable::Open(fs, path);
    if (!opened.ok()) {
      (void)fs->Remove(path);  // nobody names it yet
      return opened.status();
    }
    added.push_back(*std::move(opened));
  }
  const absl::Status status = core_->manifest->Commit(*table_, std::move(edit));
  if (!status.ok()) {
    if (absl::IsCancelled(status)) {
      for (const auto& file : added) (void)fs->Remove(file->path());
    }
    return status;
  }
  EngineCounters& counters = core_->counters;
  EngineCounters::Add(counters.compactions);
  EngineCounters::Add(counters.compaction_bytes_read, result.bytes_read);
  EngineCounters::Add(counters.compaction_bytes_written, result.bytes_written);
  partition_->CompactionCommitted(result.removed, added);
  damaged_->Remove(result.removed);
  // Readers that hold the old view keep the files open; a name that stays
  // behind is an orphan, which the next start removes.
  for (const auto& file : plan_.inputs) (void)fs->Remove(file->path());
  return absl::OkStatus();
}

}  // namespace rowan
