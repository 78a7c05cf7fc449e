// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/element_path.h"

#include <gtest/gtest.h>

#include "storage/base/coding.h"
#include "storage/model/composite/composite_codec.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

const ColumnType kTextType{TypeKind::kText};
const ColumnType kIntType{TypeKind::kInt};

std::string PathOf(const ColumnType& type, std::string_view value) {
  std::string path;
  AppendPath(type, value, &path);
  return path;
}

TEST(ElementPath, IsTheKeyFormOfAnElementOrKey) {
  EXPECT_EQ(PathOf(SetOf(kTextType), "a"), std::string("a\0\0", 3));
  EXPECT_EQ(PathOf(MapOf(kIntType, kTextType), std::string("\0\0\0\1", 4)),
            std::string("\x80\0\0\1", 4));
  std::string field;
  AppendFieldPath(258, &field);
  EXPECT_EQ(field, "\1\2");
}

TEST(ElementPath, OfAnyElementComesBackAndIsNeverEmpty) {
  SimRandom random(4);
  for (int round = 0; round < 2000; ++round) {
    const ColumnType element = RandomComposite(random, 3, Durations::kNot);
    const ColumnType type =
        random.Below(2) == 0 ? SetOf(element) : MapOf(element, kIntType);
    // In the form that a key form gives back.
    std::string value, form = PathOf(type, RandomValueOf(random, element));
    ASSERT_TRUE(ReadPath(type, form, &value));
    const std::string path = PathOf(type, value);
    EXPECT_FALSE(path.empty());
    std::string back;
    ASSERT_TRUE(ReadPath(type, path, &back));
    EXPECT_EQ(back, value);
    EXPECT_FALSE(ReadPath(type, path + "x", &back));
  }
}

TEST(ElementPath, SaysWhatTypeTheValueHas) {
  EXPECT_EQ(ElementType(SetOf(kTextType), "x"), nullptr);
  EXPECT_EQ(ElementType(MapOf(kIntType, kTextType), "x")->kind,
            TypeKind::kText);
  EXPECT_EQ(ElementType(ListOf(kIntType), "x")->kind, TypeKind::kInt);
  EXPECT_EQ(PathType(ListOf(kIntType))->kind, TypeKind::kTimeuuid);
  const ColumnType user = UserType("u", {"a", "b"}, {kIntType, kTextType});
  EXPECT_EQ(PathType(user), nullptr);
  EXPECT_EQ(ElementType(user, std::string("\0\1", 2))->kind, TypeKind::kText);
  EXPECT_EQ(ElementType(user, std::string("\0\2", 2)), nullptr);
  EXPECT_EQ(FieldOfPath(user, std::string("\0\1", 2)), 1u);
  EXPECT_EQ(FieldOfPath(user, std::string("\0\1\0", 3)), std::nullopt);
  EXPECT_EQ(FieldOfPath(user, std::string("\0", 1)), std::nullopt);
}

}  // namespace
}  // namespace rowan
