// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/vector_row_iterator.h"

#include <utility>

#include "storage/base/check.h"
#include "storage/base/file_system.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {

VectorFragment VectorFragment::Of(const RowFragment& fragment) {
  return {fragment.kind, std::string(fragment.position),
          std::string(fragment.image), fragment.below, fragment.above};
}

VectorWideRow VectorWideRow::Of(const WideRowHead& head) {
  return {head.token,
          std::string(head.partition_key),
          head.deletion,
          std::string(head.static_row),
          {}};
}

VectorRowIterator::VectorRowIterator(std::vector<VectorWideRow> wide_rows,
                                     int64_t moves_until_block)
    : wide_rows_(std::move(wide_rows)),
      moves_until_block_(moves_until_block),
      at_(wide_rows_.size()) {}

absl::Status VectorRowIterator::Move() {
  if (moves_until_block_ == kNeverBlocks) return absl::OkStatus();
  if (moves_until_block_ == 0) {
    at_ = wide_rows_.size();
    return WouldBlock();
  }
  --moves_until_block_;
  return absl::OkStatus();
}

absl::Status VectorRowIterator::MoveInRows() {
  const size_t at = at_;
  const absl::Status moved = Move();
  if (moved.ok()) return moved;
  at_ = at;
  row_at_ = -1;
  return moved;
}

absl::Status VectorRowIterator::SeekWideRow(Token token,
                                            std::string_view partition_key) {
  RETURN_IF_ERROR(Move());
  for (at_ = 0; at_ < wide_rows_.size(); ++at_) {
    const VectorWideRow& here = wide_rows_[at_];
    if (here.token != token ? here.token > token
                            : here.partition_key >= partition_key) {
      break;
    }
  }
  EnterWideRow();
  return absl::OkStatus();
}

absl::Status VectorRowIterator::NextWideRow() {
  RETURN_IF_ERROR(Move());
  ROWAN_CHECK(HasWideRow());
  ++at_;
  EnterWideRow();
  return absl::OkStatus();
}

void VectorRowIterator::EnterWideRow() {
  row_at_ = -1;
  open_ = {};
  if (!HasWideRow()) return;
  const VectorWideRow& here = wide_rows_[at_];
  head_ = {here.token, here.partition_key, here.deletion, here.static_row};
}

absl::Status VectorRowIterator::SeekRow(std::string_view bound,
                                        Direction direction) {
  RETURN_IF_ERROR(MoveInRows());
  ROWAN_CHECK(HasWideRow());
  ROWAN_CHECK(IsBound(bound));
  const auto& fragments = wide_rows_[at_].fragments;
  direction_ = direction;
  open_ = {};
  int64_t below = 0;  // fragments below `bound`
  for (const VectorFragment& fragment : fragments) {
    if (fragment.position >= bound) break;
    if (fragment.kind == RowFragment::Kind::kDeletionChange) {
      open_ = fragment.above;
    }
    ++below;
  }
  row_at_ = direction == Direction::kForward ? below : below - 1;
  LoadRow();
  return absl::OkStatus();
}

absl::Status VectorRowIterator::NextRow() {
  RETURN_IF_ERROR(MoveInRows());
  ROWAN_CHECK(HasRow());
  const bool forward = direction_ == Direction::kForward;
  if (row_.kind == RowFragment::Kind::kDeletionChange) {
    open_ = forward ? row_.above : row_.below;
  }
  row_at_ += forward ? 1 : -1;
  LoadRow();
  return absl::OkStatus();
}

bool VectorRowIterator::HasRow() const {
  return HasWideRow() && row_at_ >= 0 &&
         row_at_ < static_cast<int64_t>(wide_rows_[at_].fragments.size());
}

void VectorRowIterator::LoadRow() {
  if (!HasRow()) return;
  const VectorFragment& here =
      wide_rows_[at_].fragments[static_cast<size_t>(row_at_)];
  row_ = {here.kind, here.position, here.image, here.below, here.above};
}

std::vector<VectorWideRow> ReadAll(RowIterator* rows) {
  std::vector<VectorWideRow> all;
  ROWAN_CHECK(rows->SeekWideRow(Token::Min(), {}).ok());
  while (rows->HasWideRow()) {
    all.push_back(VectorWideRow::Of(rows->wide_row()));
    ROWAN_CHECK(rows->SeekRow(kFirstBound, Direction::kForward).ok());
    while (rows->HasRow()) {
      all.back().fragments.push_back(VectorFragment::Of(rows->row()));
      ROWAN_CHECK(rows->NextRow().ok());
    }
    ROWAN_CHECK(rows->NextWideRow().ok());
  }
  return all;
}

}  // namespace rowan
