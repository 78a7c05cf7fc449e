// SPDX-License-Identifier: Apache-2.0
#include "storage/model/key_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "partitioner/murmur3.h"
#include "storage/model/composite/type_name.h"
#include "tests/storage/model/random_value.h"
#include "tests/storage/model/value_order.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct KeyColumn {
  TypeKind type;
  bool descending = false;
};

Schema WithKeys(std::vector<TypeKind> partition,
                std::vector<KeyColumn> clustering) {
  Schema schema{.keyspace = "k", .table = "t"};
  uint32_t id = 0;
  for (TypeKind type : partition) {
    ++id;
    schema.columns.push_back({ColumnId{id},
                              "p" + std::to_string(id),
                              {type},
                              ColumnRole::kPartitionKey});
  }
  for (const KeyColumn& column : clustering) {
    ++id;
    schema.columns.push_back({ColumnId{id},
                              "c" + std::to_string(id),
                              {column.type},
                              ColumnRole::kClustering,
                              column.descending});
  }
  EXPECT_TRUE(schema.Validate().ok());
  return schema;
}

Schema Clustered(std::vector<KeyColumn> clustering) {
  return WithKeys({TypeKind::kText}, std::move(clustering));
}

using Values = std::vector<std::string>;

std::vector<std::string_view> Views(const Values& values) {
  return {values.begin(), values.end()};
}

std::string Row(const Schema& schema, const Values& values) {
  const auto position = EncodeClustering(schema, Views(values));
  EXPECT_TRUE(position.ok()) << position.status();
  return position.value_or("");
}

std::string Bound(const Schema& schema, const Values& values, BoundSide side) {
  const auto position = EncodeBound(schema, Views(values), side);
  EXPECT_TRUE(position.ok()) << position.status();
  return position.value_or("");
}

int Sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

std::vector<TypeKind> KeyTypes() {
  std::vector<TypeKind> types;
  for (int kind = 1; kind <= 19; ++kind) {
    const auto type = static_cast<TypeKind>(kind);
    if (type != TypeKind::kDuration) types.push_back(type);
  }
  return types;
}

class ClusteringOfType
    : public ::testing::TestWithParam<std::tuple<TypeKind, bool>> {
 protected:
  const TypeKind type_ = std::get<0>(GetParam());
  const bool descending_ = std::get<1>(GetParam());
  const Schema schema_ = Clustered({{type_, descending_}});
};

TEST_P(ClusteringOfType, ByteOrderIsValueOrder) {
  SimRandom random(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = RandomValue(random, type_);
    const std::string b = RandomValue(random, type_);
    const int wanted = Sign(CompareValues(type_, a, b));
    const int found = Sign(Row(schema_, {a}).compare(Row(schema_, {b})));
    ASSERT_EQ(found, descending_ ? -wanted : wanted)
        << "pair " << i << " of seed 11";
  }
}

TEST_P(ClusteringOfType, ValuesComeBackAndNoneIsAPrefixOfAnother) {
  const bool many_forms = type_ == TypeKind::kDecimal ||
                          type_ == TypeKind::kFloat ||
                          type_ == TypeKind::kDouble;
  SimRandom random(12);
  std::string previous;
  for (int i = 0; i < 5000; ++i) {
    const std::string value = RandomValue(random, type_);
    const std::string position = Row(schema_, {value});
    const auto back = DecodePosition(schema_, position);
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(back->kind, position::kEnd);
    ASSERT_EQ(back->components.size(), 1u);
    ASSERT_EQ(CompareValues(type_, back->components[0], value), 0);
    ASSERT_EQ(Row(schema_, back->components), position);
    if (!many_forms) {
      ASSERT_EQ(back->components[0], value);
    }
    const std::string key = position.substr(0, position.size() - 1);
    if (key != previous && i > 0) {
      ASSERT_FALSE(key.starts_with(previous));
      ASSERT_FALSE(previous.starts_with(key));
    }
    previous = key;
  }
}

TEST_P(ClusteringOfType, BoundsEncloseTheRowsOfTheirPrefixOnly) {
  SimRandom random(13);
  for (int i = 0; i < 3000; ++i) {
    const std::string a = RandomValue(random, type_);
    const std::string b = RandomValue(random, type_);
    const std::string below = Bound(schema_, {a}, BoundSide::kBefore);
    const std::string above = Bound(schema_, {a}, BoundSide::kAfter);
    const std::string row = Row(schema_, {b});
    const bool inside = below < row && row < above;
    ASSERT_EQ(inside, CompareValues(type_, a, b) == 0);
    ASSERT_TRUE(IsBound(below) && IsBound(above) && !IsBound(row));
    ASSERT_LT(kFirstBound, below);
    ASSERT_GT(kLastBound, above);
  }
}

