// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/key_codec.h"
#include "storage/model/value.h"
#include "storage/sstable/instant_text.h"
#include "storage/sstable/key_selection.h"

namespace rowan {
namespace {

constexpr auto kSpread = JsonText::Layout::kSpread;
constexpr auto kOneLine = JsonText::Layout::kOneLine;

// A write to the sink for a few hundred rows.
constexpr size_t kFlushBytes = 64 << 10;

// An element, key, timeuuid or field name, as text.
std::string PathText(const ColumnType& type, std::string_view path) {
  std::string value;
  if (HasCellPerElement(type)) {
    if (type.kind != TypeKind::kUserType) {
      if (ReadPath(type, path, &value)) {
        return FormatValue(*PathType(type), value);
      }
    } else if (const auto field = FieldOfPath(type, path)) {
      return type.arguments->field_names[*field];
    }
  }
  return FormatValue({TypeKind::kBlob}, path);
}

}  // namespace

SSTableJson::SSTableJson(SSTableJsonOptions options, Sink sink,
                         LossSink on_loss)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      on_loss_(std::move(on_loss)),
      json_(options_.lines) {
  if (!options_.lines) json_.BeginArray(kSpread);
}

absl::Status SSTableJson::Flush(size_t more_than) {
  if (json_.text().size() <= more_than) return absl::OkStatus();
  RETURN_IF_ERROR(sink_(json_.text()));
  json_.Clear();
  return absl::OkStatus();
}

absl::Status SSTableJson::Finish() {
  if (!options_.lines) {
    json_.End();
    json_.EndLine();
  }
  return Flush(0);
}

absl::Status SSTableJson::Print(const SSTableReader& table) {
  schema_ = &table.schema();
  auto rows = table.NewSSTableIterator(Blocking::kMayWait, nullptr);
  const absl::Status printed =
      options_.include.empty() && options_.exclude.empty()
          ? PrintEach(rows.get(), [](std::string_view) { return true; })
          : PrintSelected(table, rows.get());
  // What came before the damage is worth having.
  RETURN_IF_ERROR(Flush(0));
  return printed;
}

absl::Status SSTableJson::SkipLosses(absl::Status status,
                                     SSTableIterator* rows) {
  while (absl::IsDataLoss(status)) {
    SSTableLoss loss;
    status = rows->SkipLoss(&loss);
    if (loss.partition_key.empty()) moved_on_ = true;
    on_loss_(*schema_, loss);
  }
  return status;
}

absl::Status SSTableJson::PrintEach(
    SSTableIterator* rows,
    absl::FunctionRef<bool(std::string_view partition_key)> wanted) {
  RETURN_IF_ERROR(SkipLosses(rows->SeekWideRow(Token::Min(), {}), rows));
  while (rows->HasWideRow()) {
    moved_on_ = false;
    if (wanted(rows->wide_row().partition_key)) {
      RETURN_IF_ERROR(PrintWideRow(rows));
    }
    if (moved_on_) continue;
    RETURN_IF_ERROR(SkipLosses(rows->NextWideRow(), rows));
  }
  return absl::OkStatus();
}

absl::Status SSTableJson::PrintSelected(const SSTableReader& table,
                                        SSTableIterator* rows) {
  ASSIGN_OR_RETURN(
      const KeySelection selection,
      KeySelection::Parse(*schema_, options_.include, options_.exclude));
  if (selection.include.empty()) {
    return PrintEach(rows, [&](std::string_view partition_key) {
      return !selection.exclude.contains(partition_key);
    });
  }
  for (const auto& [token, key] : selection.include) {
    if (selection.exclude.contains(key) || !table.MayContain(token)) continue;
    RETURN_IF_ERROR(SkipLosses(rows->SeekWideRow(token, key), rows));
    if (rows->HasWideRow() && rows->wide_row().partition_key == key) {
      RETURN_IF_ERROR(PrintWideRow(rows));
    }
  }
  return absl::OkStatus();
}

absl::Status SSTableJson::PrintWideRow(SSTableIterator* rows) {
  RETURN_IF_ERROR(
      SkipLosses(rows->SeekRow(kFirstBound, Direction::kForward), rows));
  if (moved_on_) return absl::OkStatus();
  RETURN_IF_ERROR(rows->InFragments(
      options_.keys_only
          ? PrintKeyOnly(rows->wide_row())
          : PrintHead(rows->wide_row(), rows->wide_row_position())));
  if (options_.keys_only) return Flush(kFlushBytes);
  RETURN_IF_ERROR(PrintRows(rows));
  json_.End();
  json_.End();
  if (options_.lines) json_.EndLine();
  return Flush(kFlushBytes);
}

absl::Status SSTableJson::PrintRows(SSTableIterator* rows) {
  while (!moved_on_ && rows->HasRow()) {
    RETURN_IF_ERROR(rows->InFragments(PrintFragment(*rows)));
    RETURN_IF_ERROR(Flush(kFlushBytes));
    RETURN_IF_ERROR(SkipLosses(rows->NextRow(), rows));
  }
  return absl::OkStatus();
}

// Up to and into the array of rows.
absl::Status SSTableJson::PrintHead(const WideRowHead& head,
                                    uint64_t position) {
  json_.BeginObject(kSpread);
  json_.Key("table kind");
  json_.String("REGULAR");
  json_.Key("partition");
  json_.BeginObject(kSpread);
  json_.Key("key");
  RETURN_IF_ERROR(PrintKey(head.partition_key));
  json_.Key("position");
  json_.Number(position);
  if (!head.deletion.none()) PrintDeletion(head.deletion);
  json_.End();
  json_.Key("rows");
  json_.BeginArray(kSpread);
  if (head.static_row.empty()) return absl::OkStatus();
  return PrintRow("static_block", position, {}, head.static_row);
}

absl::Status SSTableJson::PrintFragment(const SSTableIterator& rows) {
  const RowFragment& fragment = rows.row();
  return fragment.kind == RowFragment::Kind::kRow
             ? PrintRow("row", rows.row_position(), fragment.position,
                        fragment.image)
             : PrintDeletionChange(fragment);
}

absl::Status SSTableJson::PrintKeyOnly(const WideRowHead& head) {
  RETURN_IF_ERROR(PrintKey(head.partition_key));
  if (options_.lines) json_.EndLine();
  return absl::OkStatus();
}

absl::Status SSTableJson::PrintKey(std::string_view partition_key) {
  ASSIGN_OR_RETURN(const auto components,
                   DecodePartitionKey(*schema_, partition_key));
  const auto columns = schema_->ColumnsOf(ColumnRole::kPartitionKey);
  json_.BeginArray(kOneLine);
  for (size_t i = 0; i < components.size(); ++i) {
    json_.String(FormatValue(columns[i]->type, components[i]));
  }
  json_.End();
  return absl::OkStatus();
}

absl::Status SSTableJson::PrintRow(const char* type, uint64_t position,
                                   std::string_view row_position,
                                   std::string_view image) {
  RETURN_IF_ERROR(DecodeRowImage(image, &row_));
  json_.BeginObject(kSpread);
  json_.Key("type");
  json_.String(type);
  json_.Key("position");
  json_.Number(position);
  if (!row_position.empty()) RETURN_IF_ERROR(PrintClustering(row_position));
  if (!row_.liveness.none()) PrintLiveness(row_.liveness);
  if (!row_.deletion.none()) PrintDeletion(row_.deletion);
  json_.Key("cells");
  json_.BeginArray(kSpread);
  for (const Cell& cell : row_.cells) PrintCell(cell, row_.liveness);
  json_.End();
  json_.End();
  return absl::OkStatus();
}

// Columns that a bound leaves open are "*"; without clustering values nothing
// is printed.
absl::Status SSTableJson::PrintClustering(std::string_view position) {
  if (IsRequestId(position)) {
    json_.Key("request_id");
    json_.Token(FormatJsonValue({TypeKind::kBlob},
                                position.substr(1, position.size() - 2)));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const DecodedPosition decoded,
                   DecodePosition(*schema_, position));
  if (decoded.components.empty()) return absl::OkStatus();
  const auto columns = schema_->ColumnsOf(ColumnRole::kClustering);
  json_.Key("clustering");
  json_.BeginArray(kOneLine);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i < decoded.components.size()) {
      json_.Token(FormatJsonValue(columns[i]->type, decoded.components[i]));
    } else {
      json_.String("*");
    }
  }
  json_.End();
  return absl::OkStatus();
}

