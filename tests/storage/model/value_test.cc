// SPDX-License-Identifier: Apache-2.0
#include "storage/model/value.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "storage/model/composite/type_name.h"
#include "tests/storage/model/random_value.h"

namespace rowan {
namespace {

constexpr TypeKind kAllKinds[] = {
    TypeKind::kAscii,    TypeKind::kText,    TypeKind::kBlob,
    TypeKind::kBoolean,  TypeKind::kTinyint, TypeKind::kSmallint,
    TypeKind::kInt,      TypeKind::kBigint,  TypeKind::kVarint,
    TypeKind::kFloat,    TypeKind::kDouble,  TypeKind::kDecimal,
    TypeKind::kDate,     TypeKind::kTime,    TypeKind::kTimestamp,
    TypeKind::kDuration, TypeKind::kUuid,    TypeKind::kTimeuuid,
    TypeKind::kInet};

std::string Parsed(TypeKind kind, std::string_view text) {
  const auto value = ParseValue({kind}, text);
  EXPECT_TRUE(value.ok()) << TypeName({kind}) << " " << text;
  return value.value_or("refused");
}

// The canonical form of `text`.
std::string Canonical(TypeKind kind, std::string_view text) {
  return FormatValue({kind}, Parsed(kind, text));
}

void ExpectRefused(TypeKind kind, std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    const auto value = ParseValue({kind}, text);
    EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument)
        << TypeName({kind}) << " '" << text << "'";
  }
}

std::string RandomDuration(SimRandom& random) {
  std::string text = random.Below(2) == 0 ? "-" : "";
  text += std::to_string(random.Below(30)) + "mo";
  text += std::to_string(random.Below(1000)) + "d";
  return Parsed(TypeKind::kDuration,
                text + std::to_string(random.Next() >> 1) + "ns");
}

std::string AnyValue(SimRandom& random, TypeKind kind) {
  return kind == TypeKind::kDuration ? RandomDuration(random)
                                     : RandomValue(random, kind);
}

bool IsNan(TypeKind kind, const std::string& value) {
  return (kind == TypeKind::kFloat || kind == TypeKind::kDouble) &&
         FormatValue({kind}, value) == "NaN";
}

TEST(Value, TextReadsBackAsTheSameBytes) {
  for (TypeKind kind : kAllKinds) {
    SimRandom random(21);
    for (int i = 0; i < 3000; ++i) {
      const std::string value = AnyValue(random, kind);
      ASSERT_TRUE(CheckValue({kind}, value).ok()) << TypeName({kind});
      if (IsNan(kind, value)) continue;
      const std::string text = FormatValue({kind}, value);
      ASSERT_EQ(Parsed(kind, text), value) << TypeName({kind}) << " " << text;
      ASSERT_EQ(Canonical(kind, text), text);
    }
  }
}

TEST(Value, JsonIsReadByAnotherReader) {
  for (TypeKind kind : kAllKinds) {
    SimRandom random(22);
    for (int i = 0; i < 1000; ++i) {
      const std::string value = AnyValue(random, kind);
      const std::string json = FormatJsonValue({kind}, value);
      const auto read = nlohmann::json::parse(json, nullptr, false);
      ASSERT_FALSE(read.is_discarded()) << json;
      if (read.is_string()) {
        ASSERT_EQ(read.get<std::string>(), FormatValue({kind}, value));
      } else {
        ASSERT_EQ(json, FormatValue({kind}, value));
      }
    }
  }
}

TEST(Value, HostileBytesAndTextNeverCrash) {
  for (TypeKind kind : kAllKinds) {
    SimRandom random(23);
    for (int i = 0; i < 5000; ++i) {
      const std::string bytes = RandomFixed(random, random.Below(20));
      const bool valid = CheckValue({kind}, bytes).ok();
      const std::string text = FormatValue({kind}, bytes);
      if (!valid) {
        ASSERT_EQ(text.substr(0, 2), "0x");
      }
      ASSERT_FALSE(
          nlohmann::json::parse(FormatJsonValue({kind}, bytes), nullptr, false)
              .is_discarded());
      std::string spoilt = FormatValue({kind}, AnyValue(random, kind));
      if (spoilt.empty()) continue;
      static constexpr char kPieces[] = "0123456789+-.:eETZ xyNaf\0\xff";
      spoilt[random.Below(spoilt.size())] = kPieces[random.Below(27)];
      const auto parsed = ParseValue({kind}, spoilt);
      if (parsed.ok()) {
        ASSERT_TRUE(CheckValue({kind}, *parsed).ok()) << spoilt;
      }
    }
  }
}