TEST_P(ClusteringOfType, DamagedPositionsNeverCrash) {
  SimRandom random(14);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = Row(schema_, {RandomValue(random, type_)});
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_EQ(DecodePosition(schema_, bytes.substr(0, size)).status().code(),
                absl::StatusCode::kDataLoss);
    }
    for (uint64_t flips = 1 + random.Below(3); flips > 0; --flips) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    const auto decoded = DecodePosition(schema_, bytes);
    if (decoded.ok() && decoded->kind == position::kEnd) {
      // Whatever is accepted is the one encoding of what it decodes to.
      ASSERT_EQ(Row(schema_, decoded->components), bytes);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    , ClusteringOfType,
    ::testing::Combine(::testing::ValuesIn(KeyTypes()), ::testing::Bool()),
    [](const auto& info) {
      return std::string(TypeName({std::get<0>(info.param)})) +
             (std::get<1>(info.param) ? "Descending" : "Ascending");
    });

// A position as the model sees it: values, and what follows them.
struct ModelPosition {
  Values values;
  int end = 1;  // 0 before, 1 row, 3 after; 2 stands for "one more component"
};

int CompareModel(const std::vector<KeyColumn>& columns, const ModelPosition& a,
                 const ModelPosition& b) {
  for (size_t i = 0;; ++i) {
    const bool a_ends = i == a.values.size(), b_ends = i == b.values.size();
    if (a_ends || b_ends) {
      return Sign((a_ends ? a.end : 2) - (b_ends ? b.end : 2));
    }
    const int order = CompareValues(columns[i].type, a.values[i], b.values[i]);
    if (order != 0) return columns[i].descending ? -Sign(order) : Sign(order);
  }
}

std::string Encoded(const Schema& schema, const ModelPosition& p) {
  if (p.end == 1) return Row(schema, p.values);
  return Bound(schema, p.values,
               p.end == 0 ? BoundSide::kBefore : BoundSide::kAfter);
}

TEST(Clustering, RowsAndBoundsOfSeveralComponentsSortAsTheModelSays) {
  const std::vector<TypeKind> types = KeyTypes();
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SimRandom random(seed);
    std::vector<KeyColumn> columns;
    for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
      columns.push_back(
          {types[random.Below(types.size())], random.Below(2) == 0});
    }
    const Schema schema = Clustered(columns);
    // A few values a column, so that prefixes are shared.
    std::vector<Values> pool(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) {
      for (int i = 0; i < 3; ++i) {
        pool[c].push_back(RandomValue(random, columns[c].type));
      }
    }
    const auto draw = [&] {
      ModelPosition p;
      p.end = random.Below(2) == 0 ? 1 : random.Below(2) == 0 ? 0 : 3;
      const size_t size =
          p.end == 1 ? columns.size() : random.Below(columns.size() + 1);
      for (size_t c = 0; c < size; ++c) {
        p.values.push_back(pool[c][random.Below(3)]);
      }
      return p;
    };
    for (int i = 0; i < 200; ++i) {
      const ModelPosition a = draw(), b = draw();
      ASSERT_EQ(Sign(Encoded(schema, a).compare(Encoded(schema, b))),
                CompareModel(columns, a, b))
          << "seed " << seed;
    }
  }
}

TEST(Clustering, TableWithoutClusteringColumnsHasOnePosition) {
  const Schema schema = Clustered({});
  EXPECT_EQ(Row(schema, {}), "\x38");
  EXPECT_EQ(Bound(schema, {}, BoundSide::kBefore), kFirstBound);
  EXPECT_EQ(Bound(schema, {}, BoundSide::kAfter), kLastBound);
  EXPECT_TRUE(DecodePosition(schema, "\x38").ok());
}

TEST(Clustering, GoldenBytes) {
  const Schema schema = Clustered({{TypeKind::kText}, {TypeKind::kInt, true}});
  EXPECT_EQ(Row(schema, {std::string("a\0b", 3), std::string("\0\0\0\1", 4)}),
            std::string("\x40"
                        "a\0\xff"
                        "b\0\0\x40\x7f\xff\xff\xfe\x38",
                        13));
}

