// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_
#define ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"
#include "storage/engine/state/tables.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// The manifest as flushes, compactions and schema changes share it: one edit
// after another, none for a dropped table, and file ids given out in between.
//
// Thread-safe. Commit blocks on the disk under a lock: only background steps
// and schema changes call it, readers and writers never.
class ManifestStore {
 public:
  // `on_failed` is called once, when no edit can be committed any more.
  ManifestStore(std::unique_ptr<Manifest> manifest, FileSystem* fs,
                absl::AnyInvocable<void(const absl::Status&)> on_failed)
      : manifest_(std::move(manifest)),
        fs_(fs),
        on_failed_(std::move(on_failed)),
        next_file_(manifest_->state().next_file.value) {}

  FileId NextFile() { return FileId{next_file_.fetch_add(1)}; }

  // Durable when OK. kCancelled when the table was dropped meanwhile: the
  // caller removes what it has written. After any other error the edit may
  // still be on the disk: the files that it names stay until that is known.
  // After kResourceExhausted Prepare finds out; after all others the next
  // start.
  absl::Status Commit(const Table& table, ManifestEdit edit) {
    MutexLock lock(mutex_);
    if (table.dropped()) return absl::CancelledError("the table was dropped");
    edit.next_file = FileId{next_file_.load()};
    const absl::Status status = TryCommit(edit);
    if (!absl::IsResourceExhausted(status)) return status;
    for (const ManifestEdit::PartitionEdit& partition : edit.partitions) {
      for (const ManifestFile& file : partition.added) {
        in_doubt_.push_back(table.FilePath(file.file));
      }
    }
    return status;
  }
  // Calls `use` with what the manifest holds, and commits nothing meanwhile:
  // the files that it names are not removed.
  absl::Status WhileItStands(
      absl::FunctionRef<absl::Status(const ManifestState&)> use) {
    MutexLock lock(mutex_);
    return use(manifest_->state());
  }
  // Asked before a file is written that an edit shall name: an error when none
  // can be committed.
  absl::Status Prepare() {
    MutexLock lock(mutex_);
    RETURN_IF_ERROR(Judged(manifest_->Settle()));
    // No edit names them. A name that stays is an orphan of the next start's.
    for (const std::string& path : in_doubt_) (void)fs_->Remove(path);
    in_doubt_.clear();
    return absl::OkStatus();
  }
  // What logs lost below `position` is accepted, in all partitions.
  absl::Status CommitLossesAccepted(LogPosition position) {
    MutexLock lock(mutex_);
    ManifestEdit edit;
    edit.losses_accepted_to = position;
    return TryCommit(edit);
  }
  // The edit that drops a table; none for it follows. REQUIRES: not dropped.
  absl::Status CommitDrop(Table* table) {
    MutexLock lock(mutex_);
    absl::Status status = Drop(table->id());
    if (status.ok()) table->SetDropped();
    return status;
  }
  // The same for one that the engine doesn't hold.
  absl::Status CommitDrop(TableId table) {
    MutexLock lock(mutex_);
    return Drop(table);
  }

 private:
  absl::Status Drop(TableId table) ROWAN_REQUIRES(mutex_) {
    ManifestEdit edit;
    edit.tables_dropped.push_back(table);
    return TryCommit(edit);
  }
  absl::Status TryCommit(const ManifestEdit& edit) ROWAN_REQUIRES(mutex_) {
    return Judged(manifest_->Commit(edit));
  }
  absl::Status Judged(absl::Status status) ROWAN_REQUIRES(mutex_) {
    const bool final = !status.ok() && !absl::IsResourceExhausted(status);
    if (final && !std::exchange(failed_, true)) on_failed_(status);
    return status;
  }

  Mutex mutex_;
  const std::unique_ptr<Manifest> manifest_;
  FileSystem* const fs_;
  absl::AnyInvocable<void(const absl::Status&)> on_failed_
      ROWAN_GUARDED_BY(mutex_);
  bool failed_ ROWAN_GUARDED_BY(mutex_) = false;
  // Named by edits that may be on the disk.
  std::vector<std::string> in_doubt_ ROWAN_GUARDED_BY(mutex_);
  std::atomic<uint64_t> next_file_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_
