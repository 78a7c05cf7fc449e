// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_DELTA_CHAIN_H_
#define ROWAN_STORAGE_MEMTABLE_DELTA_CHAIN_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/memtable/arena.h"
#include "storage/model/row.h"

namespace rowan {

// Numbers the mutations of one wide row: the first is 1. 32 bits are enough:
// 2^32 mutations take more than 64 GiB of arena.
using WideRowVersion = uint32_t;

// What one mutation said about one row: a row image and the version that shows
// it. Deltas of one row form a chain, newest first. Immutable; lives in the
// arena with its image behind it.
struct Delta {
  const Delta* older;
  WideRowVersion version;
  uint32_t image_size;
  // How many deltas from this one on make the whole row. 1: this one is whole,
  // because it is the oldest or because everything older was folded into it;
  // what is behind it is only for readers of an older version.
  uint8_t depth;

  std::string_view image() const;

  // The newest delta of the chain that `version` shows, or null.
  static const Delta* At(const Delta* newest, WideRowVersion version) {
    while (newest != nullptr && newest->version > version) {
      newest = newest->older;
    }
    return newest;
  }
};

// The chain of one row (or of the static row): one pointer. One writer at a
// time, who holds the wide row's lock; any number of readers.
//
// Cost: a chain read by the newest version is at most kDepthMax deltas long,
// however often the row was overwritten.
class DeltaChain {
 public:
  static constexpr uint8_t kDepthMax = 4;

  // Puts a copy of `image` in front; when the chain is kDepthMax deep, one
  // image merged of them all instead. REQUIRES: every image is a valid one.
  void Prepend(WideRowVersion version, std::string_view image, Arena* arena);

  const Delta* newest() const {
    return newest_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<const Delta*> newest_{nullptr};
};

// Reads chains; keeps its buffers from one read to the next.
// Thread-compatible.
class ChainReader {
 public:
  // Sets `image` to the row as `version` shows it, empty if it doesn't. The
  // view lives in the arena when one delta says it all, and in this reader,
  // until its next read, when several had to be merged.
  absl::Status Read(const Delta* newest, WideRowVersion version,
                    std::string_view* image);

 private:
  Row merged_;
  Row part_;
  std::string buffer_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_DELTA_CHAIN_H_
