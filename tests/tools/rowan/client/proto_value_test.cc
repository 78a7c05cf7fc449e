// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "storage/model/composite/composite_codec.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan::cli {
namespace {

TEST(ProtoValue, TextOfEveryTypeComesBackTheSame) {
  const std::vector<std::pair<TypeKind, std::string>> cases = {
      {TypeKind::kAscii, "plain"},
      {TypeKind::kText, "h\xc3\xa9llo"},
      {TypeKind::kText, ""},
      {TypeKind::kBlob, "0x00ff"},
      {TypeKind::kBoolean, "true"},
      {TypeKind::kBoolean, "false"},
      {TypeKind::kTinyint, "-128"},
      {TypeKind::kSmallint, "-32768"},
      {TypeKind::kInt, "2147483647"},
      {TypeKind::kBigint, "-9223372036854775808"},
      {TypeKind::kVarint, "-123456789012345678901234567890"},
      {TypeKind::kFloat, "1.5"},
      {TypeKind::kDouble, "0.1"},
      {TypeKind::kDouble, "NaN"},
      {TypeKind::kDecimal, "-12.50"},
      {TypeKind::kDate, "1969-12-31"},
      {TypeKind::kTime, "21:42:53.000000001"},
      {TypeKind::kTimestamp, "2015-02-26T21:42:53.000Z"},
      {TypeKind::kDuration, "1mo2d3h4m5s6ms7us8ns"},
      {TypeKind::kUuid, "123e4567-e89b-12d3-a456-426614174000"},
      {TypeKind::kTimeuuid, "123e4567-e89b-12d3-a456-426614174000"},
      {TypeKind::kInet, "127.0.0.1"},
      {TypeKind::kInet, "::1"},
  };
  for (const auto& [kind, text] : cases) {
    const auto value = ProtoFromText(ColumnType{kind}, text);
    ASSERT_TRUE(value.ok()) << text << ": " << value.status();
    EXPECT_EQ(TextFromProto({kind}, *value), text);
    EXPECT_EQ(TextFromProto(TypeOfProto(*value), *value), text);
  }
}

TEST(ProtoValue, EveryTypeHasItsKind) {
  using Kind = v1::Value::KindCase;
  const auto kind = [](TypeKind type, const char* text) {
    return ProtoFromText(ColumnType{type}, text)->kind_case();
  };
  EXPECT_EQ(kind(TypeKind::kTinyint, "1"), Kind::kIntValue);
  EXPECT_EQ(kind(TypeKind::kVarint, "1"), Kind::kVarintValue);
  EXPECT_EQ(kind(TypeKind::kTimestamp, "0"), Kind::kTimestampValue);
  EXPECT_EQ(kind(TypeKind::kBlob, "0x00"), Kind::kBytesValue);
}

TEST(ProtoValue, DatesCountFrom1970) {
  const auto value = ProtoFromText(ColumnType{TypeKind::kDate}, "1970-01-02");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->date_value(), 1);
}

TEST(ProtoValue, DurationsOfEverySizeComeBack) {
  const int32_t spans[] = {
      0, 1, 63, 64, 8191, 8192, std::numeric_limits<int32_t>::max()};
  const int64_t nanos[] = {0, 1, 1'000'000'000,
                           std::numeric_limits<int64_t>::max()};
  for (const int32_t span : spans) {
    for (const int64_t nano : nanos) {
      for (const int sign : {1, -1}) {
        v1::Value value;
        value.mutable_duration_value()->set_months(span * sign);
        value.mutable_duration_value()->set_days(span * sign);
        value.mutable_duration_value()->set_nanos(nano * sign);
        const auto bytes = BytesFromProto({TypeKind::kDuration}, value);
        ASSERT_TRUE(bytes.ok());
        const v1::Value back = ProtoFromBytes({TypeKind::kDuration}, *bytes);
        EXPECT_EQ(back.SerializeAsString(), value.SerializeAsString())
            << value.ShortDebugString();
      }
    }
  }
}

