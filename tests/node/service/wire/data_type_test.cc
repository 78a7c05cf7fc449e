// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/data_type.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/wire/request_error.h"
#include "storage/model/composite/type_name.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

v1::DataType Of(v1::ColumnType kind,
                const std::vector<v1::DataType>& parameters = {}) {
  v1::DataType type;
  type.set_kind(kind);
  for (const v1::DataType& each : parameters) *type.add_parameters() = each;
  return type;
}

v1::DataType FrozenOf(v1::DataType type) {
  type.set_frozen(true);
  return type;
}

// The type's name, or "REASON field".
std::string Decoded(const v1::DataType& type) {
  const std::vector<ColumnType> user_types = {
      UserType("address", {"no"}, {{TypeKind::kInt}})};
  const auto decoded = DecodeDataType(type, user_types);
  if (decoded.ok()) return TypeName(*decoded);
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  v1::Error error;
  FillError(decoded.status(), &error);
  return error.reason() + " " + error.field();
}

// Without what stands in answers only.
void StripUserTypes(v1::DataType* type) {
  type->clear_field_names();
  if (!type->user_type().empty()) type->clear_parameters();
  for (v1::DataType& inner : *type->mutable_parameters()) {
    StripUserTypes(&inner);
  }
}

void CollectUserTypes(const ColumnType& type, std::vector<ColumnType>* out) {
  if (type.arguments == nullptr) return;
  for (const ColumnType& inner : type.arguments->types) {
    CollectUserTypes(inner, out);
  }
  if (type.kind != TypeKind::kUserType) return;
  out->push_back(type);
  out->back().frozen = false;
}

TEST(DataType, EveryTypeComesBack) {
  SimRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    const ColumnType type = RandomComposite(random, 5, Durations::kToo);
    v1::DataType wire;
    EncodeDataType(type, &wire);
    std::vector<ColumnType> user_types;
    CollectUserTypes(type, &user_types);
    StripUserTypes(&wire);
    const auto back = DecodeDataType(wire, user_types);
    ASSERT_TRUE(back.ok()) << back.status() << TypeName(type);
    EXPECT_EQ(*back, type) << TypeName(type);
  }
  for (int kind = 1; kind <= static_cast<int>(TypeKind::kInet); ++kind) {
    v1::DataType wire;
    EncodeDataType({static_cast<TypeKind>(kind)}, &wire);
    EXPECT_EQ(DecodeDataType(wire, {})->kind, static_cast<TypeKind>(kind));
  }
}

TEST(DataType, AnswersCarryTheFieldsOfUserTypes) {
  v1::DataType wire;
  EncodeDataType(Frozen(UserType("address", {"no"}, {{TypeKind::kInt}})),
                 &wire);
  EXPECT_EQ(wire.kind(), v1::COLUMN_TYPE_USER);
  EXPECT_TRUE(wire.frozen());
  EXPECT_EQ(wire.user_type(), "address");
  EXPECT_THAT(wire.field_names(), testing::ElementsAre("no"));
  EXPECT_EQ(wire.parameters(0).kind(), v1::COLUMN_TYPE_INT);
}

TEST(DataType, WhatIsNoTypeIsRefusedWithItsField) {
  const v1::DataType number = Of(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(Decoded(Of(v1::COLUMN_TYPE_LIST, {number})), "list<int>");
  EXPECT_EQ(Decoded(v1::DataType()), "BAD_TYPE kind");
  EXPECT_EQ(Decoded(Of(static_cast<v1::ColumnType>(99))), "BAD_TYPE kind");
  EXPECT_EQ(Decoded(Of(v1::COLUMN_TYPE_LIST)), "BAD_TYPE ");
  EXPECT_EQ(Decoded(Of(v1::COLUMN_TYPE_MAP, {number})), "BAD_TYPE ");
  EXPECT_EQ(Decoded(Of(v1::COLUMN_TYPE_INT, {number})), "BAD_TYPE ");
  EXPECT_EQ(Decoded(FrozenOf(number)), "BAD_TYPE ");
  EXPECT_EQ(Decoded(Of(v1::COLUMN_TYPE_LIST, {v1::DataType()})),
            "BAD_TYPE parameters[0].kind");
  EXPECT_EQ(
      Decoded(Of(v1::COLUMN_TYPE_LIST, {Of(v1::COLUMN_TYPE_SET, {number})})),
      "BAD_TYPE ");
  v1::DataType user = Of(v1::COLUMN_TYPE_USER);
  user.set_user_type("address");
  EXPECT_EQ(Decoded(FrozenOf(user)), "frozen<address>");
  user.set_user_type("adress");
  EXPECT_EQ(Decoded(user), "BAD_TYPE user_type");
  user.set_user_type("address");
  user.add_field_names("no");
  EXPECT_EQ(Decoded(user), "BAD_TYPE parameters");
  *user.add_parameters() = number;
  EXPECT_EQ(Decoded(user), "address");
  user.set_field_names(0, "number");
  EXPECT_EQ(Decoded(user), "BAD_TYPE parameters");
}

TEST(DataType, BoundsAreKept) {
  v1::DataType type = Of(v1::COLUMN_TYPE_INT);
  for (size_t depth = 1; depth <= kTypeDepthMax; ++depth) {
    type = FrozenOf(Of(v1::COLUMN_TYPE_LIST, {type}));
    EXPECT_THAT(Decoded(type), testing::StartsWith("frozen<"));
  }
  EXPECT_THAT(Decoded(Of(v1::COLUMN_TYPE_LIST, {type})),
              testing::StartsWith("BAD_TYPE parameters[0]"));
  v1::DataType tuple = Of(v1::COLUMN_TYPE_TUPLE);
  for (size_t fields = 0; fields < kTypeFieldsMax; ++fields) {
    *tuple.add_parameters() = Of(v1::COLUMN_TYPE_INT);
  }
  EXPECT_THAT(Decoded(tuple), testing::StartsWith("tuple<"));
  *tuple.add_parameters() = Of(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(Decoded(tuple), "OVER_LIMIT parameters");
  v1::DataType vector = Of(v1::COLUMN_TYPE_VECTOR, {Of(v1::COLUMN_TYPE_FLOAT)});
  EXPECT_EQ(Decoded(vector), "BAD_TYPE ");
  vector.set_dimension(kVectorDimensionsMax);
  EXPECT_EQ(Decoded(vector), "vector<float, 8192>");
  vector.set_dimension(kVectorDimensionsMax + 1);
  EXPECT_EQ(Decoded(vector), "OVER_LIMIT dimension");
}

}  // namespace
}  // namespace rowan
