// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "storage/model/value.h"

namespace rowan::cli {
namespace {

TEST(ProtoValue, CompositeTypesAreRefusedByName) {
  const auto value = ProtoFromText(Frozen(ListOf({TypeKind::kInt})), "[1]");
  EXPECT_EQ(value.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(value.status().message(),
            "values of type frozen<list<int>> can't be sent");
}

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
    EXPECT_EQ(TextFromProto(*value), text);
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
        const auto bytes = BytesFromProto(value);
        ASSERT_TRUE(bytes.ok());
        const v1::Value back = ProtoFromBytes({bytes->kind}, bytes->bytes);
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
  v1::Value null;
  null.set_null_value(v1::NULL_VALUE);
  EXPECT_EQ(TextFromProto(null), "null");
  EXPECT_EQ(JsonFromProto(null), "null");
  EXPECT_EQ(TextFromProto(v1::Value()), "?");
}

TEST(ProtoValue, MalformedValuesOfANodePrintAsUnknown) {
  v1::Value value;
  value.set_uuid_value("short");
  EXPECT_EQ(TextFromProto(value), "?");
  value.mutable_decimal_value()->set_unscaled("");
  EXPECT_EQ(TextFromProto(value), "?");
  value.set_inet_value("12345");
  EXPECT_EQ(TextFromProto(value), "?");
}

TEST(ProtoValue, JsonQuotesTextAndNotNumbers) {
  v1::Value value;
  value.set_string_value("a\"b");
  EXPECT_EQ(JsonFromProto(value), "\"a\\\"b\"");
  value.set_int_value(-7);
  EXPECT_EQ(JsonFromProto(value), "-7");
}

}  // namespace
}  // namespace rowan::cli
