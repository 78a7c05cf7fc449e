// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/value.h"
#include "tests/storage/model/composite/random_type.h"
#include "tests/storage/model/random_value.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

const ColumnType kIntType{TypeKind::kInt};
const ColumnType kTextType{TypeKind::kText};

ColumnType Address() {
  return Frozen(UserType("address", {"street", "no"}, {kTextType, kIntType}));
}

std::string Parsed(const ColumnType& type, std::string_view text) {
  const auto value = ParseValue(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or("refused");
}

std::string Canonical(const ColumnType& type, std::string_view text) {
  return FormatValue(type, Parsed(type, text));
}

std::string Json(const ColumnType& type, std::string_view text) {
  return FormatJsonValue(type, Parsed(type, text));
}

std::string Complaint(const ColumnType& type, std::string_view text) {
  const auto value = ParseValue(type, text);
  EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(value.status().message());
}

std::string Refusal(const ColumnType& type, const std::string& value) {
  const absl::Status status = CheckValue(type, value);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(CompositeValue, IsCassandrasSerialisation) {
  EXPECT_EQ(Parsed(ListOf({TypeKind::kTinyint}), "[1, 2]"),
            std::string("\0\0\0\2\0\0\0\1\1\0\0\0\1\2", 14));
  EXPECT_EQ(Parsed(MapOf(kTextType, {TypeKind::kTinyint}), "{'k': 1}"),
            std::string("\0\0\0\1\0\0\0\1k\0\0\0\1\1", 14));
  EXPECT_EQ(Parsed(TupleOf({kTextType, {TypeKind::kTinyint}}), "(null, 1)"),
            std::string("\xff\xff\xff\xff\0\0\0\1\1", 9));
  EXPECT_EQ(Parsed(Address(), "{street: 'x'}"), std::string("\0\0\0\1x", 5));
  EXPECT_EQ(Parsed(VectorOf(2), "[1, -2.5]"),
            std::string("\x3f\x80\0\0\xc0\x20\0\0", 8));
}

TEST(CompositeValue, TextReadsBackAsTheNormalForm) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    for (int i = 0; i < 20; ++i) {
      const std::string value = RandomValueOf(random, type);
      ASSERT_TRUE(CheckValue(type, value).ok())
          << CheckValue(type, value) << " seed " << seed;
      const std::string text = FormatValue(type, value);
      ASSERT_EQ(Parsed(type, text), NormalForm(type, value))
          << "seed " << seed << ", " << TypeName(type) << " " << text;
    }
  }
}

TEST(CompositeValue, JsonIsReadByAnotherReader) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    for (int i = 0; i < 20; ++i) {
      const std::string json =
          FormatJsonValue(type, RandomValueOf(random, type));
      const auto read = nlohmann::json::parse(json, nullptr, false);
      ASSERT_FALSE(read.is_discarded()) << json;
      const bool is_object =
          type.kind == TypeKind::kMap || type.kind == TypeKind::kUserType;
      ASSERT_EQ(read.is_object(), is_object) << json;
      ASSERT_EQ(read.is_array(), !is_object) << json;
    }
  }
}

TEST(CompositeValue, HostileBytesAndTextNeverCrash) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SimRandom random(seed);
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    for (int i = 0; i < 30; ++i) {
      std::string bytes = random.Below(4) == 0
                              ? RandomFixed(random, random.Below(30))
                              : RandomValueOf(random, type);
      for (uint64_t n = random.Below(3); n > 0 && !bytes.empty(); --n) {
        bytes[random.Below(bytes.size())] = static_cast<char>(
            random.Below(2) == 0 ? random.Below(5) : random.Next());
      }
      const bool good = CheckValue(type, bytes).ok();
      const std::string text = FormatValue(type, bytes);
      ASSERT_EQ(text.starts_with("0x"), !good);
      ASSERT_FALSE(
          nlohmann::json::parse(FormatJsonValue(type, bytes), nullptr, false)
              .is_discarded());
      std::string spoilt = FormatValue(type, RandomValueOf(random, type));
      static constexpr char kPieces[] = "[]{}(),:' 01f-xnull";
      spoilt[random.Below(spoilt.size())] = kPieces[random.Below(19)];
      const auto parsed = ParseValue(type, spoilt);
      if (parsed.ok()) {
        ASSERT_TRUE(CheckValue(type, *parsed).ok()) << spoilt;
      }
    }
  }
}

