// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/table_shape.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

// Two are neighbours on the ring, two share a token, the last is the largest;
// they lie in 6 of 16 partitions.
constexpr std::array<uint64_t, kShapeKeys> kTokens = {
    1,
    2,
    0x3fff'ffff'ffff'ffff,
    0x4000'0000'0000'0000,
    0x8000'0000'0000'0000,
    0x8000'0000'0000'0000,
    0xf000'0000'0000'0000,
    std::numeric_limits<uint64_t>::max()};

std::string Big(uint64_t value, size_t bytes) {
  std::string all;
  PutBig(value, &all);
  return all.substr(all.size() - bytes);
}

std::vector<std::string> ComponentsOf(const Schema& schema,
                                      const std::vector<int>& numbers) {
  const auto columns = schema.ColumnsOf(ColumnRole::kClustering);
  std::vector<std::string> bytes;
  for (size_t i = 0; i < numbers.size(); ++i) {
    bytes.push_back(ComponentBytes(columns[i]->type.kind, numbers[i]));
  }
  return bytes;
}

std::string BoundBytes(const Schema& schema, const std::vector<int>& numbers,
                       BoundSide side) {
  const std::vector<std::string> bytes = ComponentsOf(schema, numbers);
  const std::vector<std::string_view> views(bytes.begin(), bytes.end());
  return EncodeBound(schema, views, side).value();
}

}  // namespace

