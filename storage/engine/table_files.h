// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_TABLE_FILES_H_
#define ROWAN_STORAGE_ENGINE_TABLE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "partitioner/partition_id.h"
#include "storage/base/ids.h"

namespace rowan {

// The SSTables that a table had at one moment, as hard links in a directory of
// their own: enough, with the schema, to make a table of them again. Plain
// values.
struct TableFiles {
  struct Partition {
    PartitionId id;
    struct File {
      std::string name;  // in the directory
      uint32_t level = 0;
      uint64_t bytes = 0;
      friend bool operator==(const File&, const File&) = default;
    };
    std::vector<File> files;  // oldest first
    // PartitionStatus::lost: what these files may lack, in words.
    std::string lost;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;  // those with files or losses
  friend bool operator==(const TableFiles&, const TableFiles&) = default;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_TABLE_FILES_H_
