// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/column_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

const ColumnType kIntType{TypeKind::kInt};

std::string Complaint(const ColumnType& type) {
  const absl::Status status = CheckType(type);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

ColumnType With(TypeKind kind, TypeArguments arguments) {
  return {kind, false, std::make_shared<const TypeArguments>(arguments)};
}

TEST(ColumnType, RandomTypesAreValidAndEqualTheirCopiesOnly) {
  SimRandom random(1);
  ColumnType previous;
  for (int i = 0; i < 2000; ++i) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    ASSERT_TRUE(CheckType(type).ok()) << CheckType(type);
    ColumnType copy = type;
    copy.arguments = std::make_shared<const TypeArguments>(*type.arguments);
    ASSERT_EQ(copy, type);
    previous = type;
  }
  EXPECT_FALSE(ListOf(kIntType) == SetOf(kIntType));
  EXPECT_FALSE(ListOf(kIntType) == Frozen(ListOf(kIntType)));
  EXPECT_FALSE(ListOf(kIntType) == ListOf({TypeKind::kText}));
  EXPECT_FALSE(VectorOf(3) == VectorOf(4));
  EXPECT_FALSE(UserType("a", {"x"}, {kIntType}) ==
               UserType("a", {"y"}, {kIntType}));
}

TEST(ColumnType, EveryMistakeIsNamed) {
  const ColumnType duration{TypeKind::kDuration};
  const std::pair<ColumnType, std::string> cases[] = {
      {{static_cast<TypeKind>(0)}, "expected a type"},
      {{static_cast<TypeKind>(27)}, "expected a type"},
      {{TypeKind::kList}, "expected a type"},
      {Frozen(kIntType), "expected a scalar that is not frozen"},
      {Frozen(TupleOf({kIntType})), "no flag on what always is frozen"},
      {Frozen(VectorOf(2)), "no flag on what always is frozen"},
      {With(TypeKind::kList, {}), "expected 1 types inside"},
      {With(TypeKind::kMap, {.types = {kIntType}}), "expected 2 types inside"},
      {TupleOf({}), "expected 1 to 256 fields"},
      {TupleOf(std::vector<ColumnType>(257, kIntType)), "1 to 256 fields"},
      {ListOf(SetOf(kIntType)), "element: expected a collection or user type"},
      {TupleOf({kIntType, UserType("a", {"x"}, {kIntType})}),
       "field 2: expected a collection or user type"},
      {UserType("a", {"x"}, {ListOf(kIntType)}), "field 'x': expected"},
      {SetOf(duration), "element: expected a type with an order"},
      {MapOf(TupleOf({duration}), kIntType),
       "key: expected a type with an order"},
      {MapOf(kIntType, Frozen(ListOf({TypeKind::kTuple}))),
       "value: element: expected a type"},
      {UserType("A", {"x"}, {kIntType}), "to be named with"},
      {UserType("a", {"x"}, {kIntType, kIntType}), "to be named with"},
      {UserType("a", {""}, {kIntType}), "to be named with"},
      {UserType("a", {"x", "x"}, {kIntType, kIntType}), "names that differ"},
      {With(TypeKind::kList, {.types = {kIntType}, .name = "a"}),
       "names in a user type only"},
      {With(TypeKind::kList, {.types = {kIntType}, .dimensions = 1}),
       "of a vector only"},
      {With(TypeKind::kVector, {.types = {kIntType}, .dimensions = 1}),
       "of float"},
      {VectorOf(0), "1 to 8192 dimensions"},
      {VectorOf(8193), "1 to 8192 dimensions"},
  };
  for (const auto& [type, says] : cases) {
    EXPECT_THAT(Complaint(type), HasSubstr(says));
  }
  EXPECT_TRUE(CheckType(VectorOf(8192)).ok());
  EXPECT_TRUE(CheckType(MapOf(kIntType, duration)).ok());
  EXPECT_TRUE(CheckType(TupleOf(std::vector<ColumnType>(256, kIntType))).ok());
}

TEST(ColumnType, DepthAndSizeAreBounded) {
  ColumnType type = ListOf(kIntType);
  for (size_t depth = 2; depth <= kTypeDepthMax; ++depth) {
    type = ListOf(Frozen(type));
  }
  EXPECT_TRUE(CheckType(type).ok());
  EXPECT_THAT(Complaint(ListOf(Frozen(type))), HasSubstr("at most 16 inside"));
  // 256^16 types if one walked them all.
  type = TupleOf({kIntType});
  for (size_t depth = 2; depth <= kTypeDepthMax; ++depth) {
    type = TupleOf(std::vector<ColumnType>(256, type));
  }
  EXPECT_THAT(Complaint(type), HasSubstr("at most 65535 bytes"));
}

TEST(ColumnType, DurationsHaveNoOrderHoweverDeep) {
  const ColumnType duration{TypeKind::kDuration};
  EXPECT_FALSE(HasOrder(duration));
  EXPECT_FALSE(HasOrder(TupleOf({kIntType, Frozen(ListOf(duration))})));
  EXPECT_FALSE(HasOrder(MapOf(kIntType, duration)));
  EXPECT_TRUE(HasOrder(MapOf(kIntType, TupleOf({kIntType}))));
}

TEST(ColumnType, CellsPerElementAreOfCollectionsAndUserTypesOnly) {
  EXPECT_TRUE(HasCellPerElement(ListOf(kIntType)));
  EXPECT_TRUE(HasCellPerElement(UserType("a", {"x"}, {kIntType})));
  EXPECT_FALSE(HasCellPerElement(Frozen(ListOf(kIntType))));
  EXPECT_FALSE(HasCellPerElement(TupleOf({kIntType})));
  EXPECT_FALSE(HasCellPerElement(VectorOf(2)));
  EXPECT_FALSE(HasCellPerElement(kIntType));
}

}  // namespace
}  // namespace rowan