// Ascending as values, in Cassandra's serialisation.
std::string ComponentBytes(TypeKind kind, int number) {
  static constexpr int32_t kInts[] = {std::numeric_limits<int32_t>::min(), -1,
                                      0, 256};
  static const std::string kTexts[] = {"", "a", std::string("a\0", 2), "b"};
  static const std::string kBlobs[] = {"", std::string("\0", 1),
                                       std::string("\0\xff", 2), "\xff"};
  // -1.5, -0.0, 0.0, 2.5.
  static constexpr uint64_t kDoubles[] = {
      0xbff8'0000'0000'0000, 0x8000'0000'0000'0000, 0, 0x4004'0000'0000'0000};
  ROWAN_CHECK(number >= 0 && number < kShapeValues);
  switch (kind) {
    case TypeKind::kInt:
      return Big(static_cast<uint32_t>(kInts[number]), 4);
    case TypeKind::kText:
      return kTexts[number];
    case TypeKind::kDouble:
      return Big(kDoubles[number], 8);
    default:
      return kBlobs[number];
  }
}

std::shared_ptr<const Schema> SchemaOf(const TableShape& shape,
                                       TableOptions options) {
  auto schema = std::make_shared<Schema>();
  schema->id = TableId{1};
  schema->version = SchemaVersion{1};
  schema->keyspace = "model";
  schema->table = "t";
  options.tombstone_grace_s = shape.grace_s;
  schema->options = options;
  uint32_t next = 1;
  const auto add = [&](TypeKind kind, ColumnRole role, bool descending) {
    const ColumnId id{next++};
    schema->columns.push_back(
        {id, "c" + std::to_string(id.value), {kind}, role, descending});
  };
  for (int i = 0; i < shape.key_columns; ++i) {
    add(TypeKind::kText, ColumnRole::kPartitionKey, false);
  }
  for (const TableShape::Clustering& column : shape.clustering) {
    add(column.kind, ColumnRole::kClustering, column.descending);
  }
  for (const bool fixed : {true, false}) {
    const auto& kinds = fixed ? shape.statics : shape.regulars;
    for (size_t i = 0; i < kinds.size(); ++i) {
      Column column = ColumnOf(shape, {fixed, static_cast<int>(i)});
      column.id = ColumnId{next++};
      schema->columns.push_back(std::move(column));
    }
  }
  return schema;
}

std::string NameOf(const ColumnName& column) {
  return (column.fixed ? "s" : "r") + std::to_string(column.number);
}

ColumnKind KindOf(const TableShape& shape, const ColumnName& column) {
  return (column.fixed ? shape.statics
                       : shape.regulars)[static_cast<size_t>(column.number)];
}

int FieldsOf(const Schema& schema, const ColumnName& name) {
  const Column* const column = FindColumn(schema, name);
  if (column == nullptr || column->type.kind != TypeKind::kUserType) return 0;
  return static_cast<int>(column->type.arguments->types.size());
}

Column ColumnOf(const TableShape& shape, const ColumnName& column) {
  return {ColumnId{}, NameOf(column), TypeOf(KindOf(shape, column)),
          column.fixed ? ColumnRole::kStatic : ColumnRole::kRegular};
}

const Column* FindColumn(const Schema& schema, const ColumnName& column) {
  const std::string name = NameOf(column);
  const Column* found = schema.FindColumn(name);
  return found != nullptr ? found : schema.FindColumn(OtherName(name));
}

Token TokenOfKeyNumber(int key) {
  return Token{kTokens[static_cast<size_t>(key)]};
}

std::string KeyBytes(const Schema& schema, int key) {
  const std::string letter(1, static_cast<char>('a' + key));
  std::vector<std::string_view> components = {letter};
  if (schema.ColumnsOf(ColumnRole::kPartitionKey).size() > 1) {
    components.emplace_back("");
  }
  return EncodePartitionKey(schema, components).value();
}

std::string RowPosition(const Schema& schema, const RowName& row) {
  const std::vector<std::string> bytes = ComponentsOf(schema, row.components);
  const std::vector<std::string_view> views(bytes.begin(), bytes.end());
  return EncodeClustering(schema, views).value();
}

std::string StartPosition(const Schema& schema, const Bound& bound) {
  return BoundBytes(schema, bound.components,
                    bound.inclusive ? BoundSide::kBefore : BoundSide::kAfter);
}

std::string EndPosition(const Schema& schema, const Bound& bound) {
  return BoundBytes(schema, bound.components,
                    bound.inclusive ? BoundSide::kAfter : BoundSide::kBefore);
}

absl::StatusOr<Place> PlaceOf(const TableShape& shape, const Schema& schema,
                              std::string_view position) {
  const absl::StatusOr<DecodedPosition> decoded =
      DecodePosition(schema, position);
  if (!decoded.ok()) return decoded.status();
  Place place;
  if (decoded->kind != position::kEnd) {
    place.side = decoded->kind == position::kBefore ? -1 : 1;
  }
  for (size_t i = 0; i < decoded->components.size(); ++i) {
    int number = 0;
    while (ComponentBytes(shape.clustering[i].kind, number) !=
           decoded->components[i]) {
      if (++number == kShapeValues) {
        return absl::NotFoundError("a clustering value that was not written");
      }
    }
    place.components.push_back(number);
  }
  return place;
}

int CompareToPlace(const TableShape& shape, const std::vector<int>& row,
                   const Place& place) {
  for (size_t i = 0; i < place.components.size(); ++i) {
    const int order = row[i] - place.components[i];
    if (order != 0) return shape.clustering[i].descending ? -order : order;
  }
  return -place.side;
}

int CompareSides(const TableShape& shape, const Place& a, const Place& b) {
  const size_t common = std::min(a.components.size(), b.components.size());
  for (size_t i = 0; i < common; ++i) {
    const int order = a.components[i] - b.components[i];
    if (order != 0) return shape.clustering[i].descending ? -order : order;
  }
  // The longer one lies among the rows that the shorter one is beside.
  if (a.components.size() < b.components.size()) return a.side;
  if (a.components.size() > b.components.size()) return -b.side;
  return a.side - b.side;
}

int CompareRows(const TableShape& shape, const std::vector<int>& a,
                const std::vector<int>& b) {
  return CompareToPlace(shape, a, {b, 0});
}

bool InSlice(const TableShape& shape, const std::vector<int>& row,
             const Slice& slice) {
  const int start = CompareToPlace(shape, row, {slice.start.components, 0});
  const int end = CompareToPlace(shape, row, {slice.end.components, 0});
  return (start > 0 || (start == 0 && slice.start.inclusive)) &&
         (end < 0 || (end == 0 && slice.end.inclusive));
}

}  // namespace rowan
