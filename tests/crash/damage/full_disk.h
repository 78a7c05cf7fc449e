// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_DAMAGE_FULL_DISK_H_
#define ROWAN_TESTS_CRASH_DAMAGE_FULL_DISK_H_

#include <map>
#include <string>
#include <vector>

#include "tests/crash/damage/damaged_node.h"

namespace rowan {

// Files of one kind are read by the same code, so that a disk could give one
// for the other.
enum class FileKind {
  kSSTable,
  kSSTableLz4,
  kSSTableZstd,
  kSnapshotSSTable,
  kLog,
  kManifest,
  kCatalogue,
  kSnapshot,
  kIdentity,
  kClock,
};
const char* NameOf(FileKind kind);

// A disk with a data directory that holds a file of every kind: three tables,
// one for each compression, with SSTables that hide each other's rows, and
// writes in the log only; two snapshots whose files no table has any more. The
// node died after it had been idle.
struct FullDisk {
  struct File {
    FileKind kind;
    std::string path;
    std::string bytes;
    std::vector<std::string> older;  // as it was at earlier moments
    std::string copy;                // of the same bytes; "": there is none
    // Nothing says that there was more of it (commitlog/FORMAT.md).
    bool last_of_log = false;
  };
  FullDisk();

  MemTree image;
  std::vector<File> files;  // in the order of their paths
  std::vector<std::string> keys;
  Answers answers;  // of a node on the undamaged disk
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_DAMAGE_FULL_DISK_H_
