// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_DATA_DIRECTORY_H_
#define ROWAN_NODE_METADATA_DATA_DIRECTORY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/random.h"

namespace rowan {

// In a directory that `rowan backup restore` has begun to make a data directory
// of; goes when it is one.
inline constexpr char kUnfinishedRestore[] = "restore.unfinished";

// A node's data directory, held against every other process:
//
//   LOCK       held while the node runs
//   identity   who the node is (a checked pair, FORMAT.md)
//   clock      bound of the timestamps given out
//   metadata/  the catalogue
//   storage/   manifest and SSTables
//   commitlog/ segments
//   snapshots/ hard links to SSTables of before
//
// Owned by main; freed last. A directory that isn't this node's, or not of this
// version, is refused before anything in it is touched.
class DataDirectory {
 public:
  // Makes a new directory when it is missing or empty. `node_name`: empty takes
  // the name that the directory has, or "node-" and eight digits for a new one.
  // Errors, each one line that says what to do: kFailedPrecondition (in use,
  // another node's, another version's, not a data directory),
  // kPermissionDenied, kDataLoss. Blocks.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Open(
      FileSystem* file_system, std::string path, const std::string& node_name,
      Random* random);

  const std::string& path() const { return path_; }
  std::string metadata_path() const { return path_ + "/metadata"; }
  std::string storage_path() const { return path_ + "/storage"; }
  std::string snapshots_path() const { return path_ + "/snapshots"; }
  std::string commitlog_path() const { return path_ + "/commitlog"; }

  const std::string& node_name() const { return node_name_; }
  // 16 bytes; drawn when the directory was made.
  const std::string& node_id() const { return node_id_; }

 private:
  DataDirectory(std::string path, std::unique_ptr<FileLock> lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  const std::string path_;
  const std::unique_ptr<FileLock> lock_;
  std::string node_name_;
  std::string node_id_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_DATA_DIRECTORY_H_