TEST(CompositeValue, TruncatedValuesAreRefusedUnlessFieldsAreMissing) {
  const ColumnType type =
      Frozen(MapOf(kTextType, Frozen(ListOf(TupleOf({kIntType})))));
  const std::string value = Parsed(type, "{'a': [(1), (2)], 'b': [(null)]}");
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_FALSE(CheckValue(type, value.substr(0, size)).ok()) << size;
  }
  const std::string tuple = Parsed(TupleOf({kIntType, kIntType}), "(1, 2)");
  for (size_t size = 0; size <= tuple.size(); ++size) {
    EXPECT_EQ(
        CheckValue(TupleOf({kIntType, kIntType}), tuple.substr(0, size)).ok(),
        size % 8 == 0);
  }
}

TEST(CompositeValue, MistakesSayWhereAndNotWhatIsThere) {
  const ColumnType tiny{TypeKind::kTinyint};
  const std::string null("\xff\xff\xff\xff");
  const std::string one("\0\0\0\1\1", 5), two("\0\0\0\1\2", 5);
  const std::string count_1("\0\0\0\1", 4), count_2("\0\0\0\2", 4);
  EXPECT_THAT(Refusal(ListOf(tiny), ""), HasSubstr("expected a count"));
  EXPECT_THAT(Refusal(ListOf(tiny), count_1), HasSubstr("expected a count"));
  EXPECT_THAT(Refusal(ListOf(tiny), count_1 + null), HasSubstr("none null"));
  EXPECT_THAT(Refusal(ListOf(tiny), count_1 + one + two),
              HasSubstr("as many elements"));
  EXPECT_THAT(Refusal(ListOf(kIntType), count_2 + one + two),
              HasSubstr("element 1: expected 4 bytes"));
  EXPECT_TRUE(CheckValue(ListOf(tiny), count_2 + two + one).ok());
  EXPECT_THAT(Refusal(SetOf(tiny), count_2 + two + one),
              HasSubstr("element 2: expected elements that ascend"));
  EXPECT_THAT(Refusal(SetOf(tiny), count_2 + one + one),
              HasSubstr("element 2: expected elements that ascend"));
  EXPECT_THAT(Refusal(MapOf(tiny, tiny), count_2 + one + one + one + one),
              HasSubstr("key 2: expected elements that ascend"));
  EXPECT_THAT(Refusal(MapOf(tiny, kIntType), count_1 + one + one),
              HasSubstr("value 1: expected 4 bytes"));
  EXPECT_THAT(Refusal(TupleOf({tiny}), one + one),
              HasSubstr("expected at most 1 fields"));
  EXPECT_THAT(Refusal(Address(), null + one),
              HasSubstr("field 'no': expected 4 bytes"));
  EXPECT_EQ(Refusal(VectorOf(3), "12345678"), "expected 3 floats of 4 bytes");
}

TEST(CompositeValue, CountsBeyondTheBytesAreRefusedAtOnce) {
  const std::string most("\x7f\xff\xff\xff\0\0\0\0", 8);
  const std::string negative("\xff\xff\xff\xff\0\0\0\0", 8);
  for (const ColumnType& type :
       {ListOf(kTextType), SetOf(kTextType), MapOf(kTextType, kTextType)}) {
    EXPECT_FALSE(CheckValue(type, most).ok());
    EXPECT_FALSE(CheckValue(type, negative).ok());
  }
}

