// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_
#define ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/row_iterator.h"
#include "storage/model/row_summary.h"
#include "storage/sstable/statistics.h"

namespace rowan {

// Counts what passes through a writer. Thread-compatible; memory is at
// most 2 KiB, and an entry for each of at most 400 spans of drop times.
class StatisticsCollector {
 public:
  // kDataLoss when an image is not a row image: it came from a damaged source.
  absl::Status AddWideRow(const WideRowHead& head);
  absl::Status AddFragment(const RowFragment& fragment);
  // `bytes`: what the wide row takes in blocks, before compression.
  void EndWideRow(uint64_t bytes);

  // Everything that was counted, into the fields that depend on it.
  void Fill(SSTableStatistics* statistics) const;

 private:
  absl::Status AddImage(std::string_view image);
  void AddDeletion(const DeletionTime& deletion);
  void AddPosition(std::string_view position);

  SSTableStatistics seen_;
  RowSummary summary_;
  DropTimes drop_times_;
  SizeHistogram wide_row_bytes_, wide_row_cells_;
  uint64_t wide_row_deletions_ = 0;
  uint64_t cells_before_ = 0;  // the open wide row
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_