TEST(Clustering, EqualDecimalsAreOneKeyInCanonicalForm) {
  const Schema schema = Clustered({{TypeKind::kDecimal}});
  const std::string one = std::string("\0\0\0\0\1", 5);
  const std::string one_point_zero = std::string("\0\0\0\1\x0a", 5);
  EXPECT_EQ(Row(schema, {one}), Row(schema, {one_point_zero}));
  const auto back = DecodePosition(schema, Row(schema, {one_point_zero}));
  ASSERT_TRUE(back.ok());
  EXPECT_THAT(back->components, ElementsAre(one));
  // 100 is 1 * 10^2, and every zero is 0.
  const auto hundred =
      DecodePosition(schema, Row(schema, {std::string("\0\0\0\0\x64", 5)}));
  EXPECT_EQ(hundred->components[0], "\xff\xff\xff\xfe\1");
  const auto zero =
      DecodePosition(schema, Row(schema, {std::string("\0\0\0\7\0", 5)}));
  EXPECT_EQ(zero->components[0], std::string(5, '\0'));
}

TEST(Clustering, DecimalsAtTheEndsOfTheScaleComeBack) {
  const Schema schema = Clustered({{TypeKind::kDecimal}});
  const std::string ascending[] = {
      {"\x80\0\0\0\xce", 5},     // -50 * 10^(2^31)
      {"\x80\0\0\0\xff", 5},     // -1 * 10^(2^31)
      {"\x7f\xff\xff\xff\xff"},  // -1 * 10^-(2^31-1)
      {"\x7f\xff\xff\xff\1"},    // 1 * 10^-(2^31-1)
      {"\x80\0\0\0\1", 5},       // 1 * 10^(2^31)
      {"\x80\0\0\0\x0a", 5},     // 10 * 10^(2^31): can't lose its zero
      {"\x80\0\0\0\x0b", 5}};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    const std::string position = Row(schema, {ascending[i]});
    const auto back = DecodePosition(schema, position);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->components[0], ascending[i]);
    if (i > 0) {
      EXPECT_LT(Row(schema, {ascending[i - 1]}), position);
    }
  }
}

TEST(Clustering, NanIsOneValueAndNegativeZeroIsBelowZero) {
  const Schema schema = Clustered({{TypeKind::kFloat}});
  const std::string nan = Row(schema, {"\xff\xff\xff\xff"});
  EXPECT_EQ(nan, Row(schema, {std::string("\x7f\xc0\0\0", 4)}));
  EXPECT_GT(nan, Row(schema, {std::string("\x7f\x80\0\0", 4)}));
  EXPECT_LT(Row(schema, {std::string("\x80\0\0\0", 4)}),
            Row(schema, {std::string(4, '\0')}));
}

