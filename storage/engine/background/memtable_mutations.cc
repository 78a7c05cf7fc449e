// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/memtable_mutations.h"

#include <memory>

#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "storage/model/row_iterator.h"

namespace rowan {
namespace {

absl::Status AddRow(const RowFragment& fragment, Mutation* mutation) {
  RowChange& change = mutation->rows.emplace_back();
  change.position = mutation->Keep(std::string(fragment.position));
  return DecodeRowImage(mutation->Keep(std::string(fragment.image)),
                        &change.row);
}

// The range deletions as the changes tell them: each holds until the next.
absl::Status AddFragments(RowIterator* rows, Mutation* mutation) {
  RETURN_IF_ERROR(rows->SeekRow(kFirstBound, Direction::kForward));
  std::string_view open_from;
  DeletionTime open;
  for (; rows->HasRow();) {
    const RowFragment& fragment = rows->row();
    if (fragment.kind == RowFragment::Kind::kRow) {
      RETURN_IF_ERROR(AddRow(fragment, mutation));
    } else {
      const std::string_view bound =
          mutation->Keep(std::string(fragment.position));
      if (!open.none()) {
        mutation->range_tombstones.push_back({open_from, bound, open});
      }
      open_from = bound;
      open = fragment.above;
    }
    RETURN_IF_ERROR(rows->NextRow());
  }
  return absl::OkStatus();
}

absl::Status Fill(RowIterator* rows, TableId table, Mutation* mutation) {
  const WideRowHead& head = rows->wide_row();
  mutation->table = table;
  mutation->token = head.token;
  mutation->partition_key = mutation->Keep(std::string(head.partition_key));
  mutation->wide_row_deletion = head.deletion;
  if (!head.static_row.empty()) {
    RETURN_IF_ERROR(DecodeRowImage(mutation->Keep(std::string(head.static_row)),
                                   &mutation->static_row.emplace()));
  }
  return AddFragments(rows, mutation);
}

}  // namespace

absl::StatusOr<std::vector<Mutation>> MemtableMutations::Next(size_t bytes) {
  std::vector<Mutation> mutations;
  if (at_end_) return mutations;
  const std::unique_ptr<RowIterator> rows = memtable_->NewIterator();
  RETURN_IF_ERROR(rows->SeekWideRow(token_, partition_key_));
  for (size_t taken = 0; rows->HasWideRow() && taken < bytes &&
                         mutations.size() < kWideRowsMax;) {
    Mutation& mutation = mutations.emplace_back();
    RETURN_IF_ERROR(Fill(rows.get(), table_, &mutation));
    taken += EncodedMutationSize(mutation);
    if (taken > bytes && mutations.size() > 1) {
      mutations.pop_back();  // begins the next call's
      break;
    }
    RETURN_IF_ERROR(rows->NextWideRow());
  }
  at_end_ = !rows->HasWideRow();
  if (!at_end_) {
    token_ = rows->wide_row().token;
    partition_key_ = std::string(rows->wide_row().partition_key);
  }
  return mutations;
}

}  // namespace rowan
