// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_LOSS_LOST_RANGES_H_
#define ROWAN_STORAGE_SSTABLE_LOSS_LOST_RANGES_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "partitioner/token.h"
#include "storage/model/schema.h"
#include "storage/sstable/loss/sstable_loss.h"

namespace rowan {

// What the SSTables of a partition say is lost, for its reads: one that would
// answer for a part of it answers kDataLoss instead, since a newer value or a
// tombstone may be among it, whatever other files hold. Immutable; thread-safe.
class LostRanges {
 public:
  struct OfFile {
    const Schema* schema;
    std::span<const SSTableLoss> losses;
  };
  // Nullptr when nothing is lost. Reads `files` during the call only.
  static std::shared_ptr<const LostRanges> Of(std::span<const OfFile> files);

  // kDataLoss when a whole wide row with a token in [first, last] may be lost.
  absl::Status CheckTokens(Token first, Token last) const;

  // The losses inside of one wide row.
  class Rows {
   public:
    bool empty() const { return losses_.empty(); }
    // kDataLoss when a position of [from, to) may be lost. Empty: no bound on
    // that side.
    absl::Status Check(std::string_view from, std::string_view to) const;

   private:
    friend class LostRanges;
    struct Loss;
    std::vector<const Loss*> losses_;
  };
  // Lives as long as this. Costs a binary search.
  Rows InWideRow(Token token, std::string_view partition_key) const;

  ~LostRanges();

 private:
  LostRanges();

  std::vector<Rows::Loss> wide_rows_;  // ascending by first token
  std::vector<Rows::Loss> rows_;       // ascending by token
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_LOSS_LOST_RANGES_H_