TEST(CompositeValue, TextIsTheCqlLiteral) {
  EXPECT_EQ(Canonical(ListOf(kIntType), " [ 1,2 , -3 ] "), "[1, 2, -3]");
  EXPECT_EQ(Canonical(SetOf(kTextType), "{'it''s', ''}"), "{'', 'it''s'}");
  EXPECT_EQ(Canonical(SetOf(kIntType), "{}"), "{}");
  EXPECT_EQ(Canonical(MapOf(kTextType, kIntType), "{'k':1}"), "{'k': 1}");
  EXPECT_EQ(Canonical(TupleOf({kIntType, kTextType}), "(1, 'x')"), "(1, 'x')");
  EXPECT_EQ(Canonical(TupleOf({kIntType, kTextType}), "(null, 'null')"),
            "(null, 'null')");
  EXPECT_EQ(Canonical(Address(), "{no: 3, street: 'x'}"),
            "{street: 'x', no: 3}");
  EXPECT_EQ(Canonical(Address(), "{street: 'x'}"), "{street: 'x', no: null}");
  EXPECT_EQ(Canonical(Address(), "{no: null}"), "{street: null, no: null}");
  EXPECT_EQ(Canonical(VectorOf(2), "[0.5,NaN]"), "[0.5, NaN]");
  EXPECT_EQ(Canonical(TupleOf({{TypeKind::kInet},
                               {TypeKind::kTime},
                               {TypeKind::kBlob},
                               {TypeKind::kDuration}}),
                      "('::1', '21:42', 0x0aFF, 1mo2d)"),
            "('::1', '21:42:00.000000000', 0x0aff, 1mo2d)");
  EXPECT_EQ(Canonical(MapOf(Frozen(SetOf(kIntType)), Frozen(ListOf(Address()))),
                      "{{2, 1}: [{street: 'a'}], {}: []}"),
            "{{}: [], {1, 2}: [{street: 'a', no: null}]}");
}

TEST(CompositeValue, MissingFieldsAreShownAsNullAtEveryDepth) {
  const ColumnType pair = TupleOf({kIntType, kTextType});
  EXPECT_EQ(Canonical(pair, "()"), "(null, null)");
  EXPECT_EQ(Canonical(TupleOf({pair, pair}), "((1))"), "((1, null), null)");
  EXPECT_EQ(Canonical(MapOf(pair, Frozen(ListOf(Address()))), "{(1): [{}]}"),
            "{(1, null): [{street: null, no: null}]}");
  EXPECT_EQ(Json(MapOf(pair, kIntType), "{(1): 2}"), R"j({"(1, null)": 2})j");
}

// 4 bytes each that stand for 256 fields.
TEST(CompositeValue, MissingFieldsAreShownUpToABound) {
  const ColumnType type =
      ListOf(TupleOf(std::vector<ColumnType>(256, kIntType)));
  std::string value("\0\1\0\0", 4);
  value.resize(4 + 65536 * 4);
  ASSERT_TRUE(CheckValue(type, value).ok());
  for (const std::string& text :
       {FormatValue(type, value), FormatJsonValue(type, value)}) {
    size_t nulls = 0;
    for (size_t at = 0; (at = text.find("null", at)) != std::string::npos;
         at += 4) {
      ++nulls;
    }
    EXPECT_EQ(nulls, kShownNullsMax);
  }
  EXPECT_EQ(Parsed(type, FormatValue(type, value)), value);
}

TEST(CompositeValue, NormalFormsHaveNoNullsAtTheEnd) {
  const ColumnType pair = TupleOf({kIntType, kTextType});
  const std::string null("\xff\xff\xff\xff");
  const std::string one("\0\0\0\4\0\0\0\1", 8);
  EXPECT_EQ(NormalForm(pair, null + null), "");
  EXPECT_EQ(NormalForm(pair, one + null), one);
  const std::string later = null + std::string("\0\0\0\1x", 5);
  EXPECT_EQ(NormalForm(pair, later), later);
  EXPECT_EQ(NormalForm(Frozen(ListOf(pair)),
                       std::string("\0\0\0\1\0\0\0\xc", 8) + one + null),
            std::string("\0\0\0\1\0\0\0\x8", 8) + one);
  EXPECT_EQ(NormalForm(kTextType, null), null);
  EXPECT_TRUE(HoldsFields(Frozen(SetOf(pair))));
  EXPECT_FALSE(HoldsFields(Frozen(MapOf(kIntType, VectorOf(2)))));
}

TEST(CompositeValue, LiteralsSortAndKeepOneOfEqualElements) {
  EXPECT_EQ(Canonical(SetOf(kIntType), "{3, -1, 3, 2}"), "{-1, 2, 3}");
  EXPECT_EQ(Canonical(MapOf(kIntType, kTextType), "{2: 'a', 1: 'b', 2: 'c'}"),
            "{1: 'b', 2: 'c'}");
  EXPECT_EQ(Canonical(SetOf({TypeKind::kDecimal}), "{1.0, 1.00}"), "{1.0}");
}

