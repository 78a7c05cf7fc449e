// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/value_codec.h"

#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/service/wire/cassandra_vint.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

class ValueCodecTest : public testing::Test {
 protected:
  absl::StatusOr<std::string_view> Encode(TypeKind type,
                                          const v1::Value& value) {
    return EncodeValue({type}, value, [this](std::string bytes) {
      kept_.push_back(std::move(bytes));
      return std::string_view(kept_.back());
    });
  }
  // Encodes, compares with Cassandra's bytes in hex, and decodes again.
  void Check(TypeKind type, const v1::Value& value, const std::string& hex) {
    const auto bytes = Encode(type, value);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    std::string got;
    for (const unsigned char byte : *bytes) {
      constexpr char kDigits[] = "0123456789abcdef";
      got += kDigits[byte >> 4];
      got += kDigits[byte & 15];
    }
    EXPECT_EQ(got, hex);
    v1::Value back;
    ASSERT_TRUE(DecodeValue({type}, *bytes, &back).ok());
    EXPECT_TRUE(MessageDifferencer::Equals(value, back))
        << value.DebugString() << back.DebugString();
  }

  std::deque<std::string> kept_;
};

TEST_F(ValueCodecTest, EveryTypeHasCassandrasBytes) {
  v1::Value value;
  value.set_string_value("a\xc3\xa9");
  Check(TypeKind::kText, value, "61c3a9");
  value.set_string_value("az");
  Check(TypeKind::kAscii, value, "617a");
  value.set_bytes_value(std::string("\0\xff", 2));
  Check(TypeKind::kBlob, value, "00ff");
  value.set_bool_value(true);
  Check(TypeKind::kBoolean, value, "01");
  value.set_int_value(-1);
  Check(TypeKind::kTinyint, value, "ff");
  Check(TypeKind::kSmallint, value, "ffff");
  Check(TypeKind::kInt, value, "ffffffff");
  Check(TypeKind::kBigint, value, "ffffffffffffffff");
  value.set_float_value(1.5f);
  Check(TypeKind::kFloat, value, "3fc00000");
  value.set_double_value(-2.0);
  Check(TypeKind::kDouble, value, "c000000000000000");
  value.set_varint_value("\x01\x02");
  Check(TypeKind::kVarint, value, "0102");
  value.mutable_decimal_value()->set_scale(-3);
  value.mutable_decimal_value()->set_unscaled("\x7f");
  Check(TypeKind::kDecimal, value, "fffffffd7f");
  value.set_date_value(-1);
  Check(TypeKind::kDate, value, "7fffffff");
  value.set_date_value(std::numeric_limits<int32_t>::min());
  Check(TypeKind::kDate, value, "00000000");
  value.set_time_value(1);
  Check(TypeKind::kTime, value, "0000000000000001");
  value.set_timestamp_value(-1);
  Check(TypeKind::kTimestamp, value, "ffffffffffffffff");
  value.mutable_duration_value()->set_months(1);
  value.mutable_duration_value()->set_days(2);
  value.mutable_duration_value()->set_nanos(100);
  Check(TypeKind::kDuration, value, "020480c8");
  value.set_uuid_value("0123456789abcdef");
  Check(TypeKind::kUuid, value, "30313233343536373839616263646566");
  value.set_inet_value(std::string("\x7f\0\0\1", 4));
  Check(TypeKind::kInet, value, "7f000001");
}

TEST_F(ValueCodecTest, VarintsAreStoredShortest) {
  v1::Value value;
  value.set_varint_value(std::string("\0\0\x01", 3));
  EXPECT_EQ(*Encode(TypeKind::kVarint, value), "\x01");
  value.set_varint_value(std::string("\xff\xff\x80", 3));
  EXPECT_EQ(*Encode(TypeKind::kVarint, value), "\x80");
  value.set_varint_value(std::string("\0\x80", 2));
  EXPECT_EQ(*Encode(TypeKind::kVarint, value), std::string("\0\x80", 2));
  value.set_int_value(-129);
  EXPECT_EQ(*Encode(TypeKind::kVarint, value), "\xff\x7f");
}