// What ends below the bound and what begins above it.
absl::Status SSTableJson::PrintDeletionChange(const RowFragment& fragment) {
  const bool before = fragment.position.back() == position::kBefore;
  const bool opens = !fragment.above.none();
  const bool closes = !fragment.below.none();
  json_.BeginObject(kSpread);
  json_.Key("type");
  json_.String(opens && closes ? "range_tombstone_boundary"
                               : "range_tombstone_bound");
  if (opens) {
    RETURN_IF_ERROR(
        PrintBound("start", before, fragment.position, fragment.above));
  }
  if (closes) {
    RETURN_IF_ERROR(
        PrintBound("end", !before, fragment.position, fragment.below));
  }
  json_.End();
  return absl::OkStatus();
}

absl::Status SSTableJson::PrintBound(const char* name, bool inclusive,
                                     std::string_view position,
                                     const DeletionTime& deletion) {
  json_.Key(name);
  json_.BeginObject(kSpread);
  json_.Key("type");
  json_.String(inclusive ? "inclusive" : "exclusive");
  RETURN_IF_ERROR(PrintClustering(position));
  PrintDeletion(deletion);
  json_.End();
  return absl::OkStatus();
}

void SSTableJson::PrintLiveness(const Liveness& liveness) {
  json_.Key("liveness_info");
  json_.BeginObject(kOneLine);
  PrintMicros("tstamp", liveness.timestamp);
  if (liveness.expiring()) PrintExpiry(liveness.ttl_s, liveness.expiry_s);
  json_.End();
}