TEST(ProtoValue, WrongTextSaysWhatWasExpected) {
  const auto value = ProtoFromText(ColumnType{TypeKind::kInt}, "12x");
  EXPECT_TRUE(absl::IsInvalidArgument(value.status())) << value.status();
}

TEST(ProtoValue, NullAndUnknownPrint) {
  const ColumnType type{TypeKind::kInt};
  v1::Value null;
  null.set_null_value(v1::NULL_VALUE);
  EXPECT_EQ(TextFromProto(type, null), "null");
  EXPECT_EQ(JsonFromProto(type, null), "null");
  EXPECT_EQ(TextFromProto(type, v1::Value()), "?");
}

TEST(ProtoValue, MalformedValuesOfANodePrintAsUnknown) {
  v1::Value value;
  value.set_uuid_value("short");
  EXPECT_EQ(TextFromProto({TypeKind::kUuid}, value), "?");
  EXPECT_EQ(TextFromProto({TypeKind::kBlob}, value), "?");
  value.mutable_decimal_value()->set_unscaled("");
  EXPECT_EQ(TextFromProto({TypeKind::kDecimal}, value), "?");
  value.set_inet_value("12345");
  EXPECT_EQ(TextFromProto({TypeKind::kInet}, value), "?");
  value.set_int_value(128);
  EXPECT_EQ(TextFromProto({TypeKind::kTinyint}, value), "?");
  value.mutable_list_value()->add_values()->set_null_value(v1::NULL_VALUE);
  EXPECT_EQ(TextFromProto(ListOf({TypeKind::kInt}), value), "?");
  value.mutable_map_value()->add_keys()->set_int_value(1);
  EXPECT_EQ(TextFromProto(MapOf({TypeKind::kInt}, {TypeKind::kInt}), value),
            "?");
  value.mutable_tuple_value()->add_values()->set_int_value(1);
  value.mutable_tuple_value()->add_values()->set_int_value(1);
  EXPECT_EQ(TextFromProto(TupleOf({{TypeKind::kInt}}), value), "?");
}

TEST(ProtoValue, JsonQuotesTextAndNotNumbers) {
  v1::Value value;
  value.set_string_value("a\"b");
  EXPECT_EQ(JsonFromProto({TypeKind::kText}, value), "\"a\\\"b\"");
  value.set_int_value(-7);
  EXPECT_EQ(JsonFromProto({TypeKind::kInt}, value), "-7");
}

TEST(ProtoValue, TextOfEveryCompositeTypeComesBackTheSame) {
  SimRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    const v1::Value value =
        ProtoFromBytes(type, NormalForm(type, RandomValueOf(random, type)));
    const std::string text = TextFromProto(type, value);
    const auto back = ProtoFromText(type, text);
    ASSERT_TRUE(back.ok()) << text << back.status();
    EXPECT_EQ(back->SerializeAsString(), value.SerializeAsString()) << text;
  }
}

TEST(ProtoValue, KeysPrintWithoutTheirTypes) {
  const auto text = [](const ColumnType& type, const char* literal) {
    const v1::Value value = ProtoFromText(type, literal).value();
    return TextFromProto(TypeOfProto(value), value);
  };
  const ColumnType number{TypeKind::kInt}, words{TypeKind::kText};
  EXPECT_EQ(text(Frozen(ListOf(number)), "[2, 1]"), "[2, 1]");
  EXPECT_EQ(text(Frozen(SetOf(words)), "{}"), "{}");
  EXPECT_EQ(text(Frozen(MapOf(words, Frozen(ListOf(number)))), "{'a': [1]}"),
            "{'a': [1]}");
  EXPECT_EQ(text(TupleOf({number, words}), "(null, 'x')"), "(null, 'x')");
  EXPECT_EQ(text(VectorOf(2), "[1, 2]"), "[1, 2]");
  EXPECT_EQ(text(Frozen(UserType("a", {"n"}, {number})), "{n: 1}"), "(1)");
}

}  // namespace
}  // namespace rowan::cli
