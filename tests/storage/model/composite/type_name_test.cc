// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/type_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

const ColumnType kIntType{TypeKind::kInt};
const ColumnType kTextType{TypeKind::kText};

const std::vector<ColumnType>& KnownTypes() {
  static const auto* const types = new std::vector<ColumnType>{
      UserType("address", {"street", "no"}, {kTextType, kIntType})};
  return *types;
}

std::string Canonical(std::string_view text) {
  const auto type = TypeFromName(text, KnownTypes());
  EXPECT_TRUE(type.ok()) << type.status();
  return type.ok() ? TypeName(*type) : "refused";
}

std::string Complaint(std::string_view text) {
  const auto type = TypeFromName(text, KnownTypes());
  EXPECT_EQ(type.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(type.status().message());
}

// The user types in `type`.
void Collect(const ColumnType& type, std::vector<ColumnType>* found) {
  if (IsScalar(type.kind)) return;
  if (type.kind == TypeKind::kUserType) {
    found->push_back(type);
    found->back().frozen = false;
  }
  for (const ColumnType& inner : type.arguments->types) Collect(inner, found);
}

TEST(TypeName, EveryScalarIsFoundByItsName) {
  for (int kind = 1; kind <= 19; ++kind) {
    const ColumnType type{static_cast<TypeKind>(kind)};
    const auto found = TypeFromName(TypeName(type));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, type);
  }
  EXPECT_EQ(TypeFromName("varchar")->kind, TypeKind::kText);
  EXPECT_EQ(TypeName({TypeKind::kTimeuuid}), "timeuuid");
}

TEST(TypeName, RandomTypesComeBack) {
  SimRandom random(2);
  for (int i = 0; i < 3000; ++i) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    std::vector<ColumnType> user_types;
    Collect(type, &user_types);
    const auto back = TypeFromName(TypeName(type), user_types);
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(*back, type) << TypeName(type);
  }
}

TEST(TypeName, IsWrittenAsCqlWritesIt) {
  for (const char* text :
       {"list<int>", "frozen<map<text, frozen<set<uuid>>>>", "tuple<int, text>",
        "vector<float, 3>", "address", "frozen<address>",
        "map<text, frozen<address>>", "tuple<frozen<list<int>>>"}) {
    EXPECT_EQ(Canonical(text), text);
  }
  EXPECT_EQ(TypeName({static_cast<TypeKind>(99)}), "unknown");
}

TEST(TypeName, InnerTypesAreFrozenByTheFrozenOnesAroundThem) {
  EXPECT_EQ(Canonical(" frozen< map<varchar,set< uuid > > >"),
            "frozen<map<text, frozen<set<uuid>>>>");
  EXPECT_EQ(Canonical("tuple<list<address>>"),
            "tuple<frozen<list<frozen<address>>>>");
  EXPECT_EQ(Canonical("frozen<tuple<int>>"), "tuple<int>");
  EXPECT_EQ(Canonical("frozen<vector<float,8192>>"), "vector<float, 8192>");
}

TEST(TypeName, MistakesNameThePlaceAndTheNearestName) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "type '' at 1: expected a type"},
      {"integer",
       "type 'integer' at 1: expected a type; unknown 'integer', "
       "the nearest is 'int'"},
      {"map<text, inte>",
       "at 11: expected a type; unknown 'inte', the "
       "nearest is 'int'"},
      {"list<adress>", "the nearest is 'address'"},
      {"frzen<list<int>>", "the nearest is 'frozen'"},
      {"list", "at 5: expected '<'"},
      {"list<int", "at 9: expected ',' or '>'"},
      {"list<int>>", "at 10: expected the end"},
      {"list<int, int>", "at 1: expected 1 types inside"},
      {"map<int>", "at 1: expected 2 types inside"},
      {"tuple<>", "at 7: expected a type"},
      {"list<set<int>>", "at 6: expected frozen<set<int>> inside another type"},
      {"set<address>", "at 5: expected frozen<address> inside another type"},
      {"frozen<int>", "at 8: expected a collection, tuple or user type"},
      {"frozen<frozen<list<int>>>", "at 8: expected a collection, tuple or"},
      {"vector<int, 3>", "of float"},
      {"vector<float>", "1 to 8192 dimensions"},
      {"vector<float, 0>", "1 to 8192 dimensions"},
      {"vector<float, 9000>", "1 to 8192 dimensions"},
      {"vector<float, x>", "at 15: expected a number of dimensions"},
      {"vector<float, 70000>", "at 15: expected a number of dimensions"},
      {"set<duration>", "element: expected a type with an order"},
  };
  for (const auto& [text, says] : cases) {
    EXPECT_THAT(Complaint(text), HasSubstr(says)) << text;
  }
}

TEST(TypeName, DepthIsBounded) {
  const auto nested = [](const std::string& open, size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += open;
    return text + "int" + std::string(depth, '>');
  };
  EXPECT_TRUE(TypeFromName("frozen<" + nested("list<", 16) + ">").ok());
  EXPECT_THAT(Complaint("frozen<" + nested("list<", 17) + ">"),
              HasSubstr("at most 16 inside each other"));
  EXPECT_FALSE(TypeFromName(nested("frozen<", 100'000)).ok());
  EXPECT_FALSE(TypeFromName(nested("tuple<", 100'000)).ok());
}

TEST(TypeName, SpoiltTextNeverCrashes) {
  SimRandom random(3);
  static constexpr char kLetters[] = "<>, 0intlsefrozupa";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = TypeName(RandomComposite(random, 3, Durations::kToo));
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      text[random.Below(text.size())] = kLetters[random.Below(18)];
    }
    const auto type = TypeFromName(text, KnownTypes());
    if (type.ok()) {
      ASSERT_EQ(TypeFromName(TypeName(*type), KnownTypes()).value(), *type);
    }
  }
}

}  // namespace
}  // namespace rowan
