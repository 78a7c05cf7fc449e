// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/cell_maker.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

// The cells of one change from `first` on are of one set or map: sorted, each
// place once. Of a set, equal elements are one.
absl::Status MakeUnique(bool is_map, size_t first, std::vector<Cell>* cells) {
  const auto begin = cells->begin() + static_cast<ptrdiff_t>(first);
  std::sort(begin, cells->end(), [](const Cell& a, const Cell& b) {
    return ComparePlaces(a, b) < 0;
  });
  const auto unique = std::unique(
      begin, cells->end(),
      [](const Cell& a, const Cell& b) { return ComparePlaces(a, b) == 0; });
  if (is_map && unique != cells->end()) {
    return InField(
        InField(BadRequest("KEY_TWICE", "a map has each key once"), "keys"),
        "map_value");
  }
  cells->erase(unique, cells->end());
  return absl::OkStatus();
}

}  // namespace

Cell CellMaker::Start(const Column& column, const CellStamp& stamp,
                      uint32_t now_s) {
  Cell cell{.column = column.id, .timestamp = stamp.timestamp};
  if (stamp.ttl_s != 0) {
    cell.kind = CellKind::kExpiring;
    cell.ttl_s = stamp.ttl_s;
    cell.local_time_s = now_s + stamp.ttl_s;
  }
  return cell;
}

Cell CellMaker::Tombstone(const Column& column, int64_t timestamp) const {
  return {.column = column.id,
          .kind = CellKind::kTombstone,
          .timestamp = timestamp,
          .local_time_s = now_s_};
}

absl::StatusOr<std::string_view> CellMaker::Encode(const ColumnType& type,
                                                   const v1::Value& value) {
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   EncodeValue(type, value, [this](std::string kept) {
                     return mutation_->Keep(std::move(kept));
                   }));
  if (bytes.size() <= kCellBytesMax) return bytes;
  return OverLimit(absl::StatusCode::kInvalidArgument, "cell bytes",
                   bytes.size(), kCellBytesMax);
}

absl::StatusOr<std::string_view> CellMaker::KeepPath(std::string path) {
  if (path.size() <= kPathBytesMax) return mutation_->Keep(std::move(path));
  return OverLimit(absl::StatusCode::kInvalidArgument,
                   "bytes of an element's or a map key's key form", path.size(),
                   kPathBytesMax);
}

absl::Status CellMaker::Replace(const Column& column, const v1::Value& value,
                                const CellStamp& stamp,
                                std::vector<Cell>* cells) {
  if (value.has_null_value()) {
    Delete(column, stamp.timestamp, cells);
    return absl::OkStatus();
  }
  if (!HasCellPerElement(column.type)) {
    Cell cell = Start(column, stamp, now_s_);
    ASSIGN_OR_RETURN(cell.value, Encode(column.type, value));
    cells->push_back(cell);
    return absl::OkStatus();
  }
  // What was there before goes; nothing can be older than the first timestamp.
  const int64_t before = stamp.timestamp - 1;
  if (before != kNoTimestamp) Delete(column, before, cells);
  const size_t first = cells->size();
  RETURN_IF_ERROR(Add(column, value, ListEnd::kBack, stamp, cells));
  // Fields that are null are deleted with the rest.
  cells->erase(
      std::remove_if(
          cells->begin() + static_cast<ptrdiff_t>(first), cells->end(),
          [](const Cell& cell) { return cell.kind == CellKind::kTombstone; }),
      cells->end());
  return absl::OkStatus();
}

void CellMaker::Delete(const Column& column, int64_t timestamp,
                       std::vector<Cell>* cells) const {
  Cell cell = Tombstone(column, timestamp);
  // A counter has a cell for each replica.
  if (HasCellPerElement(column.type) ||
      column.type.kind == TypeKind::kCounter) {
    cell.kind = CellKind::kColumnDeletion;
  }
  cells->push_back(cell);
}

absl::Status CellMaker::Add(const Column& column, const v1::Value& value,
                            ListEnd end, const CellStamp& stamp,
                            std::vector<Cell>* cells) {
  switch (column.type.kind) {
    case TypeKind::kList:
      return AddToList(column, value, end, stamp, cells);
    case TypeKind::kUserType:
      return AddFields(column, value, stamp, cells);
    default:
      return AddKeyed(column, value, stamp, cells);
  }
}

