// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_READER_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_READER_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/sstable/block_source.h"
#include "storage/sstable/format/block_index.h"
#include "storage/sstable/format/filter.h"
#include "storage/sstable/sstable.h"
#include "storage/sstable/sstable_iterator.h"

namespace rowan {

// What stands behind SSTable::Open; printers use it for the positions that its
// iterator knows. Thread-safe.
class SSTableReader final : public SSTable {
 public:
  static absl::StatusOr<std::shared_ptr<SSTableReader>> Open(
      FileSystem* fs, const std::string& path);

  const std::string& path() const override { return source_->path(); }
  uint64_t file_bytes() const override { return file_bytes_; }
  const Schema& schema() const override { return schema_; }
  const SSTableStatistics& statistics() const override { return statistics_; }
  bool damage_found() const override { return source_->damage_found(); }
  std::span<const SSTableLoss> losses() const override { return losses_; }
  std::unique_ptr<RowIterator> NewSalvager(
      std::vector<SSTableLoss>* lost) override;
  bool MayContain(Token token) const override;
  std::unique_ptr<RowIterator> NewIterator(Blocking blocking,
                                           ReadStats* stats) override {
    return NewSSTableIterator(blocking, stats);
  }
  std::unique_ptr<SSTableIterator> NewSSTableIterator(Blocking blocking,
                                                      ReadStats* stats) const {
    return std::make_unique<SSTableIterator>(
        source_.get(), &index_, statistics_.last_token, blocking, stats);
  }
  // Where the data blocks end and the sections begin.
  uint64_t data_end() const { return source_->data_end(); }
  uint64_t EstimateBytes(Token first, Token last) const override;
  uint64_t memory_bytes() const override;
  // As FilterView::FalsePositiveChance.
  double FilterFalsePositiveChance() const {
    return filter_.FalsePositiveChance();
  }

 private:
  friend class SSTable;
  SSTableReader() = default;
  // Messages without the path.
  absl::Status Load(const std::string& path, uint64_t file_bytes,
                    std::unique_ptr<File> file);

  uint64_t file_bytes_ = 0;
  std::unique_ptr<BlockSource> source_;
  BlockIndex index_;
  std::string filter_bytes_;
  FilterView filter_;
  SSTableStatistics statistics_;
  Schema schema_;
  std::vector<SSTableLoss> losses_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_READER_H_