TEST(Value, EmptyBytesAreValuesOfTextAndBlobOnly) {
  for (TypeKind kind : kAllKinds) {
    const bool legal = kind == TypeKind::kAscii || kind == TypeKind::kText ||
                       kind == TypeKind::kBlob;
    EXPECT_EQ(CheckValue({kind}, "").ok(), legal) << TypeName({kind});
  }
}

TEST(Value, MessagesSayWhatWasExpectedAndNotWhatWasFound) {
  const auto status = ParseValue({TypeKind::kTinyint}, "secret").status();
  EXPECT_EQ(status.message(), "expected a whole number from -128 to 127");
}

TEST(Value, TextIsStrictUtf8) {
  const ColumnType text{TypeKind::kText};
  EXPECT_TRUE(CheckValue(text, "z\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80").ok());
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "12345678\xff", "\xe2\x82"}) {
    EXPECT_FALSE(CheckValue(text, bad).ok());
  }
  EXPECT_FALSE(CheckValue({TypeKind::kAscii}, "\xc3\xa4").ok());
}

TEST(Value, Integers) {
  EXPECT_EQ(Parsed(TypeKind::kInt, "-2"), "\xff\xff\xff\xfe");
  EXPECT_EQ(Canonical(TypeKind::kTinyint, "+007"), "7");
  EXPECT_EQ(Canonical(TypeKind::kBigint, "-9223372036854775808"),
            "-9223372036854775808");
  ExpectRefused(TypeKind::kTinyint,
                {"128", "-129", "", "+", "+-1", "1.0", "1 "});
  ExpectRefused(TypeKind::kBigint, {"9223372036854775808", "0x1"});
}

TEST(Value, Varints) {
  EXPECT_EQ(Parsed(TypeKind::kVarint, "128"), std::string("\0\x80", 2));
  EXPECT_EQ(Parsed(TypeKind::kVarint, "-128"), "\x80");
  EXPECT_EQ(Parsed(TypeKind::kVarint, "-129"), "\xff\x7f");
  EXPECT_EQ(Parsed(TypeKind::kVarint, "-0"), std::string(1, '\0'));
  const std::string huge = "-123456789012345678901234567890123456789";
  EXPECT_EQ(Canonical(TypeKind::kVarint, huge), huge);
  ExpectRefused(TypeKind::kVarint, {"", "-", "+", "+-1", "-+1", "1e3", " 1"});
  EXPECT_FALSE(CheckValue({TypeKind::kVarint}, std::string("\0\1", 2)).ok());
}

TEST(Value, Decimals) {
  EXPECT_EQ(Parsed(TypeKind::kDecimal, "-1.50"),
            std::string("\0\0\0\2\xff\x6a", 6));
  const std::pair<std::string, std::string> forms[] = {
      {"+1.5", "1.5"},       {".5", "0.5"},
      {"5.", "5"},           {"0.00", "0.00"},
      {"1e3", "1E+3"},       {"123e-2", "1.23"},
      {"12e5", "1.2E+6"},    {"0.000001", "0.000001"},
      {"0.0000001", "1E-7"}, {"-0.5", "-0.5"},
      {"0e5", "0E+5"},       {"1E2147483648", "1E+2147483648"}};
  for (const auto& [text, canonical] : forms) {
    EXPECT_EQ(Canonical(TypeKind::kDecimal, text), canonical);
  }
  ExpectRefused(TypeKind::kDecimal, {"", "-", ".", "e5", "1e", "1e+-5", "1.2.3",
                                     "--1", "1E2147483649", "1E-2147483648",
                                     "1E99999999999999999999", "NaN"});
}

