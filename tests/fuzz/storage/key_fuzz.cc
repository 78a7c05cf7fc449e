// SPDX-License-Identifier: Apache-2.0
// Keys: two bytes that choose the types of a partition key and a clustering
// key, a sized partition key, then a position.

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/model/key_codec.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

std::vector<ColumnType> KeyTypes() {
  std::vector<ColumnType> types;
  for (const TypeKind kind :
       {TypeKind::kText, TypeKind::kInt, TypeKind::kBlob, TypeKind::kDecimal,
        TypeKind::kVarint, TypeKind::kDouble, TypeKind::kUuid,
        TypeKind::kTimeuuid, TypeKind::kInet, TypeKind::kBoolean,
        TypeKind::kTimestamp, TypeKind::kDate}) {
    types.push_back({kind});
  }
  types.push_back(Frozen(ListOf({TypeKind::kText})));
  types.push_back(Frozen(SetOf({TypeKind::kVarint})));
  types.push_back(Frozen(MapOf({TypeKind::kInt}, {TypeKind::kDecimal})));
  types.push_back(TupleOf({{TypeKind::kInt}, {TypeKind::kText}}));
  return types;
}

// Two columns each; the bits of `choice` are the types' numbers.
Schema SchemaOf(uint8_t partition, uint8_t clustering, uint8_t descending) {
  const std::vector<ColumnType> types = KeyTypes();
  const auto type = [&](int bits) { return types[bits & 15]; };
  Schema schema;
  schema.columns = {
      {ColumnId{1}, "p", type(partition), ColumnRole::kPartitionKey},
      {ColumnId{2}, "q", type(partition >> 4), ColumnRole::kPartitionKey},
      {ColumnId{3}, "c", type(clustering), ColumnRole::kClustering,
       (descending & 1) != 0},
      {ColumnId{4}, "d", type(clustering >> 4), ColumnRole::kClustering,
       (descending & 2) != 0}};
  return schema;
}

std::vector<std::string_view> Views(const std::vector<std::string>& strings) {
  return {strings.begin(), strings.end()};
}

void Run(std::string_view input) {
  FuzzInput in(input);
  const uint8_t partition = in.Byte(), clustering = in.Byte();
  const Schema schema = SchemaOf(partition, clustering, in.Byte());
  const std::string_view key = in.TakeSized();
  const auto components = DecodePartitionKey(schema, key);
  if (components.ok()) {
    const auto again = EncodePartitionKey(schema, *components);
    ROWAN_CHECK(again.ok() && *again == key);
  }
  const std::string_view position = in.Rest();
  const auto decoded = DecodePosition(schema, position);
  if (!decoded.ok()) return;
  const auto again =
      decoded->kind == position::kEnd
          ? EncodeClustering(schema, Views(decoded->components))
          : EncodeBound(schema, Views(decoded->components),
                        decoded->kind == position::kBefore ? BoundSide::kBefore
                                                           : BoundSide::kAfter);
  ROWAN_CHECK(again.ok() && *again == position);
}

std::string Seed(char partition, char clustering, char descending,
                 const std::vector<std::string>& key,
                 const std::vector<std::string>& position) {
  const Schema schema = SchemaOf(static_cast<uint8_t>(partition),
                                 static_cast<uint8_t>(clustering),
                                 static_cast<uint8_t>(descending));
  const std::string bytes = EncodePartitionKey(schema, Views(key)).value();
  std::string seed{partition, clustering, descending,
                   static_cast<char>(bytes.size()), '\0'};
  seed += bytes;
  return seed + (position.size() == 2
                     ? EncodeClustering(schema, Views(position)).value()
                     : EncodeBound(schema, Views(position), BoundSide::kAfter)
                           .value());
}

std::vector<std::string> Seeds() {
  const std::string one("\0\0\0\1", 4);
  const std::string decimal("\0\0\0\2\x04\xe2", 6);  // 12.50
  return {Seed(0x10, 0x10, 0, {"a", one}, {std::string("a\0b", 3), one}),
          Seed(0x10, 0x10, 3, {"a", one}, {std::string("a\0b", 3), one}),
          Seed(0x30, 0x43, 1, {"a", decimal}, {decimal, "\xff"}),
          Seed(0x01, 0x10, 2, {one, "b"}, {"prefix"})};
}

}  // namespace

const FuzzTarget kKeyFuzz{"key", Run, Seeds};

}  // namespace rowan