TEST(Clustering, LimitCountsTheUsersBytes) {
  const Schema schema = Clustered({{TypeKind::kBlob}, {TypeKind::kBlob}});
  const std::string half(32'767, '\0');
  EXPECT_TRUE(EncodeClustering(schema, Views({half, half + '\0'})).ok());
  const auto over = EncodeClustering(schema, Views({half + '\0', half + '\0'}));
  EXPECT_EQ(over.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(over.status().message()),
              HasSubstr("65536 bytes are over the limit of 65535"));
}

TEST(Clustering, EmptyIsAValueOfTextAndBlobOnly) {
  for (TypeKind type : KeyTypes()) {
    const bool legal = type == TypeKind::kText || type == TypeKind::kBlob ||
                       type == TypeKind::kAscii;
    const auto found = EncodeClustering(Clustered({{type}}), Views({""}));
    EXPECT_EQ(found.ok(), legal) << TypeName({type});
  }
}

TEST(Clustering, MistakesNameTheColumn) {
  const Schema schema = Clustered({{TypeKind::kInt}, {TypeKind::kInt}});
  const auto message = [&schema](const Values& values) {
    const auto found = EncodeClustering(schema, Views(values));
    EXPECT_EQ(found.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(found.status().message());
  };
  EXPECT_EQ(message({"\0\0\0\0"}),
            "clustering key: expected 2 components, found 1");
  EXPECT_EQ(message({std::string(4, '\0'), "abc"}),
            "key column 'c3': expected 4 bytes");
  const auto three = Views({"abcd", "abcd", "abcd"});
  EXPECT_FALSE(EncodeBound(schema, three, BoundSide::kAfter).ok());
}

TEST(Clustering, DurationIsRefusedEvenBehindAnUncheckedSchema) {
  Schema schema = Clustered({{TypeKind::kInt}});
  schema.columns[1].type.kind = TypeKind::kDuration;
  const Values values = {std::string(3, '\0')};
  EXPECT_EQ(EncodeClustering(schema, Views(values)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DecodePosition(schema, "\x40\x40\x38").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(Clustering, MalformedPositionsAreRefused) {
  const Schema schema = Clustered({{TypeKind::kTinyint}});
  for (const std::string& bytes :
       {std::string(), std::string("\x38"), std::string("\x40\x80"),
        std::string("\x40\x80\x39"), std::string("\x40\x80\x38\x38"),
        std::string("\x40\x80\x40\x80\x38"), std::string("\x20\x20")}) {
    EXPECT_EQ(DecodePosition(schema, bytes).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST(PartitionKey, OneComponentIsItsBytes) {
  const Schema schema = WithKeys({TypeKind::kText}, {});
  const auto key = EncodePartitionKey(schema, Views({"123"}));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(*key, "123");
  EXPECT_EQ(TokenOfKey(*key).ToSigned(), -7468325962851647638);
}

TEST(PartitionKey, SeveralAreCassandrasComposite) {
  const Schema schema =
      WithKeys({TypeKind::kInt, TypeKind::kInt, TypeKind::kInt}, {});
  const Values values = {{"\0\0\0\1", 4}, {"\0\0\0\1", 4}, {"\0\3\x0e\x6d", 4}};
  const auto key = EncodePartitionKey(schema, Views(values));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(TokenOfKey(*key).ToSigned(), 470466698873626083);
  const auto back = DecodePartitionKey(schema, *key);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, Views(values));
}

TEST(PartitionKey, RandomKeysComeBackAndDamageNeverCrashes) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SimRandom random(seed);
    std::vector<TypeKind> types;
    Values values;
    for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
      types.push_back(KeyTypes()[random.Below(18)]);
      values.push_back(RandomValue(random, types.back()));
    }
    if (types.size() == 1 && values[0].empty()) values[0] = "a";
    const Schema schema = WithKeys(types, {});
    const auto key = EncodePartitionKey(schema, Views(values));
    ASSERT_TRUE(key.ok()) << key.status();
    ASSERT_EQ(DecodePartitionKey(schema, *key).value(), Views(values));
    for (int i = 0; i < 50; ++i) {
      std::string bytes = *key;
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
      bytes.resize(random.Below(bytes.size() + 1));
      const auto decoded = DecodePartitionKey(schema, bytes);
      if (decoded.ok()) {
        ASSERT_EQ(EncodePartitionKey(schema, *decoded).value(), bytes);
      }
    }
  }
}

TEST(PartitionKey, LimitIsOverTheWholeKey) {
  const Schema one = WithKeys({TypeKind::kBlob}, {});
  EXPECT_TRUE(EncodePartitionKey(one, Views({std::string(65'535, 'a')})).ok());
  EXPECT_FALSE(EncodePartitionKey(one, Views({std::string(65'536, 'a')})).ok());
  const Schema two = WithKeys({TypeKind::kBlob, TypeKind::kBlob}, {});
  const std::string most(65'535 - 6, 'a');
  EXPECT_TRUE(EncodePartitionKey(two, Views({most, ""})).ok());
  const auto over = EncodePartitionKey(two, Views({most, "b"}));
  EXPECT_EQ(over.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(over.status().message()),
              HasSubstr("65536 bytes are over the limit of 65535"));
}

TEST(PartitionKey, EmptySingleKeyIsRefusedAndAnEmptyPartIsNot) {
  const Schema one = WithKeys({TypeKind::kText}, {});
  const auto empty = EncodePartitionKey(one, Views({""}));
  EXPECT_EQ(empty.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(empty.status().message()), HasSubstr("'p1'"));
  EXPECT_FALSE(DecodePartitionKey(one, "").ok());
  const Schema two = WithKeys({TypeKind::kText, TypeKind::kText}, {});
  EXPECT_TRUE(EncodePartitionKey(two, Views({"", ""})).ok());
  EXPECT_FALSE(EncodePartitionKey(two, Views({"a"})).ok());
}

}  // namespace
}  // namespace rowan
