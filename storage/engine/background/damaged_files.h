// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_DAMAGED_FILES_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_DAMAGED_FILES_H_

#include <cstddef>
#include <memory>
#include <span>

#include "absl/container/flat_hash_set.h"
#include "storage/base/mutex.h"
#include "storage/sstable/sstable.h"

namespace rowan {

// The SSTables that no merge takes, because one of them has failed on their
// damage: the same bytes would be read in vain after every flush. File ids are
// never used twice, so one set serves all partitions; it is bounded by the
// files that were found damaged since the start.
//
// Leaving a file out of a merge of its neighbours changes no result: merging is
// commutative, and what its statistics say it may hold still holds off purging.
//
// Thread-safe.
class DamagedFiles {
 public:
  // After a merge of `inputs` has failed with kDataLoss: those that were found
  // damaged. False when none is new, such as when the disk refuses the output.
  bool Add(std::span<const std::shared_ptr<SSTable>> inputs) {
    MutexLock lock(mutex_);
    const size_t before = files_.size();
    for (const auto& file : inputs) {
      if (file->damage_found()) files_.insert(file->statistics().file);
    }
    return files_.size() > before;
  }
  // One that was found damaged by who read it for that.
  void Add(FileId file) {
    MutexLock lock(mutex_);
    files_.insert(file);
  }
  // They are gone.
  void Remove(std::span<const FileId> files) {
    MutexLock lock(mutex_);
    for (const FileId file : files) files_.erase(file);
  }
  bool Contains(FileId file) const {
    MutexLock lock(mutex_);
    return files_.contains(file);
  }
  size_t count() const {
    MutexLock lock(mutex_);
    return files_.size();
  }

 private:
  mutable Mutex mutex_;
  absl::flat_hash_set<FileId> files_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_DAMAGED_FILES_H_
