// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_type.h"

#include <gtest/gtest.h>

#include "storage/model/composite/type_name.h"

namespace rowan::cli {
namespace {

v1::DataType Of(v1::ColumnType kind) {
  v1::DataType type;
  type.set_kind(kind);
  return type;
}

std::string Name(const v1::DataType& type) {
  const auto decoded = TypeFromProto(type);
  return decoded.ok() ? TypeName(*decoded) : "!";
}

TEST(ProtoType, EveryScalarTypeHasAName) {
  for (int i = v1::COLUMN_TYPE_ASCII; i <= v1::COLUMN_TYPE_INET; ++i) {
    v1::Column column;
    column.set_type(static_cast<v1::ColumnType>(i));
    const auto type = TypeOfColumn(column);
    ASSERT_TRUE(type.ok()) << i;
    EXPECT_EQ(static_cast<int>(type->kind), i);
    EXPECT_EQ(TypeText(column), TypeName(*type));
  }
}

TEST(ProtoType, TypesWithParametersAreTrees) {
  v1::DataType list = Of(v1::COLUMN_TYPE_LIST);
  *list.add_parameters() = Of(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(Name(list), "list<int>");
  list.set_frozen(true);
  v1::DataType map = Of(v1::COLUMN_TYPE_MAP);
  *map.add_parameters() = Of(v1::COLUMN_TYPE_TEXT);
  *map.add_parameters() = list;
  EXPECT_EQ(Name(map), "map<text, frozen<list<int>>>");
  v1::DataType vector = Of(v1::COLUMN_TYPE_VECTOR);
  *vector.add_parameters() = Of(v1::COLUMN_TYPE_FLOAT);
  vector.set_dimension(3);
  EXPECT_EQ(Name(vector), "vector<float, 3>");
  v1::DataType user = Of(v1::COLUMN_TYPE_USER);
  user.set_user_type("address");
  user.add_field_names("no");
  *user.add_parameters() = Of(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(Name(user), "address");
}

TEST(ProtoType, WhatANodeMaySendWrongIsRefused) {
  EXPECT_EQ(Name(v1::DataType()), "!");
  EXPECT_EQ(Name(Of(v1::COLUMN_TYPE_LIST)), "!");
  EXPECT_EQ(Name(Of(static_cast<v1::ColumnType>(99))), "!");
  v1::DataType deep = Of(v1::COLUMN_TYPE_INT);
  for (int i = 0; i < 30; ++i) {
    v1::DataType list = Of(v1::COLUMN_TYPE_LIST);
    list.set_frozen(true);
    *list.add_parameters() = deep;
    deep = list;
  }
  EXPECT_EQ(Name(deep), "!");
}

}  // namespace
}  // namespace rowan::cli
