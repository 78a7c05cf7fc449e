// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/key_codec.h"
#include "tests/storage/model/composite/composite_order.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

const ColumnType kIntType{TypeKind::kInt};
const ColumnType kTextType{TypeKind::kText};

int Sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

Schema Clustered(const std::vector<ColumnType>& types, uint64_t descending) {
  Schema schema{.keyspace = "k", .table = "t"};
  schema.columns.push_back(
      {ColumnId{1}, "p", kTextType, ColumnRole::kPartitionKey});
  for (size_t i = 0; i < types.size(); ++i) {
    schema.columns.push_back(
        {ColumnId{static_cast<uint32_t>(i + 2)}, "c" + std::to_string(i),
         types[i], ColumnRole::kClustering, (descending >> i & 1) != 0});
  }
  EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
  return schema;
}

std::string Row(const Schema& schema, const std::vector<std::string>& values) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  const auto position = EncodeClustering(schema, views);
  EXPECT_TRUE(position.ok()) << position.status();
  return position.value_or("");
}

std::string Form(const ColumnType& type, std::string_view value) {
  std::string form;
  AppendKeyForm(type, value, &form);
  return form;
}

std::string Parsed(const ColumnType& type, std::string_view text) {
  const auto value = ParseComposite(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or("");
}

TEST(CompositeKey, ByteOrderIsValueOrder) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 3, Durations::kNot);
    const bool descending = random.Below(2) == 1;
    const Schema schema = Clustered({type}, descending ? 1 : 0);
    for (int i = 0; i < 100; ++i) {
      const std::string a = RandomValueOf(random, type);
      const std::string b = RandomValueOf(random, type);
      const int wanted = Sign(CompareOfType(type, a, b));
      ASSERT_EQ(Sign(Row(schema, {a}).compare(Row(schema, {b}))),
                descending ? -wanted : wanted)
          << "seed " << seed << ", " << TypeName(type);
    }
  }
}

TEST(CompositeKey, SeveralComponentsSortOneAfterTheOther) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SimRandom random(seed);
    std::vector<ColumnType> types;
    for (int i = 0; i < 3; ++i) {
      types.push_back(i == 1 ? kTextType
                             : RandomComposite(random, 2, Durations::kNot));
    }
    const uint64_t descending = random.Below(8);
    const Schema schema = Clustered(types, descending);
    std::vector<std::vector<std::string>> pool(3);
    for (size_t i = 0; i < 9; ++i) {
      pool[i % 3].push_back(RandomValueOf(random, types[i % 3]));
    }
    const auto draw = [&] {
      std::vector<std::string> values;
      for (const auto& of : pool) values.push_back(of[random.Below(3)]);
      return values;
    };
    for (int i = 0; i < 100; ++i) {
      const auto a = draw(), b = draw();
      int wanted = 0;
      for (size_t c = 0; c < 3 && wanted == 0; ++c) {
        wanted = Sign(CompareOfType(types[c], a[c], b[c]));
        if ((descending >> c & 1) != 0) wanted = -wanted;
      }
      ASSERT_EQ(Sign(Row(schema, a).compare(Row(schema, b))), wanted)
          << "seed " << seed;
    }
  }
}

TEST(CompositeKey, ValuesComeBackAndNoneIsAPrefixOfAnother) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 3, Durations::kNot);
    const Schema schema = Clustered({type, kIntType}, random.Below(4));
    std::string previous;
    for (int i = 0; i < 50; ++i) {
      const std::string value = RandomValueOf(random, type);
      const std::string position = Row(schema, {value, "abcd"});
      const auto back = DecodePosition(schema, position);
      ASSERT_TRUE(back.ok()) << back.status();
      ASSERT_TRUE(CheckForm(type, back->components[0]).ok());
      ASSERT_EQ(CompareOfType(type, back->components[0], value), 0);
      ASSERT_EQ(back->components[1], "abcd");
      ASSERT_EQ(Row(schema, back->components), position) << "seed " << seed;
      const std::string form = Form(type, value);
      if (i > 0 && form != previous) {
        ASSERT_FALSE(form.starts_with(previous));
        ASSERT_FALSE(previous.starts_with(form));
      }
      previous = form;
    }
  }
}

TEST(CompositeKey, DamagedPositionsAreRefusedOrAreTheFormOfWhatTheyGive) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 3, Durations::kNot);
    // Not the last component: that of a user type may have later fields.
    const Schema schema =
        Clustered({type, {TypeKind::kTinyint}}, random.Below(4));
    const Schema last = Clustered({type}, random.Below(2));
    for (int i = 0; i < 100; ++i) {
      std::string bytes = Row(schema, {RandomValueOf(random, type), "\1"});
      for (size_t size = 0; size < bytes.size(); ++size) {
        ASSERT_FALSE(DecodePosition(schema, bytes.substr(0, size)).ok());
      }
      for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
        bytes[random.Below(bytes.size())] = static_cast<char>(
            random.Below(2) == 0 ? random.Below(4) : random.Next());
      }
      const auto decoded = DecodePosition(schema, bytes);
      if (decoded.ok() && decoded->kind == position::kEnd) {
        ASSERT_EQ(Row(schema, decoded->components), bytes) << "seed " << seed;
      }
      const auto whatever = DecodePosition(last, bytes);
      if (whatever.ok() && whatever->kind == position::kEnd) {
        (void)Row(last, whatever->components);  // values all the same
      }
    }
  }
}

