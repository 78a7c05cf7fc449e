// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CELLS_LIST_OPERATION_H_
#define ROWAN_NODE_SERVICE_CELLS_LIST_OPERATION_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "node/service/cells/cell_maker.h"
#include "node/service/cells/list_lookup.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"

namespace rowan {

// The operations on lists that read before they write: set_at, delete_at, and
// remove by value.
bool ReadsFirst(const v1::UpdateElements& change, const Column& column);

// Asks for what `change` has to know of the list at `position`, or, when
// `lookup` answers, appends the cells that it makes. The same errors both times
// (kInvalidArgument with the field inside `change`), and PathAt's and
// TakeEqual's the second time. REQUIRES: ReadsFirst.
absl::Status ApplyListOperation(const v1::UpdateElements& change,
                                const Column& column, std::string_view position,
                                const CellStamp& stamp, CellMaker* maker,
                                ListLookup* lookup, std::vector<Cell>* cells);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CELLS_LIST_OPERATION_H_
