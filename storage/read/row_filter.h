// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_ROW_FILTER_H_
#define ROWAN_STORAGE_READ_ROW_FILTER_H_

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/model/row.h"
#include "storage/model/schema.h"
#include "storage/read/predicate.h"
#include "storage/read/row_key.h"

namespace rowan {

// The predicates of a read, all of which must hold, in two parts: what is known
// at the head of a wide row, and what each row has to say.
//
// Immutable, thread-safe. kDataLoss when stored bytes are no values of their
// columns.
class RowFilter {
 public:
  RowFilter(std::shared_ptr<const Schema> schema,
            std::vector<Predicate> predicates);

  // Those on the partition key and on static columns; when they fail, no row of
  // the wide row passes. `static_row`: live cells, or null.
  absl::StatusOr<bool> HoldsForWideRow(std::string_view partition_key,
                                       const Row* static_row) const;
  // Those on the clustering key and on regular columns. A static row alone has
  // an empty position and no row: all of them are null.
  absl::StatusOr<bool> HoldsForRow(std::string_view position,
                                   const Row* row) const;

 private:
  using OfKey = std::pair<KeyColumn, Predicate>;

  static absl::StatusOr<bool> HoldForKey(const std::vector<OfKey>& predicates,
                                         RowKey* key);

  const std::shared_ptr<const Schema> schema_;
  std::vector<OfKey> partition_key_, clustering_;
  std::vector<Predicate> statics_, regular_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_ROW_FILTER_H_
