// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_COMPACTION_TABLE_FILES_H_
#define ROWAN_TESTS_STORAGE_COMPACTION_TABLE_FILES_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/sstable/sstable.h"
#include "storage/sstable/sstable_writer.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/row_literals.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {

// SSTables of one partition on a disk in memory.
class TableFiles {
 public:
  static constexpr char kDirectory[] = "/data";

  TableFiles();

  MemFileSystem& fs() { return fs_; }
  // Options and path for the file to be written next.
  SSTableWriterOptions NextOptions();
  std::string NextPath() const { return PathOf(FileId{next_file_}); }
  static std::string PathOf(FileId file);

  // Writes them into one new file, which covers the log positions
  // [10 x file id, 10 x file id + 9].
  std::shared_ptr<SSTable> Write(const std::vector<const Mutation*>& mutations);

  std::shared_ptr<SSTable> Open(FileId file);
  std::vector<VectorWideRow> Read(FileId file);
  std::vector<std::string> FileNames();

 private:
  MemFileSystem fs_;
  std::shared_ptr<const Schema> schema_;
  uint64_t next_file_ = 1;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_COMPACTION_TABLE_FILES_H_
