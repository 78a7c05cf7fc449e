// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_
#define ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_

#include <atomic>
#include <memory>
#include <utility>

#include "storage/base/mutex.h"
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
  explicit ManifestStore(std::unique_ptr<Manifest> manifest)
      : manifest_(std::move(manifest)),
        next_file_(manifest_->state().next_file.value) {}

  FileId NextFile() { return FileId{next_file_.fetch_add(1)}; }

  // Durable when OK. kCancelled when the table was dropped meanwhile: the
  // caller removes what it has written. After any other error the edit may
  // still be on the disk: the files that it names stay, and the next start
  // removes them if it is not.
  absl::Status Commit(const Table& table, ManifestEdit edit) {
    MutexLock lock(mutex_);
    if (table.dropped()) return absl::CancelledError("the table was dropped");
    edit.next_file = FileId{next_file_.load()};
    failed_ = manifest_->Commit(edit);
    return failed_;
  }
  // Why no edit can be committed any more; OK while one can. Asked before a
  // file is written for nothing.
  absl::Status failed() const {
    MutexLock lock(mutex_);
    return failed_;
  }
  // What logs lost below `position` is accepted, in all partitions.
  absl::Status CommitLossesAccepted(LogPosition position) {
    MutexLock lock(mutex_);
    ManifestEdit edit;
    edit.losses_accepted_to = position;
    failed_ = manifest_->Commit(edit);
    return failed_;
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
    failed_ = manifest_->Commit(edit);
    return failed_;
  }

  mutable Mutex mutex_;
  const std::unique_ptr<Manifest> manifest_;
  absl::Status failed_ ROWAN_GUARDED_BY(mutex_);
  std::atomic<uint64_t> next_file_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_MANIFEST_STORE_H_
