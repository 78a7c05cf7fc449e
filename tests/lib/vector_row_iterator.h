// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_VECTOR_ROW_ITERATOR_H_
#define ROWAN_TESTS_LIB_VECTOR_ROW_ITERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "storage/model/row_iterator.h"

namespace rowan {

// A fragment that owns its bytes.
struct VectorFragment {
  RowFragment::Kind kind = RowFragment::Kind::kRow;
  std::string position;
  std::string image;
  DeletionTime below;
  DeletionTime above;

  static VectorFragment Of(const RowFragment& fragment);
  friend bool operator==(const VectorFragment&,
                         const VectorFragment&) = default;
};

// A wide row that owns its bytes; fragments in position order.
struct VectorWideRow {
  Token token;
  std::string partition_key;
  DeletionTime deletion;
  std::string static_row;
  std::vector<VectorFragment> fragments;

  static VectorWideRow Of(const WideRowHead& head);
  friend bool operator==(const VectorWideRow&, const VectorWideRow&) = default;
};

// The plainest RowIterator: a list of wide rows, searched from the start. What
// every other source is compared with. Can be told to answer WouldBlock().
class VectorRowIterator final : public RowIterator {
 public:
  static constexpr int64_t kNeverBlocks = -1;

  // `wide_rows` in (token, partition key) order, obeying the rules of
  // RowIterator. The call number `moves_until_block` answers WouldBlock().
  explicit VectorRowIterator(std::vector<VectorWideRow> wide_rows,
                             int64_t moves_until_block = kNeverBlocks);

  absl::Status SeekWideRow(Token token,
                           std::string_view partition_key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return at_ < wide_rows_.size(); }
  const WideRowHead& wide_row() const override { return head_; }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override;
  const RowFragment& row() const override { return row_; }
  DeletionTime open_deletion() const override { return open_; }
  void MayWait() override { moves_until_block_ = kNeverBlocks; }

 private:
  absl::Status Move();
  absl::Status MoveInRows();
  void EnterWideRow();
  void LoadRow();

  const std::vector<VectorWideRow> wide_rows_;
  int64_t moves_until_block_;
  size_t at_;  // of wide_rows_; its size: none
  WideRowHead head_;
  Direction direction_ = Direction::kForward;
  int64_t row_at_ = -1;  // of the fragments; outside: none
  RowFragment row_;
  DeletionTime open_;
};

// Everything that `rows` holds, from its first wide row on, forward.
std::vector<VectorWideRow> ReadAll(RowIterator* rows);

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_VECTOR_ROW_ITERATOR_H_
