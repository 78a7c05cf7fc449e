// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_MADE_WRITE_H_
#define ROWAN_TESTS_MODEL_MADE_WRITE_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "storage/model/schema.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// The path of a list's element that is read first, by its index; nullopt: it
// has no such element.
using ListIndex = absl::FunctionRef<std::optional<int64_t>(
    const RowName& row, const ColumnName& column, int64_t index)>;

// `write` as it is made at a time of a table: without what the table lacks, and
// whole values and operations on lists as the cells that node/service makes of
// them. Nullopt: a list has no such element, so nothing is to be written.
std::optional<WriteOperation> MadeWrite(const TableShape& shape,
                                        const Schema& schema,
                                        const WriteOperation& write,
                                        int64_t timestamp_us, ListIndex index);

// Of a write without parts that read first.
WriteOperation MadeWrite(const TableShape& shape, const Schema& schema,
                         const WriteOperation& write, int64_t timestamp_us);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_MADE_WRITE_H_
