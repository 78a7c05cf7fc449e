// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CELLS_ELEMENT_READER_H_
#define ROWAN_NODE_SERVICE_CELLS_ELEMENT_READER_H_

#include "absl/status/status.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/cell.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Adds what `cell`, live and with a path, holds to the value of its column of
// `type`, which has a cell per element. Called for the cells of one column in
// their order, it makes the value: a set's and a map's parts ascend. As many as
// were written, also beyond what one request may bring. kDataLoss for a path or
// value that is none of the type. REQUIRES: !IsOfLaterField(type, cell.path).
absl::Status AppendElement(const ColumnType& type, const Cell& cell,
                           v1::Value* value);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CELLS_ELEMENT_READER_H_