TEST(Value, Floats) {
  EXPECT_EQ(Parsed(TypeKind::kDouble, "1"),
            std::string("\x3f\xf0\0\0\0\0\0\0", 8));
  EXPECT_EQ(Canonical(TypeKind::kDouble, "0.1"), "0.1");
  EXPECT_EQ(Canonical(TypeKind::kFloat, "0.1"), "0.1");
  EXPECT_EQ(Canonical(TypeKind::kDouble, "-0"), "-0");
  EXPECT_EQ(Canonical(TypeKind::kDouble, "+1e3"), "1000");
  EXPECT_EQ(Canonical(TypeKind::kDouble, "-Infinity"), "-Infinity");
  EXPECT_EQ(Canonical(TypeKind::kDouble, "NaN"), "NaN");
  EXPECT_EQ(
      FormatJsonValue({TypeKind::kDouble}, Parsed(TypeKind::kDouble, "NaN")),
      "\"NaN\"");
  ExpectRefused(TypeKind::kDouble, {"", "-", "nan", "inf", "1e400", "0x10",
                                    "1,5", "+-1", "1 ", "-nan", "-inf"});
  ExpectRefused(TypeKind::kFloat, {"1e39"});
}

TEST(Value, Timestamps) {
  const std::string canonical = "2015-02-26T21:42:53.000Z";
  EXPECT_EQ(Parsed(TypeKind::kTimestamp, canonical),
            BigEndian(1'424'986'973'000, 8));
  for (const char* text :
       {"2015-02-26 21:42:53", "2015-02-26T21:42:53Z", "2015-02-26T21:42:53.0Z",
        "2015-02-26 22:42:53+01:00", "2015-02-26 16:12:53 -0530",
        "2015-02-26T23:42:53.000000000+02", "1424986973000"}) {
    EXPECT_EQ(Canonical(TypeKind::kTimestamp, text), canonical) << text;
  }
  const std::pair<std::string, std::string> forms[] = {
      {"2015-02-26", "2015-02-26T00:00:00.000Z"},
      {"2000-02-29 12:30", "2000-02-29T12:30:00.000Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"-1", "1969-12-31T23:59:59.999Z"},
      {"0000-01-01", "0000-01-01T00:00:00.000Z"},
      {"-0001-12-31", "-0001-12-31T00:00:00.000Z"},
      {"+10000-01-01", "+10000-01-01T00:00:00.000Z"},
      {"9223372036854775807", "+292278994-08-17T07:12:55.807Z"},
      {"-9223372036854775808", "-292275055-05-16T16:47:04.192Z"}};
  for (const auto& [text, wanted] : forms) {
    EXPECT_EQ(Canonical(TypeKind::kTimestamp, text), wanted);
  }
  ExpectRefused(TypeKind::kTimestamp, {"",
                                       "2015-2-26",
                                       "2015-02-29",
                                       "2015-13-01",
                                       "2015-00-10",
                                       "2015-01-00",
                                       "1900-02-29",
                                       "2015-02-26T24:00",
                                       "2015-02-26T21:60",
                                       "2015-02-26T21:42:60",
                                       "2015-02-26T",
                                       "2015-02-26T21",
                                       "2015-02-26T21:42:53.",
                                       "2015-02-26T21:42:53.0001",
                                       "2015-02-26T21:42:53Zx",
                                       "2015-02-26T21:42:53 ",
                                       "2015-02-26T21:42:53+1",
                                       "2015-02-26T21:42:53+19:00",
                                       "+292278994-08-17T07:12:55.808Z",
                                       "-292275055-05-16T16:47:04.191Z",
                                       "9223372036854775808",
                                       "1.5"});
}

TEST(Value, Dates) {
  EXPECT_EQ(Parsed(TypeKind::kDate, "1970-01-01"), BigEndian(1u << 31, 4));
  EXPECT_EQ(FormatValue({TypeKind::kDate}, std::string(4, '\0')),
            "-5877641-06-23");
  EXPECT_EQ(FormatValue({TypeKind::kDate}, "\xff\xff\xff\xff"),
            "+5881580-07-11");
  ExpectRefused(TypeKind::kDate, {"", "2015-02-30", "2015-02-26T", "20150226",
                                  "-5877641-06-22", "+5881580-07-12"});
}

TEST(Value, Times) {
  EXPECT_EQ(Canonical(TypeKind::kTime, "21:42:53"), "21:42:53.000000000");
  EXPECT_EQ(Canonical(TypeKind::kTime, "21:42"), "21:42:00.000000000");
  EXPECT_EQ(Canonical(TypeKind::kTime, "00:00:00.5"), "00:00:00.500000000");
  ExpectRefused(TypeKind::kTime, {"", "24:00", "1:00", "12:00:00.1234567890"});
  EXPECT_FALSE(CheckValue({TypeKind::kTime}, std::string(8, '\xff')).ok());
  EXPECT_FALSE(
      CheckValue({TypeKind::kTime}, BigEndian(86'400'000'000'000, 8)).ok());
}

TEST(Value, Durations) {
  EXPECT_EQ(Canonical(TypeKind::kDuration, "1mo2d3h4m5s6ms7us8ns"),
            "1mo2d3h4m5s6ms7us8ns");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "14mo"), "1y2mo");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "2w1d"), "15d");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "90m"), "1h30m");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "3µs"), "3us");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "-0d"), "0ns");
  EXPECT_EQ(Canonical(TypeKind::kDuration, "-9223372036854775808ns"),
            "-2562047h47m16s854ms775us808ns");
  // 1 month, 2 days, 3 nanoseconds zigzagged.
  EXPECT_EQ(Parsed(TypeKind::kDuration, "1mo2d3ns"), "\2\4\6");
  ExpectRefused(TypeKind::kDuration,
                {"", "-", "5", "d", "1d1mo", "1d1d", "1us1µs1us", "1x", "1d-1h",
                 "2147483648mo", "178956971y", "9223372036854775808ns"});
  const auto refused = [](std::string bytes) {
    return !CheckValue({TypeKind::kDuration}, bytes).ok();
  };
  EXPECT_TRUE(refused(std::string("\2\1\0", 3)));      // signs differ
  EXPECT_TRUE(refused(std::string("\2\4", 2)));        // cut off
  EXPECT_TRUE(refused(std::string("\2\4\6\0", 4)));    // too long
  EXPECT_TRUE(refused(std::string("\x80\2\4\6", 4)));  // not the shortest
}

