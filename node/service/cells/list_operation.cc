// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/list_operation.h"

#include <string>
#include <utility>

#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

using Operation = v1::UpdateElements;

absl::Status SetAt(const v1::ListElement& element, const Column& column,
                   std::string_view position, const CellStamp& stamp,
                   CellMaker* maker, ListLookup* lookup,
                   std::vector<Cell>* cells) {
  std::string path;
  if (lookup->answers()) {
    absl::StatusOr<std::string> found =
        lookup->PathAt(position, column.id, element.index());
    if (!found.ok()) return InField(found.status(), "index");
    path = *std::move(found);
  } else {
    lookup->AskIndex(position, column.id, element.index());
  }
  std::vector<Cell> made;
  RETURN_IF_ERROR(InField(
      maker->PutAt(column, std::move(path), element.value(), stamp, &made),
      "value"));
  if (lookup->answers()) cells->push_back(made.front());
  return absl::OkStatus();
}

absl::Status DeleteAt(uint32_t index, const Column& column,
                      std::string_view position, int64_t timestamp,
                      CellMaker* maker, ListLookup* lookup,
                      std::vector<Cell>* cells) {
  if (!lookup->answers()) {
    lookup->AskIndex(position, column.id, index);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(std::string path,
                   lookup->PathAt(position, column.id, index));
  maker->DeleteAt(column, std::move(path), timestamp, cells);
  return absl::OkStatus();
}

absl::Status RemoveEqual(const v1::Value& elements, const Column& column,
                         std::string_view position, int64_t timestamp,
                         CellMaker* maker, ListLookup* lookup,
                         std::vector<Cell>* cells) {
  if (!lookup->answers()) {
    bool any = false;
    RETURN_IF_ERROR(
        maker->VisitEncoded(column, elements, [&](std::string_view bytes) {
          lookup->AskEqual(position, column, bytes);
          any = true;
        }));
    if (any) return absl::OkStatus();
    return BadRequest("EMPTY_CHANGE", "the operation names no element");
  }
  ASSIGN_OR_RETURN(std::vector<std::string> paths,
                   lookup->TakeEqual(position, column.id));
  for (std::string& path : paths) {
    maker->DeleteAt(column, std::move(path), timestamp, cells);
  }
  return absl::OkStatus();
}

}  // namespace

bool ReadsFirst(const Operation& change, const Column& column) {
  if (column.type.kind != TypeKind::kList) return false;
  return change.operation_case() == Operation::kRemove ||
         change.operation_case() == Operation::kSetAt ||
         change.operation_case() == Operation::kDeleteAt;
}

absl::Status ApplyListOperation(const Operation& change, const Column& column,
                                std::string_view position,
                                const CellStamp& stamp, CellMaker* maker,
                                ListLookup* lookup, std::vector<Cell>* cells) {
  switch (change.operation_case()) {
    case Operation::kSetAt:
      return InField(
          SetAt(change.set_at(), column, position, stamp, maker, lookup, cells),
          "set_at");
    case Operation::kDeleteAt:
      return InField(DeleteAt(change.delete_at(), column, position,
                              stamp.timestamp, maker, lookup, cells),
                     "delete_at");
    default:
      return InField(RemoveEqual(change.remove(), column, position,
                                 stamp.timestamp, maker, lookup, cells),
                     "remove");
  }
}

}  // namespace rowan
