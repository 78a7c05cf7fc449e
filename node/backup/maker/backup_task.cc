// SPDX-License-Identifier: Apache-2.0
#include "node/backup/maker/backup_task.h"

#include <algorithm>
#include <utility>

#include "commitlog/log_copy.h"
#include "node/backup/backup_codec.h"
#include "storage/base/status_macros.h"
#include "storage/engine/state/file_names.h"

namespace rowan {
namespace {

using std::chrono::milliseconds;

// A step of FileCopy each: leaves most of a disk that does several hundred
// MiB/s to the log, flushes and merges.
constexpr std::chrono::nanoseconds kStepPeriod{1'000'000'000 / 64};
// The log's files say that all of it is durable with its next chunk, or when it
// has been idle for 100 ms.
constexpr milliseconds kLogPatience{150};
constexpr int kLogTriesMax = 40;
// A table was changed, or a log file used again, while the log was copied. Both
// are rare.
constexpr int kCheckpointsMax = 10;
// Of two SSTables of one name and size that are not the same (the data
// directory was copied, and two nodes went on), the ends differ: statistics,
// with the time of writing, and the checksums of all sections lie there.
constexpr uint64_t kEndBytes = 4096;

absl::StatusOr<std::string> EndOf(FileSystem* fs, const std::string& path,
                                  uint64_t bytes) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs->Open(path, OpenOptions{}));
  std::string end(std::min(bytes, kEndBytes), '\0');
  ASSIGN_OR_RETURN(const size_t read, file->ReadAt(bytes - end.size(), end));
  end.resize(read);
  return end;
}

}  // namespace

BackupMaker::Task::Task(const BackupParts& parts, std::string name,
                        int64_t deadline_ns, Done done)
    : parts_(parts),
      name_(std::move(name)),
      deadline_ns_(deadline_ns),
      done_(std::move(done)),
      directory_(parts.file_system, parts.directory) {}

void BackupMaker::Task::Go(Step step, std::chrono::nanoseconds delay) {
  auto run = [self = shared_from_this(), step] {
    absl::Status status = self->InTime();
    if (status.ok()) status = (self.get()->*step)();
    if (!status.ok()) self->End(status);
  };
  if (delay.count() == 0) return parts_.executor->Post(std::move(run));
  parts_.executor->PostAfter(delay, std::move(run));
}

absl::Status BackupMaker::Task::InTime() const {
  if (stopping_) return absl::UnavailableError("the node is shutting down");
  if (parts_.coordinator->clock().MonotonicNanos() < deadline_ns_) {
    return absl::OkStatus();
  }
  return absl::DeadlineExceededError("the backup took longer; it is not there");
}

void BackupMaker::Task::End(absl::Status status) {
  copy_.reset();
  if (lock_ != nullptr) {
    // What stays the next one removes, or the next start.
    RemoveBackupWork(parts_.file_system, parts_.work_path).IgnoreError();
  }
  lock_.reset();
  if (status.ok()) return done_(std::move(made_));
  done_(status);
}

absl::Status BackupMaker::Task::Prepare() {
  RETURN_IF_ERROR(directory_.CheckFree(name_));
  ASSIGN_OR_RETURN(lock_, directory_.BeginAdding());
  RETURN_IF_ERROR(LearnEarlierFiles());
  return FlushTables();
}

// Bounded by what the directory holds; a backup that can't be read is for its
// check to tell.
absl::Status BackupMaker::Task::LearnEarlierFiles() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, directory_.Names());
  for (const std::string& name : names) {
    const absl::StatusOr<Backup> backup = directory_.Read(name);
    if (!backup.ok() || backup->node_id != parts_.node_id) continue;
    earlier_.insert(backup->sstables.begin(), backup->sstables.end());
  }
  return absl::OkStatus();
}

