// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CELLS_CELL_MAKER_H_
#define ROWAN_NODE_SERVICE_CELLS_CELL_MAKER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "node/service/cells/list_place.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/mutation.h"
#include "storage/model/schema.h"

namespace rowan {

// What a change says of the time of its cells.
struct CellStamp {
  int64_t timestamp = 0;
  uint32_t ttl_s = 0;  // 0: for ever
};

// Makes the cells of one write out of its values, with views into the request
// and into what `mutation` keeps. A column that has a cell per element gets one
// for each, by rule 9 of storage/model/FORMAT.md's "Paths".
//
// Methods append to *cells, in any order; no place twice, as long as no column
// is written twice. Errors are kInvalidArgument (WRONG_TYPE, OVER_LIMIT,
// KEY_TWICE, ...) with the field inside the value. Thread-compatible;
// `mutation` outlives it.
class CellMaker {
 public:
  // `now_s`: when deletions are made, and TTLs begin.
  CellMaker(uint32_t now_s, Mutation* mutation)
      : now_s_(now_s), mutation_(mutation) {}

  // The whole column becomes `value`; a null deletes it.
  absl::Status Replace(const Column& column, const v1::Value& value,
                       const CellStamp& stamp, std::vector<Cell>* cells);
  // The whole column is deleted.
  void Delete(const Column& column, int64_t timestamp,
              std::vector<Cell>* cells) const;

  // The next need a column that has a cell per element.

  // Elements of a set, entries of a map, fields of a user type (null deletes
  // one), or a list's elements at `end`, which means nothing else.
  absl::Status Add(const Column& column, const v1::Value& value, ListEnd end,
                   const CellStamp& stamp, std::vector<Cell>* cells);
  // A set_value: elements of a set, or keys of a map.
  absl::Status Remove(const Column& column, const v1::Value& elements,
                      int64_t timestamp, std::vector<Cell>* cells);

  // Of a list, at paths that were read (list_operation.h).

  // The element at `path` becomes `value`.
  absl::Status PutAt(const Column& column, std::string path,
                     const v1::Value& value, const CellStamp& stamp,
                     std::vector<Cell>* cells);
  void DeleteAt(const Column& column, std::string path, int64_t timestamp,
                std::vector<Cell>* cells);
  // Calls visit(bytes) for each element of a list_value, as a cell holds it.
  absl::Status VisitEncoded(const Column& column, const v1::Value& elements,
                            absl::FunctionRef<void(std::string_view)> visit);

 private:
  absl::StatusOr<std::string_view> Encode(const ColumnType& type,
                                          const v1::Value& value);
  // A live or expiring cell without a value.
  static Cell Start(const Column& column, const CellStamp& stamp,
                    uint32_t now_s);
  Cell Tombstone(const Column& column, int64_t timestamp) const;
  absl::Status AddKeyed(const Column& column, const v1::Value& value,
                        const CellStamp& stamp, std::vector<Cell>* cells);
  absl::Status AddToList(const Column& column, const v1::Value& value,
                         ListEnd end, const CellStamp& stamp,
                         std::vector<Cell>* cells);
  absl::Status AddFields(const Column& column, const v1::Value& value,
                         const CellStamp& stamp, std::vector<Cell>* cells);
  absl::StatusOr<std::string_view> KeepPath(std::string path);

  const uint32_t now_s_;
  Mutation* const mutation_;
  uint32_t list_elements_ = 0;  // so far, in the whole write
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CELLS_CELL_MAKER_H_