TEST_F(ValueCodecTest, NumbersAreTakenUpToTheirLimit) {
  // 0x7f and not 0: what only repeats the sign doesn't count.
  const std::string most(65'535, '\x7f'), more(65'536, '\x7f');
  v1::Value varint, decimal;
  varint.set_varint_value(std::string(1, 0) + most);
  decimal.mutable_decimal_value()->set_unscaled(most);
  EXPECT_EQ(Encode(TypeKind::kVarint, varint)->size(), most.size());
  EXPECT_EQ(Encode(TypeKind::kDecimal, decimal)->size(), 4 + most.size());
  varint.set_varint_value(more);
  decimal.mutable_decimal_value()->set_unscaled(more);
  EXPECT_EQ(Encode(TypeKind::kVarint, varint).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Encode(TypeKind::kDecimal, decimal).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ValueCodecTest, WrongKindsSayWhatWasExpected) {
  v1::Value value;
  value.set_int_value(1);
  for (int t = 1; t <= static_cast<int>(TypeKind::kInet); ++t) {
    const auto type = static_cast<TypeKind>(t);
    const bool fits =
        (type >= TypeKind::kTinyint && type <= TypeKind::kBigint) ||
        type == TypeKind::kVarint;
    EXPECT_EQ(Encode(type, value).ok(), fits) << t;
    EXPECT_FALSE(Encode(type, v1::Value()).ok()) << t;
  }
  EXPECT_THAT(Encode(TypeKind::kText, value).status().message(),
              HasSubstr("a text column takes string_value, not int_value"));
}

TEST_F(ValueCodecTest, ValuesOutOfTheirTypesRangeAreRefused) {
  v1::Value value;
  for (const auto& [type, max] :
       {std::pair{TypeKind::kTinyint, int64_t{127}},
        std::pair{TypeKind::kSmallint, int64_t{32767}},
        std::pair{TypeKind::kInt, int64_t{2147483647}}}) {
    for (const auto& [number, good] :
         {std::pair{max, true}, std::pair{max + 1, false},
          std::pair{-max - 1, true}, std::pair{-max - 2, false}}) {
      value.set_int_value(number);
      EXPECT_EQ(Encode(type, value).ok(), good) << number;
    }
  }
  value.set_string_value("\xff");
  EXPECT_FALSE(Encode(TypeKind::kText, value).ok());
  value.set_string_value("\xc3\xa9");
  EXPECT_FALSE(Encode(TypeKind::kAscii, value).ok());
  value.set_time_value(86'400'000'000'000);
  EXPECT_FALSE(Encode(TypeKind::kTime, value).ok());
  value.set_uuid_value("short");
  EXPECT_FALSE(Encode(TypeKind::kUuid, value).ok());
  value.set_inet_value("12345");
  EXPECT_FALSE(Encode(TypeKind::kInet, value).ok());
  value.set_varint_value("");
  EXPECT_FALSE(Encode(TypeKind::kVarint, value).ok());
  value.mutable_decimal_value();
  EXPECT_FALSE(Encode(TypeKind::kDecimal, value).ok());
  value.mutable_duration_value()->set_months(1);
  value.mutable_duration_value()->set_days(-1);
  EXPECT_FALSE(Encode(TypeKind::kDuration, value).ok());
}

TEST_F(ValueCodecTest, AnyStoredBytesAreDecodedOrRefused) {
  SimRandom random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random.Below(20), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    const auto type = static_cast<TypeKind>(1 + random.Below(19));
    v1::Value value;
    DecodeValue({type}, bytes, &value).IgnoreError();
  }
}

TEST(CassandraVint, ReadsBackAndTakesTheShortestForm) {
  SimRandom random(11);
  for (int round = 0; round < 10'000; ++round) {
    const int64_t value =
        static_cast<int64_t>(random.Next() >> random.Below(64)) *
        (random.Below(2) == 0 ? 1 : -1);
    std::string bytes;
    PutCassandraVint(value, &bytes);
    std::string_view rest = bytes;
    int64_t back;
    ASSERT_TRUE(GetCassandraVint(&rest, &back));
    EXPECT_EQ(back, value);
    EXPECT_TRUE(rest.empty());
    for (size_t i = 0; i < bytes.size(); ++i) {
      rest = std::string_view(bytes).substr(0, i);
      EXPECT_FALSE(GetCassandraVint(&rest, &back));
    }
  }
  for (const auto& [value, size] :
       {std::pair{int64_t{0}, 1u}, std::pair{int64_t{-64}, 1u},
        std::pair{int64_t{63}, 1u}, std::pair{int64_t{64}, 2u},
        std::pair{std::numeric_limits<int64_t>::max(), 9u},
        std::pair{std::numeric_limits<int64_t>::min(), 9u}}) {
    std::string bytes;
    PutCassandraVint(value, &bytes);
    EXPECT_EQ(bytes.size(), size) << value;
  }
}

}  // namespace
}  // namespace rowan
