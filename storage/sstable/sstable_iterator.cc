// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_iterator.h"

#include <tuple>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::Status SSTableIterator::Final(absl::Status status) {
  if (status.ok()) return status;
  has_row_ = false;
  if (in_rows_ && IsWouldBlock(status)) return status;
  has_wide_row_ = false;
  error_ = status;
  return status;
}

void SSTableIterator::MayWait() {
  blocking_ = Blocking::kMayWait;
  parts_.MayWait();
}

absl::Status SSTableIterator::SeekWideRow(Token token, std::string_view key) {
  sought_.assign(key);
  RETURN_IF_ERROR(Final(TrySeekWideRow(token)));
  const bool found =
      has_wide_row_ && head_.token == token && head_.partition_key == sought_;
  if (stats_ != nullptr && !found) ++stats_->sstable_misses;
  return absl::OkStatus();
}

absl::Status SSTableIterator::NextWideRow() {
  ROWAN_DCHECK(has_wide_row_);
  return Final(TryNextWideRow());
}

absl::Status SSTableIterator::SeekRow(std::string_view bound,
                                      Direction direction) {
  ROWAN_DCHECK(has_wide_row_);
  sought_.assign(bound);
  return Final(TrySeekRow(direction));
}

absl::Status SSTableIterator::NextRow() {
  ROWAN_DCHECK(has_row_);
  return Final(TryNextRow());
}

absl::Status SSTableIterator::TrySeekWideRow(Token token) {
  has_wide_row_ = has_row_ = in_rows_ = false;
  if (index_->count() == 0) return absl::OkStatus();
  const std::string_view key = sought_;
  // The first entry may end below what is sought; the next begins at or above.
  for (size_t entry = index_->Find(token, key); entry < index_->count();
       ++entry) {
    RETURN_IF_ERROR(LoadEntry(entry));
    if (large()) {
      has_wide_row_ =
          std::tie(token, key) <= std::tie(head_.token, head_.partition_key);
    } else {
      const absl::StatusOr<size_t> at = shared_.LowerBound(token, key);
      if (!at.ok()) {
        return source_->At(index_->handle(entry_).offset, at.status());
      }
      has_wide_row_ = *at < shared_.count();
      if (has_wide_row_) RETURN_IF_ERROR(EnterShared(*at));
    }
    if (has_wide_row_) break;
  }
  return absl::OkStatus();
}

absl::Status SSTableIterator::TryNextWideRow() {
  has_row_ = in_rows_ = false;
  if (!large() && wide_row_at_ + 1 < shared_.count()) {
    return EnterShared(wide_row_at_ + 1);
  }
  return EnterNextEntry();
}

absl::Status SSTableIterator::EnterNextEntry() {
  has_wide_row_ = entry_ + 1 < index_->count();
  if (!has_wide_row_) return absl::OkStatus();
  RETURN_IF_ERROR(LoadEntry(entry_ + 1));
  return large() ? absl::OkStatus() : EnterShared(0);
}

absl::Status SSTableIterator::LoadEntry(size_t entry) {
  entry_ = entry;
  const BlockHandle handle = index_->handle(entry);
  RETURN_IF_ERROR(source_->Read(
      handle, large() ? BlockKind::kRowRoot : BlockKind::kWideRows, blocking_,
      stats_, &block_));
  absl::Status loaded = large() ? LoadRoot() : LoadShared();
  if (!loaded.ok()) return source_->At(handle.offset, loaded);
  if (!large()) return absl::OkStatus();
  std::string_view node = block_.payload();
  node.remove_prefix(sizeof(uint64_t));
  node.remove_prefix(sizeof(uint32_t) + LoadLittle<uint32_t>(node.data()));
  return parts_.Reset(node, handle.offset);
}

absl::Status SSTableIterator::LoadShared() {
  RETURN_IF_ERROR(shared_.Parse(block_.payload()));
  if (shared_.token(0) != index_->first_token(entry_)) {
    return absl::DataLossError("token differs from the index");
  }
  return absl::OkStatus();
}

absl::Status SSTableIterator::LoadRoot() {
  std::string_view in = block_.payload();
  uint32_t head_bytes;
  if (!GetLittle(&in, &head_.token.value) || !GetLittle(&in, &head_bytes) ||
      head_bytes > in.size()) {
    return absl::DataLossError("malformed root of a wide row");
  }
  std::string_view head = in.substr(0, head_bytes);
  if (!GetHead(&head, &head_) || !head.empty()) {
    return absl::DataLossError("malformed head of a wide row");
  }
  if (head_.token != index_->first_token(entry_)) {
    return absl::DataLossError("token differs from the index");
  }
  return absl::OkStatus();
}

