// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/part_parser.h"

#include <string_view>

namespace rowan {

using Kind = WritePart::Kind;

namespace {

constexpr uint64_t kTtlMax = 1000;

}  // namespace

bool PartParser::TakeColumn(TextCursor* in, ColumnName* column) {
  column->fixed = in->Take("s");
  if (!column->fixed && !in->Take("r")) return false;
  const auto& columns = column->fixed ? shape_.statics : shape_.regulars;
  return in->TakeIndex(columns.size(), &column->number);
}

bool PartParser::TakePart(TextCursor* in, WritePart* part) {
  if (in->Take("gone")) return TakeDeletion(in, part);
  if (in->Take("mark:")) {
    part->kind = Kind::kMark;
    return TakeRow(in, &part->row) && !part->row.fixed &&
           TakeTtl(in, &part->ttl_s);
  }
  struct Verb {
    std::string_view word;
    Kind kind;
    bool has_value;
  };
  static constexpr Verb kVerbs[] = {{"set:", Kind::kSet, true},
                                    {"unset:", Kind::kUnset, false},
                                    {"clear:", Kind::kClearColumn, false},
                                    {"over:", Kind::kOverwrite, false},
                                    {"put:", Kind::kReplace, true},
                                    {"back:", Kind::kAppend, true},
                                    {"front:", Kind::kPrepend, true},
                                    {"at:", Kind::kSetAt, true},
                                    {"erase:", Kind::kEraseAt, false}};
  for (const Verb& verb : kVerbs) {
    if (!in->Take(verb.word)) continue;
    part->kind = verb.kind;
    return TakeCellPlace(in, part) && (!verb.has_value || TakeValue(in, part));
  }
  return false;
}

bool PartParser::TakeValue(TextCursor* in, WritePart* part) {
  return in->Take("=") && in->TakeIndex(kShapeValues, &part->value) &&
         TakeTtl(in, &part->ttl_s);
}

bool PartParser::TakeDeletion(TextCursor* in, WritePart* part) {
  part->kind = Kind::kDeleteWideRow;
  if (!in->Take(":")) return true;
  part->kind = Kind::kDeleteRange;
  if (in->rest().starts_with("[") || in->rest().starts_with("(")) {
    return TakeSlice(in, &part->range);
  }
  part->kind = Kind::kDeleteRow;
  return TakeRow(in, &part->row) && !part->row.fixed;
}

bool PartParser::TakeNumbers(TextCursor* in, std::vector<int>* numbers) {
  if (in->Take("-")) return true;
  do {
    numbers->push_back(0);
    if (!in->TakeIndex(kShapeValues, &numbers->back())) return false;
    // "0..1" is a slice, "0.1" a row.
  } while (!in->rest().starts_with("..") && in->Take("."));
  return numbers->size() <= shape_.clustering.size();
}

bool PartParser::TakeRow(TextCursor* in, RowName* row) {
  row->fixed = in->Take("s");
  if (row->fixed) return !shape_.statics.empty();
  return TakeNumbers(in, &row->components) &&
         row->components.size() == shape_.clustering.size();
}

bool PartParser::TakeSlice(TextCursor* in, Slice* slice) {
  slice->start.inclusive = in->Take("[");
  if (!slice->start.inclusive && !in->Take("(")) return false;
  if (!TakeNumbers(in, &slice->start.components) || !in->Take("..") ||
      !TakeNumbers(in, &slice->end.components)) {
    return false;
  }
  slice->end.inclusive = in->Take("]");
  return slice->end.inclusive || in->Take(")");
}

bool PartParser::TakeCellPlace(TextCursor* in, WritePart* part) {
  if (!TakeRow(in, &part->row) || !in->Take(":") ||
      !TakeColumn(in, &part->column) || part->column.fixed != part->row.fixed) {
    return false;
  }
  const ColumnKind kind = KindOf(shape_, part->column);
  const bool of_list = ReadsFirst(*part);
  switch (part->kind) {
    case Kind::kAppend:
    case Kind::kPrepend:
      return kind == ColumnKind::kList;
    case Kind::kReplace:
    case Kind::kClearColumn:
    case Kind::kOverwrite:
      return HasElements(kind);
    default:
      break;
  }
  if (of_list != (kind == ColumnKind::kList)) return false;
  int path = 0;
  if (!HasElements(kind)) return true;
  if (!in->Take("/") || !in->TakeIndex(kShapeValues, &path)) return false;
  part->path = path;
  return true;
}

bool PartParser::TakeTtl(TextCursor* in, uint32_t* ttl_s) {
  uint64_t number = 0;
  if (!in->Take("+")) return true;
  const bool ok = in->TakeNumber(kTtlMax, &number);
  *ttl_s = static_cast<uint32_t>(number);
  return ok;
}

}  // namespace rowan