TEST(CompositeValue, MistakesInTextNameThePlace) {
  const std::pair<std::pair<ColumnType, const char*>, const char*> cases[] = {
      {{ListOf(kIntType), "1, 2"}, "at 1: expected '['"},
      {{ListOf(kIntType), "[1, secret]"}, "at 5: expected a whole number"},
      {{ListOf(kIntType), "[1 2]"}, "at 4: expected ',' or ']'"},
      {{ListOf(kIntType), "[1,]"}, "at 4: expected a whole number"},
      {{ListOf(kIntType), "[1] x"}, "at 5: expected the end"},
      {{ListOf(kIntType), "[null]"}, "at 2: expected a whole number"},
      {{ListOf(kTextType), "[a]"}, "at 2: expected text in single quotes"},
      {{ListOf(kTextType), "['a]"}, "expected text in single quotes"},
      {{SetOf(kIntType), "[1]"}, "at 1: expected '{'"},
      {{MapOf(kIntType, kIntType), "{1, 2}"}, "at 3: expected ':'"},
      {{TupleOf({kIntType}), "(1, 2)"}, "at 5: expected at most 1 fields"},
      {{Address(), "{nr: 1}"}, "at 2: expected the name of a field of 'addr"},
      {{Address(), "{no: 1, no: 1}"}, "at 9: expected the name of a field"},
      {{Address(), "{no 1}"}, "at 5: expected ':'"},
      {{VectorOf(2), "[1, 2, 3]"}, "at 1: expected 2 numbers"},
  };
  for (const auto& [of, says] : cases) {
    const std::string complaint = Complaint(of.first, of.second);
    EXPECT_THAT(complaint, HasSubstr(says)) << of.second;
    EXPECT_EQ(complaint.find("secret"), std::string::npos);
  }
}

TEST(CompositeValue, JsonIsCassandras) {
  EXPECT_EQ(Json(ListOf(kTextType), "['a\"', 'b']"), R"(["a\"", "b"])");
  EXPECT_EQ(Json(SetOf(kIntType), "{2, 1}"), "[1, 2]");
  EXPECT_EQ(Json(MapOf(kIntType, {TypeKind::kBoolean}), "{1: true}"),
            R"({"1": true})");
  EXPECT_EQ(Json(MapOf(kTextType, kIntType), "{'k': 1}"), R"({"k": 1})");
  EXPECT_EQ(Json(TupleOf({kIntType, kTextType}), "(1, null)"), "[1, null]");
  EXPECT_EQ(Json(Address(), "{street: 'x', no: 3}"),
            R"({"street": "x", "no": 3})");
  EXPECT_EQ(Json(Address(), "{}"), R"({"street": null, "no": null})");
  EXPECT_EQ(Json(TupleOf({kIntType, kTextType}), "(1)"), "[1, null]");
  EXPECT_EQ(Json(VectorOf(2), "[0.5, NaN]"), R"([0.5, "NaN"])");
  EXPECT_EQ(
      Json(MapOf(TupleOf({kIntType, kTextType}), kIntType), "{(1, '\"'): 2}"),
      R"j({"(1, '\"')": 2})j");
}

TEST(CompositeValue, KeysOfKeysDoNotGrowWithTheDepth) {
  ColumnType type = TupleOf({kTextType});
  std::string text = "('\"')";
  for (int i = 0; i < 12; ++i) {
    type = Frozen(MapOf(type, kIntType));
    text = "{" + text + ": 1}";
  }
  EXPECT_LT(Json(type, text).size(), 100u);
}

TEST(JoinParts, MakesAValueOfPartsInAnyOrder) {
  SimRandom random(6);
  for (int i = 0; i < 2000; ++i) {
    const bool is_map = random.Below(2) == 0;
    const ColumnType type = is_map ? MapOf({TypeKind::kVarint}, kTextType)
                                   : SetOf({TypeKind::kVarint});
    std::vector<std::string> parts;
    for (uint64_t n = random.Below(8); n > 0; --n) {
      parts.push_back(RandomVarint(random, 2));
      if (is_map) parts.push_back(RandomText(random));
    }
    ASSERT_TRUE(CheckValue(type, JoinParts(type, parts)).ok());
  }
}

}  // namespace
}  // namespace rowan