absl::Status SSTableIterator::EnterShared(size_t i) {
  wide_row_at_ = i;
  std::string_view fragments;
  absl::Status entered = shared_.Read(i, &head_, &fragments);
  if (entered.ok()) entered = fragments_.Parse(fragments);
  return InFragments(entered);
}

absl::Status SSTableIterator::TrySeekRow(Direction direction) {
  direction_ = direction;
  has_row_ = false;
  in_rows_ = large();
  const std::string_view bound = sought_;
  DeletionTime open_at_start;
  if (large()) {
    RETURN_IF_ERROR(parts_.Seek(bound));
    RETURN_IF_ERROR(LoadPart());
    open_at_start = parts_.entry().open;
  }
  const absl::StatusOr<size_t> at = fragments_.LowerBound(bound);
  if (!at.ok()) return InFragments(at.status());
  const absl::StatusOr<DeletionTime> open =
      fragments_.OpenBefore(*at, open_at_start);
  if (!open.ok()) return InFragments(open.status());
  open_ = *open;
  const bool forward = direction == Direction::kForward;
  if (forward ? *at == fragments_.count() : *at == 0) return EnterNextPart();
  fragment_at_ = forward ? *at : *at - 1;
  return DecodeCurrentFragment();
}

absl::Status SSTableIterator::TryNextRow() {
  if (fragment_.kind == RowFragment::Kind::kDeletionChange) {
    open_ =
        direction_ == Direction::kForward ? fragment_.above : fragment_.below;
  }
  if (direction_ == Direction::kForward) {
    if (++fragment_at_ == fragments_.count()) return EnterNextPart();
  } else {
    if (fragment_at_ == 0) return EnterNextPart();
    --fragment_at_;
  }
  return DecodeCurrentFragment();
}

absl::Status SSTableIterator::EnterNextPart() {
  has_row_ = false;
  if (!large()) return absl::OkStatus();
  const bool forward = direction_ == Direction::kForward;
  ASSIGN_OR_RETURN(const bool moved,
                   forward ? parts_.Next() : parts_.Previous());
  if (!moved) return absl::OkStatus();
  RETURN_IF_ERROR(LoadPart());
  fragment_at_ = forward ? 0 : fragments_.count() - 1;
  return DecodeCurrentFragment();
}

absl::Status SSTableIterator::LoadPart() {
  RETURN_IF_ERROR(source_->Read(parts_.entry().block, BlockKind::kRowPart,
                                blocking_, stats_, &part_));
  RETURN_IF_ERROR(InFragments(fragments_.Parse(part_.payload())));
  return fragments_.count() > 0
             ? absl::OkStatus()
             : InFragments(absl::DataLossError("a part without fragments"));
}

absl::Status SSTableIterator::DecodeCurrentFragment() {
  RETURN_IF_ERROR(
      InFragments(DecodeFragment(fragments_[fragment_at_], &fragment_)));
  has_row_ = true;
  return absl::OkStatus();
}

absl::Status SSTableIterator::InFragments(const absl::Status& status) const {
  if (status.ok()) return status;
  const BlockHandle block =
      large() ? parts_.entry().block : index_->handle(entry_);
  return source_->At(block.offset, status);
}

absl::Status SSTableIterator::SkipLoss(SSTableLoss* loss) {
  ROWAN_DCHECK(absl::IsDataLoss(error_));
  DescribeLoss(loss);
  if (!in_rows_) return Final(EnterNextEntry());
  has_wide_row_ = true;
  const absl::Status entered = EnterNextPart();
  if (has_row_) open_ = parts_.entry().open;
  return Final(entered);
}

void SSTableIterator::DescribeLoss(SSTableLoss* loss) const {
  *loss = {.what = std::string(error_.message())};
  loss->first = index_->first_token(entry_);
  const bool last = entry_ + 1 == index_->count();
  loss->last = last ? last_token_ : index_->first_token(entry_ + 1);
  if (!last && loss->first < loss->last && !index_->tied(entry_ + 1)) {
    --loss->last.value;
  }
  if (in_rows_) {
    loss->last = loss->first;
    loss->partition_key.assign(head_.partition_key);
    parts_.Bounds(&loss->from, &loss->to);
  } else if (large()) {
    loss->last = loss->first;
  }
}

uint64_t SSTableIterator::wide_row_position() const {
  return block_.raw_position() + (large() ? 0 : shared_.start(wide_row_at_));
}

uint64_t SSTableIterator::row_position() const {
  const BlockBuffer& block = large() ? part_ : block_;
  return block.raw_position() +
         (fragments_[fragment_at_].data() - block.payload().data());
}

}  // namespace rowan
