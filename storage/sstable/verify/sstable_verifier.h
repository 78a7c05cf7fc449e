// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_VERIFY_SSTABLE_VERIFIER_H_
#define ROWAN_STORAGE_SSTABLE_VERIFY_SSTABLE_VERIFIER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/read_stats.h"
#include "storage/sstable/loss/sstable_loss.h"
#include "storage/sstable/order_check.h"
#include "storage/sstable/sstable_reader.h"
#include "storage/sstable/statistics_collector.h"
#include "storage/sstable/verify/content_check.h"

namespace rowan {

enum class VerifyLevel {
  kChecksum,  // each block: checksum, decompression, framing
  kOrder,     // and: tokens, keys and positions ascend, range deletions join,
              // the statistics are true, no byte is outside of the blocks
  kDeep,      // and: the filter knows and the indexes find every key and row,
              // and all keys and values are of the file's schema
};

// Something wrong in a file.
struct SSTableDamage {
  std::string what;  // with path and, where it has a place, offset or key
  std::optional<SSTableLoss> lost;  // what can't be read because of it
};

// Reads all of one open file (whose sections Open has checked) and tells what
// is wrong, going on behind it. The statistics are compared only where nothing
// was lost. Work comes in steps, so that a node can do it on the side.
//
// Thread-compatible; the table outlives it. Holds one block a level, and
// the first kDamagesKept damages.
class SSTableVerifier {
 public:
  static constexpr size_t kDamagesKept = 1000;

  SSTableVerifier(const SSTableReader* table, VerifyLevel level);

  // Reads about `bytes` of blocks. True: finished. Any error but the file's own
  // damage ends it (kUnavailable from the disk, ...).
  absl::StatusOr<bool> Step(uint64_t bytes);

  // Of the steps so far.
  const std::vector<SSTableDamage>& damages() const { return damages_; }
  uint64_t damage_count() const { return damage_count_; }
  uint64_t blocks() const { return stats_.blocks; }
  uint64_t bytes() const { return stats_.block_bytes; }
  uint64_t wide_rows() const { return wide_rows_; }
  uint64_t rows() const { return rows_; }

 private:
  enum class State { kNew, kReading, kDone };

  // One wide row begun or one fragment looked at; behind a loss if need be.
  absl::Status Advance();
  absl::Status Settle(absl::Status status);
  absl::Status BeginWideRow();
  void CheckFragment();
  void EndWideRow();
  void CheckWhole();
  void Report(std::string what);

  const SSTableReader* const table_;
  const VerifyLevel level_;
  ReadStats stats_;
  const std::unique_ptr<SSTableIterator> rows_in_;
  OrderCheck order_;
  StatisticsCollector collector_;
  std::optional<ContentCheck> content_;  // kDeep
  State state_ = State::kNew;
  bool at_new_wide_row_ = false;  // which BeginWideRow has not seen
  bool lost_rows_ = false;        // of the open wide row
  bool lost_any_ = false;
  uint64_t wide_rows_ = 0, rows_ = 0;
  std::vector<SSTableDamage> damages_;
  uint64_t damage_count_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_VERIFY_SSTABLE_VERIFIER_H_
