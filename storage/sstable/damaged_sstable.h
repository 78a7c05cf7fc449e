// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_DAMAGED_SSTABLE_H_
#define ROWAN_STORAGE_SSTABLE_DAMAGED_SSTABLE_H_

#include <memory>
#include <string>

#include "storage/sstable/sstable.h"

namespace rowan {

// Stands for an SSTable that could not be opened, so that its partition goes
// on: it may hold anything, and every read that has to ask it gets `why`.
std::shared_ptr<SSTable> MakeDamagedSSTable(
    const std::string& path, std::shared_ptr<const Schema> schema, FileId file,
    PartitionId partition, const absl::Status& why);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_DAMAGED_SSTABLE_H_