// The bytes that FORMAT.md shows.
TEST(CompositeKey, GoldenBytes) {
  const ColumnType list = Frozen(ListOf({TypeKind::kTinyint}));
  EXPECT_EQ(Form(list, Parsed(list, "[]")), std::string(1, '\0'));
  EXPECT_EQ(Form(list, Parsed(list, "[1, 2]")),
            std::string("\x02\x81\x02\x82\0", 5));
  const ColumnType map = Frozen(MapOf(kTextType, {TypeKind::kTinyint}));
  EXPECT_EQ(Form(map, Parsed(map, "{'k': 1}")),
            std::string("\x02k\0\0\x81\0", 6));
  const ColumnType tuple =
      TupleOf({{TypeKind::kTinyint}, kTextType, {TypeKind::kTinyint}});
  EXPECT_EQ(Form(tuple, Parsed(tuple, "(null, 'a')")), std::string("\x01\x02"
                                                                   "a\0\0\0",
                                                                   6));
  EXPECT_EQ(Form(VectorOf(2), Parsed(VectorOf(2), "[0, -0]")),
            std::string("\x80\0\0\0\x7f\xff\xff\xff", 8));
}

TEST(CompositeKey, NullFieldsAtTheEndAreOneKeyWithMissingOnes) {
  const ColumnType type = TupleOf({kIntType, kTextType, kIntType});
  const std::string without = Parsed(type, "(1, null, null)");
  const std::string with = without + std::string(8, '\xff');
  ASSERT_TRUE(CheckForm(type, with).ok());
  EXPECT_EQ(Form(type, with), Form(type, without));
  const std::string form = Form(type, with);
  std::string_view in = form;
  std::string back;
  ASSERT_TRUE(ReadCompositeKey(type, &in, &back));
  EXPECT_EQ(back, without);
  // A field that is added to the type later changes no key.
  EXPECT_EQ(Form(TupleOf({kIntType, kTextType}), without), form);
}

TEST(CompositeKey, FormsOfOtherValuesAreRefused) {
  const ColumnType tiny{TypeKind::kTinyint};
  const auto refused = [](const ColumnType& type, std::string form) {
    std::string_view in = form;
    std::string value;
    return !ReadCompositeKey(type, &in, &value);
  };
  const ColumnType set = Frozen(SetOf(tiny));
  EXPECT_FALSE(refused(set, std::string("\x02\x81\x02\x82\0", 5)));
  EXPECT_TRUE(refused(set, std::string("\x02\x82\x02\x81\0", 5)));
  EXPECT_TRUE(refused(set, std::string("\x02\x81\x02\x81\0", 5)));
  EXPECT_TRUE(refused(set, std::string("\x01\0", 2)));
  EXPECT_TRUE(refused(set, std::string("\x03\0", 2)));
  const ColumnType tuple = TupleOf({tiny, tiny});
  EXPECT_FALSE(refused(tuple, std::string("\x01\x02\x81\0", 4)));
  EXPECT_TRUE(refused(tuple, std::string("\x01\0", 2)));
  EXPECT_TRUE(refused(tuple, std::string("\x02\x81\x01\0", 4)));
  EXPECT_TRUE(refused(tuple, std::string("\x02\x81\x02\x81\x02\x81\0", 7)));
}

TEST(CompositeKey, ListsOfNegativeDecimalsComeBack) {
  const ColumnType type = Frozen(ListOf({TypeKind::kDecimal}));
  std::string text = "[-1.5";
  while (text.size() < 20'000) text += ", -2.25";
  const std::string value = Parsed(type, text + "]");
  const Schema schema = Clustered({type}, 0);
  const auto back = DecodePosition(schema, Row(schema, {value}));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->components[0], value);
}

TEST(CompositeKey, PartitionKeysAreTheValuesBytes) {
  Schema schema{.keyspace = "k", .table = "t"};
  schema.columns.push_back(
      {ColumnId{1}, "p", Frozen(SetOf(kIntType)), ColumnRole::kPartitionKey});
  ASSERT_TRUE(schema.Validate().ok());
  const std::string value = Parsed(schema.columns[0].type, "{2, 1}");
  const std::string_view components[] = {value};
  const auto key = EncodePartitionKey(schema, components);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(*key, value);
  EXPECT_TRUE(DecodePartitionKey(schema, value).ok());
  EXPECT_FALSE(DecodePartitionKey(schema, value + '\0').ok());
}

}  // namespace
}  // namespace rowan
