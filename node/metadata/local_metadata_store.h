// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_LOCAL_METADATA_STORE_H_
#define ROWAN_NODE_METADATA_LOCAL_METADATA_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "node/metadata/metadata_store.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"

namespace rowan {

// The metadata of a node that stands alone: a checked pair per key in one
// directory (FORMAT.md), whose owner holds the data directory's lock. A crash
// leaves the old or the new value, and damage to either file leaves the value.
// Thread-safe; calls take turns.
//
// What is there after Open is durable, and what a change leaves is. When the
// sync behind a rename fails, the new file is there until the next power cut,
// and maybe longer. The key is then unsettled: whoever asks for it next writes
// its files once more, and sees it only when that is durable. Settled values
// are kept in memory, so that asking for them can't fail.
class LocalMetadataStore : public MetadataStore {
 public:
  // Makes the directory when it is missing.
  static absl::StatusOr<std::unique_ptr<LocalMetadataStore>> Open(
      FileSystem* file_system, std::string directory);

  absl::StatusOr<VersionedValue> Get(std::string_view key) override;
  absl::StatusOr<uint64_t> Cas(std::string_view key, uint64_t expected,
                               std::string_view value) override;

 private:
  LocalMetadataStore(FileSystem* file_system, std::string directory)
      : file_system_(file_system), directory_(std::move(directory)) {}
  absl::StatusOr<VersionedValue> Load(std::string_view key)
      ROWAN_REQUIRES(mutex_);
  absl::Status Store(std::string_view key, const VersionedValue& value)
      ROWAN_REQUIRES(mutex_);

  FileSystem* const file_system_;
  const std::string directory_;
  Mutex mutex_;
  // What the disk is known to hold for good.
  std::map<std::string, VersionedValue, std::less<>> settled_
      ROWAN_GUARDED_BY(mutex_);
  // Keys of which it may hold one value or another.
  std::set<std::string, std::less<>> unsettled_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_LOCAL_METADATA_STORE_H_
