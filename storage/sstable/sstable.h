// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/read_stats.h"
#include "storage/model/row_iterator.h"
#include "storage/model/schema.h"
#include "storage/sstable/loss/sstable_loss.h"
#include "storage/sstable/statistics.h"

namespace rowan {

enum class Blocking { kMayWait, kNeverWait };

// What the manifest says of a file, or a snapshot of what it will be.
struct SSTableName {
  FileId file;
  TableId table;
  PartitionId partition;
  uint64_t bytes = 0;  // 0: not known
};

// One immutable sorted file of one partition, open for reading. Footer, schema,
// statistics, filter and block index are in memory (24 bytes a block of 8 KiB,
// 10 bits a wide row); data blocks are read and their checksums verified on
// every access (FORMAT.md).
//
// Thread-safe. Owned by partition views through shared_ptr; the file may be
// unlinked while it is open.
// Errors: kDataLoss naming file and offset; only reads that need the damaged
// block fail.
class SSTable {
 public:
  // Reads footer and resident sections: less than 1 % of a large file. `name`:
  // what the file is called, which is then its statistics().file. In itself a
  // file keeps the id and the table that it was written under: of a restored
  // one they are others, and its checksums hold them. kDataLoss when it is
  // whole, but of another size or partition, or another file of its table.
  static absl::StatusOr<std::shared_ptr<SSTable>> Open(
      FileSystem* fs, const std::string& path,
      std::optional<SSTableName> name = std::nullopt);
  virtual ~SSTable() = default;

  virtual const std::string& path() const = 0;
  virtual uint64_t file_bytes() const = 0;
  virtual const Schema& schema() const = 0;
  virtual const SSTableStatistics& statistics() const = 0;

  // Why nothing in the file can be read; OK for every file that was opened.
  // Such a file stays in its partition, and is never merged away.
  virtual absl::Status damage() const { return absl::OkStatus(); }
  // Whether a read has found damage since the file was opened.
  virtual bool damage_found() const { return !damage().ok(); }

  // What damage took from the files that this one was salvaged from. Nobody
  // answers for these ranges (LostRanges); iterators know nothing of them.
  virtual std::span<const SSTableLoss> losses() const { return {}; }
  // All of the file that can be read (SalvagingIterator), and what is lost,
  // losses() included. Lifetimes as NewIterator's.
  virtual std::unique_ptr<RowIterator> NewSalvager(
      std::vector<SSTableLoss>* lost) = 0;

  // False: the wide row is surely not here (token range and filter). No I/O.
  virtual bool MayContain(Token token) const = 0;

  // `stats` may be null; otherwise it lives as long as the iterator. The
  // iterator must not outlive the SSTable.
  virtual std::unique_ptr<RowIterator> NewIterator(Blocking blocking,
                                                   ReadStats* stats) = 0;

  // Approximate bytes of data blocks that hold tokens in [first, last].
  virtual uint64_t EstimateBytes(Token first, Token last) const = 0;
  // Bytes of memory held while open.
  virtual uint64_t memory_bytes() const = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_H_
