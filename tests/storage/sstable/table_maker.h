// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_SSTABLE_TABLE_MAKER_H_
#define ROWAN_TESTS_STORAGE_SSTABLE_TABLE_MAKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/sstable/sstable_reader.h"
#include "storage/sstable/sstable_writer.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_random.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {

// A table with columns key text | ck int | st text static | v blob, d double,
// t timestamp.
std::shared_ptr<const Schema> MakerSchema();

// Position of the row with clustering column `ck`, and of the bounds next to
// it.
std::string RowPosition(int32_t ck);
std::string BoundPosition(int32_t ck, char kind);

// An image with a marker and one cell (column 4) of `value`.
std::string RowImageOf(std::string_view value, int64_t timestamp = 1000);

// Options for a file of everything that MakerSchema's table may hold.
SSTableWriterOptions MakerOptions(Compression compression = Compression::kNone);

// Writes `wide_rows`; fails the test when that fails.
SSTableStatistics WriteTable(FileSystem* fs, const std::string& path,
                             const std::vector<VectorWideRow>& wide_rows,
                             SSTableWriterOptions options = MakerOptions());
std::shared_ptr<SSTableReader> OpenTable(FileSystem* fs,
                                         const std::string& path);
std::vector<VectorWideRow> ReadTable(const SSTableReader& table);

// Wide rows that obey the rules of RowIterator: heads with and without
// deletion and static row, rows with values of up to `value_bytes_max`, range
// deletions that join and span many rows.
struct RandomShape {
  size_t wide_rows = 30;
  size_t rows_max = 20;
  size_t value_bytes_max = 300;
  uint64_t tokens = ~uint64_t{0};  // few: wide rows share tokens
};
std::vector<VectorWideRow> RandomWideRows(SimRandom* random,
                                          const RandomShape& shape);

// One wide row of `rows` rows with values of `value_bytes`.
VectorWideRow LargeWideRow(uint64_t token, size_t rows, size_t value_bytes);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_SSTABLE_TABLE_MAKER_H_
