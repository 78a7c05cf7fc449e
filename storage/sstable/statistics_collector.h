// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_
#define ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_

#include <cstdint>
#include <map>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/row_iterator.h"
#include "storage/model/row_summary.h"
#include "storage/sstable/statistics.h"

namespace rowan {

// Counts what passes through a writer. Thread-compatible; memory is a few
// hundred bytes and an entry for every day on which something expires.
class StatisticsCollector {
 public:
  // kDataLoss when an image is not a row image: it came from a damaged source.
  absl::Status AddWideRow(const WideRowHead& head);
  absl::Status AddFragment(const RowFragment& fragment);

  // Everything that was counted, into the fields that depend on it.
  void Fill(SSTableStatistics* statistics) const;

 private:
  absl::Status AddImage(std::string_view image);
  void AddDeletion(const DeletionTime& deletion);
  void AddPosition(std::string_view position);
  void AddDropTime(uint32_t local_time_s);

  SSTableStatistics seen_;
  RowSummary summary_;
  std::map<uint32_t, uint64_t> drop_times_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_STATISTICS_COLLECTOR_H_
