// SPDX-License-Identifier: Apache-2.0
#include "tests/model/made_write.h"

#include <utility>

namespace rowan {
namespace {

using Kind = WritePart::Kind;

bool HasColumn(const WritePart& part) {
  switch (part.kind) {
    case Kind::kDeleteWideRow:
    case Kind::kDeleteRange:
    case Kind::kDeleteRow:
    case Kind::kMark:
      return false;
    default:
      return true;
  }
}

class Maker {
 public:
  Maker(const TableShape& shape, const Schema& schema, int64_t timestamp_us,
        ListIndex index)
      : shape_(shape),
        schema_(schema),
        timestamp_us_(timestamp_us),
        index_(index) {}

  // False when there is no such element.
  bool Add(WritePart part) {
    if (!HasColumn(part)) {
      made_.push_back(std::move(part));
      return true;
    }
    if (FindColumn(schema_, part.column) == nullptr) return true;
    part.fields = FieldsOf(schema_, part.column);
    const ColumnKind kind = KindOf(shape_, part.column);
    if (kind == ColumnKind::kFields && part.path >= part.fields) return true;
    switch (part.kind) {
      case Kind::kReplace:
        Replace(kind, part);
        return true;
      case Kind::kAppend:
      case Kind::kPrepend:
        AddToList(part.kind == Kind::kPrepend, std::move(part));
        return true;
      case Kind::kSetAt:
      case Kind::kEraseAt:
        return AddAt(std::move(part));
      default:
        made_.push_back(std::move(part));
        return true;
    }
  }

  std::vector<WritePart> Take() { return std::move(made_); }

 private:
  // What was there before goes.
  void Replace(ColumnKind kind, const WritePart& whole) {
    WritePart part = whole;
    part.kind = Kind::kOverwrite;
    part.ttl_s = 0;
    made_.push_back(part);
    part.kind = Kind::kSet;
    part.ttl_s = whole.ttl_s;
    for (const auto& [path, value] :
         WholeValue(kind, whole.value, whole.fields)) {
      part.path = path;
      part.value = value;
      if (kind == ColumnKind::kList) {
        AddToList(false, part);
      } else {
        made_.push_back(part);
      }
    }
  }

  void AddToList(bool front, WritePart part) {
    part.kind = Kind::kSet;
    part.path = ListPath(front, timestamp_us_, list_elements_++, part.value);
    made_.push_back(std::move(part));
  }

  bool AddAt(WritePart part) {
    const std::optional<int64_t> path =
        index_(part.row, part.column, part.path);
    if (!path.has_value()) return false;
    part.kind = part.kind == Kind::kSetAt ? Kind::kSet : Kind::kUnset;
    part.path = *path;
    made_.push_back(std::move(part));
    return true;
  }

  const TableShape& shape_;
  const Schema& schema_;
  const int64_t timestamp_us_;
  const ListIndex index_;
  int list_elements_ = 0;  // so far, in the whole write
  std::vector<WritePart> made_;
};

}  // namespace

std::optional<WriteOperation> MadeWrite(const TableShape& shape,
                                        const Schema& schema,
                                        const WriteOperation& write,
                                        int64_t timestamp_us, ListIndex index) {
  Maker maker(shape, schema, timestamp_us, index);
  for (const WritePart& part : write.parts) {
    if (!maker.Add(part)) return std::nullopt;
  }
  WriteOperation made = write;
  made.parts = maker.Take();
  return made;
}

WriteOperation MadeWrite(const TableShape& shape, const Schema& schema,
                         const WriteOperation& write, int64_t timestamp_us) {
  return *MadeWrite(shape, schema, write, timestamp_us,
                    [](const RowName&, const ColumnName&, int64_t) {
                      return std::optional<int64_t>(0);
                    });
}

}  // namespace rowan