void SSTableJson::PrintDeletion(const DeletionTime& deletion) {
  json_.Key("deletion_info");
  json_.BeginObject(kOneLine);
  PrintMicros("marked_deleted", deletion.timestamp);
  PrintSeconds("local_delete_time", deletion.local_time_s);
  json_.End();
}

// Time and TTL only where they differ from the row's.
void SSTableJson::PrintCell(const Cell& cell, const Liveness& liveness) {
  const Column* const column = schema_->FindColumn(cell.column);
  json_.BeginObject(kOneLine);
  json_.Key("name");
  json_.String(column != nullptr ? column->name
                                 : absl::StrCat("column ", cell.column.value));
  if (cell.kind == CellKind::kColumnDeletion) {
    PrintDeletion(cell.column_deletion());
    json_.End();
    return;
  }
  PrintContent(cell, column);
  if (liveness.none() || cell.timestamp != liveness.timestamp) {
    PrintMicros("tstamp", cell.timestamp);
  }
  if (cell.kind == CellKind::kExpiring &&
      (liveness.none() || cell.ttl_s != liveness.ttl_s)) {
    PrintExpiry(cell.ttl_s, cell.local_time_s);
  }
  json_.End();
}

// What the column's type doesn't know is printed as a blob.
void SSTableJson::PrintContent(const Cell& cell, const Column* column) {
  const ColumnType blob{TypeKind::kBlob};
  const ColumnType* type = column == nullptr ? &blob : &column->type;
  bool is_path_all = false;
  if (!cell.path.empty()) {
    json_.Key("path");
    json_.BeginArray(kOneLine);
    json_.String(PathText(*type, cell.path));
    json_.End();
    const bool has_elements = HasCellPerElement(*type);
    is_path_all = has_elements && type->kind == TypeKind::kSet;
    const ColumnType* element =
        has_elements ? ElementType(*type, cell.path) : nullptr;
    if (type->kind != TypeKind::kCounter) {
      type = element == nullptr ? &blob : element;
    }
  }
  if (cell.kind == CellKind::kTombstone) {
    json_.Key("deletion_info");
    json_.BeginObject(kOneLine);
    PrintSeconds("local_delete_time", cell.local_time_s);
    json_.End();
    return;
  }
  json_.Key("value");
  if (is_path_all) {
    json_.String(cell.value);
  } else {
    json_.Token(FormatJsonValue(*type, cell.value));
  }
}

void SSTableJson::PrintExpiry(uint32_t ttl_s, uint32_t expiry_s) {
  json_.Key("ttl");
  json_.Number(ttl_s);
  PrintSeconds("expires_at", expiry_s);
  json_.Key("expired");
  json_.Bool(expiry_s <= options_.now_s);
}

void SSTableJson::PrintMicros(const char* name, int64_t micros) {
  json_.Key(name);
  json_.String(options_.raw_timestamps ? std::to_string(micros)
                                       : InstantOfMicros(micros));
}

void SSTableJson::PrintSeconds(const char* name, uint32_t seconds) {
  json_.Key(name);
  json_.String(options_.raw_timestamps ? std::to_string(seconds)
                                       : InstantOfSeconds(seconds));
}

}  // namespace rowan
