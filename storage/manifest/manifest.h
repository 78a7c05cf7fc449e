// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "partitioner/partition_id.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// One SSTable of one partition, as the manifest knows it.
struct ManifestFile {
  FileId file;
  uint32_t level = 0;
  uint64_t bytes = 0;
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

using PartitionName = std::pair<TableId, PartitionId>;

// One atomic change of what is on disk: the commit point of a flush, a
// compaction, a table created or dropped. Applied wholly or not at all.
struct ManifestEdit {
  struct PartitionEdit {
    TableId table;
    PartitionId partition;
    std::vector<ManifestFile> added;
    std::vector<FileId> removed;
    // Every record of this partition below it is in SSTables.
    std::optional<LogPosition> flushed_to;
    // The log has lost records that may be of this partition, and how; at most
    // 1 KiB, "": nothing to say.
    std::string lost;
    friend bool operator==(const PartitionEdit&,
                           const PartitionEdit&) = default;
  };
  std::vector<PartitionEdit> partitions;
  // Records of a table below this position don't belong to it: set when it is
  // created (its id is new anyway) and later by truncate.
  std::vector<std::pair<TableId, LogPosition>> tables_created;
  std::vector<TableId> tables_dropped;
  std::optional<FileId> next_file;  // ids below it have been given out
  // Erases `lost` of all partitions, and says that what the log lost below this
  // position is not to be asked for again.
  std::optional<LogPosition> losses_accepted_to;
  friend bool operator==(const ManifestEdit&, const ManifestEdit&) = default;
};

// The whole state that the edits add up to.
struct ManifestState {
  struct Partition {
    std::vector<ManifestFile> files;  // oldest first
    LogPosition flushed_to;
    std::string lost;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  struct Table {
    LogPosition created_at;
    std::map<PartitionId, Partition> partitions;
    friend bool operator==(const Table&, const Table&) = default;
  };
  std::map<TableId, Table> tables;
  FileId next_file{1};
  LogPosition losses_accepted_to;
  friend bool operator==(const ManifestState&, const ManifestState&) = default;
};

// Applies `edit`. kDataLoss when it does not fit the state (unknown table, file
// added twice to a partition or removed though absent, a flushed position or
// next file that goes back); `state` is then unchanged. What a partition's edit
// adds takes the place of what it removes in the order of age. next_file also
// follows the added files.
absl::Status ApplyEdit(const ManifestEdit& edit, ManifestState* state);

// The append-only record of SSTables and flushed log positions: the only truth
// of what the data directory holds (FORMAT.md). Two files of the same bytes,
// MANIFEST-<n> and MANIFEST-<n>.copy, rewritten as n+1 when they have grown to
// 4 times their live size (at least 1 MiB). Any damage of one of them, up to
// its loss, costs nothing: Open takes the other's bytes and writes both anew.
//
// Thread-compatible: one owner (the engine's manifest queue) applies edits one
// after another. Commit blocks on the disk; it is called from background tasks
// only. After a failed Commit every later one answers the same error, unless it
// was kResourceExhausted: then the files that may hold a part of the edit are
// left behind, and both are written anew before the next one.
class Manifest {
 public:
  // Opens the newest manifest in `directory`, or makes an empty one. A last
  // edit that is torn in both files is cut off; the same place damaged in both
  // before it is kDataLoss with files and offset, and nothing is changed.
  //
  // `before_cut` is given what is left, before the cut is made durable: what it
  // sets aside, for the sake of the edit that was cut, stays so whatever comes
  // next. Its error is Open's, and nothing is changed.
  using BeforeCut = absl::FunctionRef<absl::Status(const ManifestState&)>;
  static absl::StatusOr<std::unique_ptr<Manifest>> Open(
      FileSystem* fs, const std::string& directory, BeforeCut before_cut);
  static absl::StatusOr<std::unique_ptr<Manifest>> Open(
      FileSystem* fs, const std::string& directory);
  virtual ~Manifest() = default;

  virtual const ManifestState& state() const = 0;
  // Durable in both files when it returns OK.
  virtual absl::Status Commit(const ManifestEdit& edit) = 0;
  // Leaves behind what a Commit without room left in doubt. When OK, no edit
  // that failed is on the disk.
  virtual absl::Status Settle() = 0;
  virtual const std::string& path() const = 0;  // of the first file
  // What Open found wrong and put right, a line each.
  virtual const std::vector<std::string>& notes() const = 0;
  // Bytes that Open cut off the end. An edit that a crash tore looks like one
  // that was durable and damaged since in both files: who deletes SSTables must
  // think of both.
  virtual uint64_t cut_bytes() const = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_H_