TEST(Value, UuidsAndAddressesAndBlobs) {
  const std::string uuid = "123e4567-e89b-12d3-a456-426614174000";
  EXPECT_EQ(Canonical(TypeKind::kUuid, "123E4567-E89B-12D3-A456-426614174000"),
            uuid);
  EXPECT_EQ(Canonical(TypeKind::kTimeuuid, uuid), uuid);
  ExpectRefused(TypeKind::kUuid, {"", "123e4567e89b12d3a456426614174000",
                                  uuid + "0", uuid.substr(1), uuid + "-"});
  ExpectRefused(TypeKind::kTimeuuid, {"123e4567-e89b-42d3-a456-426614174000"});
  EXPECT_EQ(Parsed(TypeKind::kInet, "192.0.2.1"), std::string("\xc0\0\2\1", 4));
  EXPECT_EQ(Canonical(TypeKind::kInet, "2001:DB8::0:1"), "2001:db8::1");
  EXPECT_EQ(Parsed(TypeKind::kInet, "::ffff:192.0.2.1").size(), 16u);
  ExpectRefused(TypeKind::kInet, {"", "1.2.3", "1.2.3.256", "::g", "host",
                                  std::string("1.2.3.4\0", 8)});
  EXPECT_EQ(Canonical(TypeKind::kBlob, "0x00FF"), "0x00ff");
  EXPECT_EQ(Canonical(TypeKind::kBlob, "0x"), "0x");
  ExpectRefused(TypeKind::kBlob, {"", "00", "0x0", "0xgg", "0X00"});
  EXPECT_EQ(Canonical(TypeKind::kBoolean, "True"), "true");
  ExpectRefused(TypeKind::kBoolean, {"", "1", "yes", "trues"});
}

}  // namespace
}  // namespace rowan
