// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/verify/content_check.h"

#include "absl/strings/str_cat.h"
#include "partitioner/murmur3.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/key_codec.h"
#include "storage/model/row_reader.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

// A bound right before `position`, which is a row's or a bound itself.
std::string BoundBefore(std::string_view position) {
  std::string bound(position.substr(0, position.size() - 1));
  bound += position::kBefore;
  return bound;
}

absl::Status CheckCell(const Column& column, const Cell& cell) {
  const ColumnType& type = column.type;
  if (cell.kind == CellKind::kTombstone ||
      cell.kind == CellKind::kColumnDeletion ||
      type.kind == TypeKind::kCounter) {
    return absl::OkStatus();
  }
  if (cell.path.empty() || IsOfLaterField(type, cell.path)) {
    return cell.path.empty() ? CheckValue(type, cell.value) : absl::OkStatus();
  }
  if (!HasCellPerElement(type)) {
    return absl::InvalidArgumentError("has an element, but no elements");
  }
  if (type.kind == TypeKind::kSet) {
    std::string element;
    return ReadPath(type, cell.path, &element)
               ? CheckValue(*PathType(type), element)
               : absl::InvalidArgumentError("malformed element of a set");
  }
  const ColumnType* const element = ElementType(type, cell.path);
  return element == nullptr
             ? absl::InvalidArgumentError("an element that its type lacks")
             : CheckValue(*element, cell.value);
}

}  // namespace

ContentCheck::ContentCheck(const SSTableReader* table)
    : table_(table),
      finder_(table->NewSSTableIterator(Blocking::kMayWait, nullptr)) {}

std::vector<std::string> ContentCheck::CheckHead(const WideRowHead& head) {
  std::vector<std::string> wrong;
  const auto components =
      DecodePartitionKey(table_->schema(), head.partition_key);
  if (!components.ok()) wrong.push_back("its key is not one of the schema");
  if (TokenOfKey(head.partition_key) != head.token) {
    wrong.push_back("its token is not that of its key");
  }
  if (!table_->MayContain(head.token)) {
    wrong.push_back("the filter does not know its key");
  }
  CheckFound(head, &wrong);
  if (!head.static_row.empty()) CheckImage(head.static_row, &wrong);
  return wrong;
}

void ContentCheck::CheckFound(const WideRowHead& head,
                              std::vector<std::string>* wrong) {
  const absl::Status found =
      finder_->SeekWideRow(head.token, head.partition_key);
  // What is damaged is told by who reads in order.
  if (!found.ok()) return;
  if (!finder_->HasWideRow() ||
      finder_->wide_row().partition_key != head.partition_key) {
    wrong->push_back("the index does not find it");
  }
}

std::vector<std::string> ContentCheck::CheckFragment(
    const RowFragment& fragment) {
  std::vector<std::string> wrong;
  const std::string_view position = fragment.position;
  const bool request = IsRequestId(position);
  if (!request && !DecodePosition(table_->schema(), position).ok()) {
    wrong.push_back("a position is not one of the schema");
  }
  if (finder_->HasWideRow()) {
    absl::Status found = finder_->SeekRow(
        IsBound(position) ? std::string(position) : BoundBefore(position),
        Direction::kForward);
    // At most the deletion change right before a row.
    while (found.ok() && finder_->HasRow() &&
           finder_->row().position < position) {
      found = finder_->NextRow();
    }
    if (found.ok() &&
        (!finder_->HasRow() || finder_->row().position != position)) {
      wrong.push_back("the row index does not find a row");
    }
  }
  if (fragment.kind == RowFragment::Kind::kRow && !request) {
    CheckImage(fragment.image, &wrong);
  }
  return wrong;
}

void ContentCheck::CheckImage(std::string_view image,
                              std::vector<std::string>* wrong) {
  RowReader reader;
  absl::Status status = reader.Start(image);
  Cell cell;
  while (status.ok() && reader.HasCell()) {
    status = reader.ReadCell(&cell);
    if (!status.ok()) break;
    const Column* const column = table_->schema().FindColumn(cell.column);
    if (column == nullptr) continue;  // dropped, or of a later version
    const absl::Status value = CheckCell(*column, cell);
    if (!value.ok()) {
      wrong->push_back(
          absl::StrCat("column ", column->name, ": ", value.message()));
    }
  }
  if (!status.ok()) wrong->push_back(std::string(status.message()));
}

}  // namespace rowan