// So that little of the log is needed. What fails here would fail the backup,
// too: a disk that is full, or gone.
absl::Status BackupMaker::Task::FlushTables() {
  struct Flushes {
    std::atomic<size_t> open{1};
    Mutex mutex;
    absl::Status first_error ROWAN_GUARDED_BY(mutex);
  };
  auto flushes = std::make_shared<Flushes>();
  auto answered = [self = shared_from_this(),
                   flushes](const absl::Status& status) {
    {
      MutexLock lock(flushes->mutex);
      // Of a table that was dropped meanwhile there is nothing to flush.
      if (!absl::IsNotFound(status)) flushes->first_error.Update(status);
      if (--flushes->open > 0) return;
      self->flushed_ = flushes->first_error;
    }
    self->Go(&Task::TakeCheckpoint);
  };
  const auto catalogue = parts_.coordinator->catalogue();
  flushes->open += catalogue->tables().size();
  for (const auto& [name, table] : catalogue->tables()) {
    parts_.coordinator->local_engine().Flush(table->id, std::nullopt, answered);
  }
  answered(absl::OkStatus());
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::TakeCheckpoint() {
  RETURN_IF_ERROR(flushed_);
  FileSystem& fs = *parts_.file_system;
  RETURN_IF_ERROR(RemoveBackupWork(&fs, parts_.work_path));
  RETURN_IF_ERROR(fs.CreateDirectory(LinksPath()));
  ++checkpoints_;
  log_tries_ = 0;
  backup_ = Backup{.node_id = parts_.node_id, .node_name = parts_.node_name};
  RETURN_IF_ERROR(parts_.coordinator->schemas().HoldStill(
      [&](const Catalogue& catalogue, uint64_t version) -> absl::Status {
        backup_.catalogue_version = version;
        catalogue_ = parts_.coordinator->catalogue();
        backup_.catalogue = catalogue.Encode();
        ASSIGN_OR_RETURN(
            EngineCheckpoint checkpoint,
            parts_.coordinator->local_engine().Checkpoint(LinksPath()));
        backup_.manifest = std::move(checkpoint.manifest);
        backup_.log.from = checkpoint.log_from;
        log_until_ = checkpoint.log_until;
        return absl::OkStatus();
      }));
  backup_.created_at_us = parts_.coordinator->clock().WallMicros();
  Go(&Task::CopyLogFiles, kLogPatience);
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::TakeAnother(const absl::Status& why) {
  if (checkpoints_ >= kCheckpointsMax) return why;
  Go(&Task::TakeCheckpoint);
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::CopyLogFiles() {
  const absl::StatusOr<LogCopied> copied =
      CopyLog(parts_.file_system, parts_.log_paths,
              {.from = backup_.log.from, .until = log_until_}, LogPath());
  if (absl::IsDataLoss(copied.status())) return TakeAnother(copied.status());
  if (!copied.ok()) return copied.status();
  if (copied->end < log_until_) {
    if (++log_tries_ == kLogTriesMax) {
      return absl::UnavailableError(
          "the log did not become durable; see rowan status");
    }
    RETURN_IF_ERROR(RemoveLogCopy());
    Go(&Task::CopyLogFiles, kLogPatience);
    return absl::OkStatus();
  }
  // Its last chunk may hold records of a table as it was changed since.
  if (parts_.coordinator->catalogue() != catalogue_) {
    return TakeAnother(absl::AbortedError(
        "tables were changed whenever the backup began; make it again when "
        "they aren't"));
  }
  backup_.log.end = copied->end;
  backup_.timestamps_below_us = parts_.timestamps->BoundMicros();
  Go(&Task::ListFiles);
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::RemoveLogCopy() {
  FileSystem& fs = *parts_.file_system;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(LogPath()));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(fs.Remove(absl::StrCat(LogPath(), "/", name)));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> BackupMaker::Task::IsStored(
    const Source& source, const StoredObject& object) const {
  if (object.bytes != source.bytes) return false;
  ASSIGN_OR_RETURN(const bool there, directory_.objects().Has(object));
  if (!there) return false;
  FileSystem* fs = parts_.file_system;
  ASSIGN_OR_RETURN(const std::string here,
                   EndOf(fs, source.path, source.bytes));
  ASSIGN_OR_RETURN(
      const std::string stored,
      EndOf(fs, directory_.objects().PathOf(object.digest), source.bytes));
  return here == stored;
}

absl::Status BackupMaker::Task::AddSSTable(const Backup::SSTableName& name) {
  Source source{
      .path = absl::StrCat(LinksPath(), "/", SSTableFileName(name.second))};
  const absl::StatusOr<uint64_t> bytes =
      FileBytes(parts_.file_system, source.path);
  if (absl::IsNotFound(bytes.status())) {
    made_.missing.push_back(absl::StrCat("SSTable ", name.second.value,
                                         " of table ", name.first.value,
                                         " is missing on the node"));
    return absl::OkStatus();
  }
  if (!bytes.ok()) return bytes.status();
  source.bytes = *bytes;
  made_.bytes += *bytes;
  const auto [at, is_new] = backup_.sstables.try_emplace(name);
  source.object = &at->second;
  const auto earlier = earlier_.find(name);
  if (earlier != earlier_.end()) {
    ASSIGN_OR_RETURN(const bool stored, IsStored(source, earlier->second));
    if (stored) {
      at->second = earlier->second;
      return absl::OkStatus();
    }
  }
  sources_.push_back(std::move(source));
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::ListFiles() {
  for (const auto& [id, table] : backup_.manifest.tables) {
    for (const auto& [partition_id, partition] : table.partitions) {
      for (const ManifestFile& file : partition.files) {
        RETURN_IF_ERROR(AddSSTable({id, file.file}));
      }
    }
  }
  ASSIGN_OR_RETURN(backup_.log.files,
                   DescribeLogFiles(parts_.file_system, LogPath()));
  for (Backup::LogFile& file : backup_.log.files) {
    made_.bytes += file.object.bytes;
    sources_.push_back({.path = absl::StrCat(LogPath(), "/", file.name),
                        .bytes = file.object.bytes,
                        .object = &file.object});
  }
  made_.files = backup_.sstables.size() + backup_.log.files.size();
  made_.files_copied = sources_.size();
  uint64_t total = 0;
  for (const Source& source : sources_) total += source.bytes;
  bytes_total_ = total;
  Go(&Task::CopyNext);
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::CopyNext() {
  if (sources_.empty()) return Commit();
  ObjectStore& objects = directory_.mutable_objects();
  const Source& source = sources_.front();
  if (copy_ == nullptr) {
    ASSIGN_OR_RETURN(FileCopy begun,
                     objects.BeginAdd(source.path, source.bytes));
    copy_ = std::make_unique<FileCopy>(std::move(begun));
  }
  const uint64_t before = copy_->done_bytes();
  ASSIGN_OR_RETURN(const bool more, copy_->Step());
  const auto copied = static_cast<int64_t>(copy_->done_bytes() - before);
  bytes_done_ += static_cast<uint64_t>(copied);
  if (!more) {
    ASSIGN_OR_RETURN(*source.object, objects.EndAdd(*copy_));
    copy_.reset();
    sources_.pop_front();
  }
  // Small files are not slower than large ones.
  Go(&Task::CopyNext, kStepPeriod * copied / int64_t{FileCopy::kStepBytes});
  return absl::OkStatus();
}

absl::Status BackupMaker::Task::Commit() {
  RETURN_IF_ERROR(directory_.Add(name_, backup_));
  made_.name = name_;
  made_.digest = DigestOf(backup_);
  made_.created_at_us = backup_.created_at_us;
  made_.bytes_copied = bytes_total_;
  End(absl::OkStatus());
  return absl::OkStatus();
}

}  // namespace rowan
