// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/damaged_sstable.h"

#include <utility>

#include "absl/functional/any_invocable.h"
#include "storage/base/check.h"

namespace rowan {
namespace {

// Holds no wide row, and asks what to say of it.
class EmptyIterator final : public RowIterator {
 public:
  using Ask = absl::AnyInvocable<absl::Status()>;
  explicit EmptyIterator(Ask ask) : ask_(std::move(ask)) {}

  absl::Status SeekWideRow(Token, std::string_view) override { return ask_(); }
  absl::Status NextWideRow() override { return ask_(); }
  bool HasWideRow() const override { return false; }
  const WideRowHead& wide_row() const override {
    ROWAN_CHECK(false);
    return head_;
  }
  absl::Status SeekRow(std::string_view, Direction) override { return ask_(); }
  absl::Status NextRow() override { return ask_(); }
  bool HasRow() const override { return false; }
  const RowFragment& row() const override {
    ROWAN_CHECK(false);
    return row_;
  }
  DeletionTime open_deletion() const override { return {}; }

 private:
  Ask ask_;
  const WideRowHead head_;
  const RowFragment row_;
};

class DamagedSSTable final : public SSTable {
 public:
  DamagedSSTable(const std::string& path, std::shared_ptr<const Schema> schema,
                 FileId file, PartitionId partition, const absl::Status& why)
      : path_(path),
        schema_(std::move(schema)),
        why_(absl::StatusCode::kDataLoss, why.message()) {
    // The widest statistics there are: it may hold anything.
    statistics_.file = file;
    statistics_.table = schema_->id;
    statistics_.partition = partition;
    statistics_.first_token = partition.first();
    statistics_.last_token = partition.last();
    statistics_.min_timestamp = std::numeric_limits<int64_t>::min();
    statistics_.max_timestamp = std::numeric_limits<int64_t>::max();
    statistics_.max_local_deletion_s = std::numeric_limits<uint32_t>::max();
  }

  const std::string& path() const override { return path_; }
  uint64_t file_bytes() const override { return 0; }
  const Schema& schema() const override { return *schema_; }
  const SSTableStatistics& statistics() const override { return statistics_; }
  absl::Status damage() const override { return why_; }
  std::unique_ptr<RowIterator> NewSalvager(
      std::vector<SSTableLoss>* lost) override {
    // What is lost is known when the walk has begun.
    SSTableLoss all{.what = std::string(why_.message()),
                    .first = statistics_.first_token,
                    .last = statistics_.last_token};
    return std::make_unique<EmptyIterator>([all = std::move(all), lost] {
      *lost = JoinLosses({all});
      return absl::OkStatus();
    });
  }
  bool MayContain(Token) const override { return true; }
  std::unique_ptr<RowIterator> NewIterator(Blocking, ReadStats*) override {
    return std::make_unique<EmptyIterator>([why = why_] { return why; });
  }
  uint64_t EstimateBytes(Token, Token) const override { return 0; }
  uint64_t memory_bytes() const override { return sizeof(*this); }

 private:
  const std::string path_;
  const std::shared_ptr<const Schema> schema_;
  const absl::Status why_;
  SSTableStatistics statistics_;
};

}  // namespace

std::shared_ptr<SSTable> MakeDamagedSSTable(
    const std::string& path, std::shared_ptr<const Schema> schema, FileId file,
    PartitionId partition, const absl::Status& why) {
  return std::make_shared<DamagedSSTable>(path, std::move(schema), file,
                                          partition, why);
}

}  // namespace rowan