// A set, or a map.
absl::Status CellMaker::AddKeyed(const Column& column, const v1::Value& value,
                                 const CellStamp& stamp,
                                 std::vector<Cell>* cells) {
  const bool is_map = column.type.kind == TypeKind::kMap;
  const size_t first = cells->size();
  bool is_value = false;  // of the entry whose key came before
  RETURN_IF_ERROR(VisitElements(
      column.type, value,
      [&](const v1::Value& part, const ColumnType& type) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string_view bytes, Encode(type, part));
        if (is_value) {
          cells->back().value = bytes;
        } else {
          std::string path;
          AppendPath(column.type, bytes, &path);
          Cell cell = Start(column, stamp, now_s_);
          ASSIGN_OR_RETURN(cell.path, KeepPath(std::move(path)));
          cells->push_back(cell);
        }
        is_value = is_map && !is_value;
        return absl::OkStatus();
      }));
  return MakeUnique(is_map, first, cells);
}

absl::Status CellMaker::AddToList(const Column& column, const v1::Value& value,
                                  ListEnd end, const CellStamp& stamp,
                                  std::vector<Cell>* cells) {
  return VisitElements(
      column.type, value,
      [&](const v1::Value& element, const ColumnType& type) -> absl::Status {
        if (list_elements_ == kListElementsMax) {
          return OverLimit(absl::StatusCode::kInvalidArgument,
                           "number of list elements in one write",
                           uint64_t{list_elements_} + 1, kListElementsMax);
        }
        Cell cell = Start(column, stamp, now_s_);
        ASSIGN_OR_RETURN(cell.value, Encode(type, element));
        ASSIGN_OR_RETURN(const std::string uuid,
                         TimeuuidOf({.column = column.id,
                                     .end = end,
                                     .timestamp_us = stamp.timestamp,
                                     .index = list_elements_++,
                                     .bytes = cell.value}));
        std::string path;
        AppendPath(column.type, uuid, &path);
        cell.path = mutation_->Keep(std::move(path));
        cells->push_back(cell);
        return absl::OkStatus();
      });
}

absl::Status CellMaker::AddFields(const Column& column, const v1::Value& value,
                                  const CellStamp& stamp,
                                  std::vector<Cell>* cells) {
  return VisitFields(column.type, value,
                     [&](size_t field, const v1::Value& part) -> absl::Status {
                       Cell cell = Tombstone(column, stamp.timestamp);
                       if (!part.has_null_value()) {
                         cell = Start(column, stamp, now_s_);
                         ASSIGN_OR_RETURN(
                             cell.value,
                             Encode(column.type.arguments->types[field], part));
                       }
                       std::string path;
                       AppendFieldPath(field, &path);
                       cell.path = mutation_->Keep(std::move(path));
                       cells->push_back(cell);
                       return absl::OkStatus();
                     });
}

absl::Status CellMaker::Remove(const Column& column, const v1::Value& elements,
                               int64_t timestamp, std::vector<Cell>* cells) {
  const bool is_keyed =
      column.type.kind == TypeKind::kSet || column.type.kind == TypeKind::kMap;
  if (!is_keyed) {
    const std::string name = TypeName(column.type);
    return BadRequest(
        "WRONG_TYPE",
        absl::StrCat("elements of a ", name, " have no key to be removed by"));
  }
  const size_t first = cells->size();
  RETURN_IF_ERROR(VisitElements(
      SetOf(column.type.arguments->types[0]), elements,
      [&](const v1::Value& part, const ColumnType& type) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string_view bytes, Encode(type, part));
        std::string path;
        AppendPath(column.type, bytes, &path);
        Cell cell = Tombstone(column, timestamp);
        ASSIGN_OR_RETURN(cell.path, KeepPath(std::move(path)));
        cells->push_back(cell);
        return absl::OkStatus();
      }));
  return MakeUnique(false, first, cells);
}

absl::Status CellMaker::PutAt(const Column& column, std::string path,
                              const v1::Value& value, const CellStamp& stamp,
                              std::vector<Cell>* cells) {
  if (value.has_null_value()) {
    return BadRequest("NULL_ELEMENT",
                      "an element can't be null; delete_at removes it");
  }
  Cell cell = Start(column, stamp, now_s_);
  ASSIGN_OR_RETURN(cell.value, Encode(column.type.arguments->types[0], value));
  cell.path = mutation_->Keep(std::move(path));
  cells->push_back(cell);
  return absl::OkStatus();
}

void CellMaker::DeleteAt(const Column& column, std::string path,
                         int64_t timestamp, std::vector<Cell>* cells) {
  Cell cell = Tombstone(column, timestamp);
  cell.path = mutation_->Keep(std::move(path));
  cells->push_back(cell);
}

absl::Status CellMaker::VisitEncoded(
    const Column& column, const v1::Value& elements,
    absl::FunctionRef<void(std::string_view)> visit) {
  return VisitElements(
      column.type, elements,
      [&](const v1::Value& part, const ColumnType& type) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string_view bytes, Encode(type, part));
        visit(bytes);
        return absl::OkStatus();
      });
}

}  // namespace rowan
