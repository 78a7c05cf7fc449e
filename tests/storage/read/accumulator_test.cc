// SPDX-License-Identifier: Apache-2.0
#include "storage/read/accumulator.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/model/value.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using testing::HasSubstr;

std::string Bytes(const ColumnType& type, const std::string& text) {
  return ParseValue(type, text).value();
}

// What `function` says of values given as text, as text; its state is written
// and read back before each of them.
std::string Of(AggregateFunction function, TypeKind kind,
               const std::vector<std::string>& values) {
  const ColumnType type{kind};
  auto accumulator = MakeAccumulator(function, type);
  for (const std::string& value : values) {
    std::string state;
    accumulator->AppendState(&state);
    accumulator = MakeAccumulator(function, type);
    std::string_view in = state;
    EXPECT_TRUE(accumulator->TakeState(&in));
    EXPECT_TRUE(in.empty());
    const absl::Status added = accumulator->Add(Bytes(type, value));
    EXPECT_TRUE(added.ok()) << added;
  }
  const auto result = accumulator->Result();
  if (!result.has_value()) return "null";
  return FormatValue(ResultType(function, type).value(), *result);
}

constexpr auto kCount = AggregateFunction::kCount;
constexpr auto kMin = AggregateFunction::kMin;
constexpr auto kMax = AggregateFunction::kMax;
constexpr auto kSum = AggregateFunction::kSum;
constexpr auto kAverage = AggregateFunction::kAverage;

TEST(Accumulator, OfNothing) {
  EXPECT_EQ(Of(kCount, TypeKind::kText, {}), "0");
  EXPECT_EQ(Of(kMin, TypeKind::kText, {}), "null");
  EXPECT_EQ(Of(kMax, TypeKind::kInt, {}), "null");
  EXPECT_EQ(Of(kSum, TypeKind::kInt, {}), "0");
  EXPECT_EQ(Of(kSum, TypeKind::kDecimal, {}), "0");
  EXPECT_EQ(Of(kSum, TypeKind::kDouble, {}), "0");
  EXPECT_EQ(Of(kAverage, TypeKind::kInt, {}), "null");
  EXPECT_EQ(Of(kAverage, TypeKind::kDecimal, {}), "null");
  EXPECT_EQ(Of(kAverage, TypeKind::kFloat, {}), "null");
}

TEST(Accumulator, ExtremesFollowTheTypesOrder) {
  EXPECT_EQ(Of(kMin, TypeKind::kInt, {"5", "-7", "3"}), "-7");
  EXPECT_EQ(Of(kMax, TypeKind::kInt, {"5", "-7", "3"}), "5");
  EXPECT_EQ(Of(kMin, TypeKind::kText, {"b", "abc", "ab"}), "ab");
  EXPECT_EQ(Of(kMax, TypeKind::kText, {"", "", ""}), "");
  EXPECT_EQ(Of(kMax, TypeKind::kVarint, {"-1", "100000000000000000000"}),
            "100000000000000000000");
  EXPECT_EQ(Of(kMax, TypeKind::kDouble, {"1e300", "NaN", "Infinity"}), "NaN");
  // Equal ones: the first.
  EXPECT_EQ(Of(kMin, TypeKind::kDecimal, {"1.50", "1.5", "2"}), "1.50");
}

TEST(Accumulator, SumsOfIntegersNeverOverflow) {
  const std::string largest = "9223372036854775807";
  EXPECT_EQ(Of(kSum, TypeKind::kBigint, {largest, largest, largest}),
            "27670116110564327421");
  EXPECT_EQ(Of(kSum, TypeKind::kTinyint, {"127", "127", "-128"}), "126");
  EXPECT_EQ(Of(kSum, TypeKind::kVarint,
               {"100000000000000000000", "-1", "-100000000000000000000"}),
            "-1");
  EXPECT_EQ(Of(kAverage, TypeKind::kBigint, {largest, largest}),
            "9223372036854775808");
  EXPECT_EQ(Of(kAverage, TypeKind::kInt, {"1", "2"}), "1.5");
}

TEST(Accumulator, DecimalsAreExact) {
  EXPECT_EQ(Of(kSum, TypeKind::kDecimal, {"0.1", "0.2", "-0.30"}), "0.00");
  EXPECT_EQ(Of(kAverage, TypeKind::kDecimal, {"1.0", "1.0", "2.0"}),
            "1.33333333333");
  EXPECT_EQ(Of(kAverage, TypeKind::kDecimal, {"2", "4"}), "3.0000000000");
}

TEST(Accumulator, FloatsLoseNoMoreThanOneRounding) {
  std::vector<std::string> tenths(1000, "0.1");
  EXPECT_EQ(Of(kSum, TypeKind::kDouble, tenths), "100");
  EXPECT_EQ(Of(kSum, TypeKind::kDouble, {"1e100", "1", "-1e100"}), "1");
  EXPECT_EQ(Of(kAverage, TypeKind::kFloat, {"1.5", "2"}), "1.75");
  EXPECT_EQ(Of(kSum, TypeKind::kDouble, {"1", "Infinity", "2"}), "Infinity");
  EXPECT_EQ(Of(kSum, TypeKind::kDouble, {"Infinity", "-Infinity"}), "NaN");
}

TEST(Accumulator, RefusesWhatItWouldHaveToKeepAtAnyLength) {
  const auto extreme = MakeAccumulator(kMin, {TypeKind::kText});
  EXPECT_TRUE(extreme->Add(std::string(kExtremeBytesMax, 'x')).ok());
  const absl::Status refused =
      extreme->Add(std::string(kExtremeBytesMax + 1, 'y'));
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("65536"));
  const ColumnType decimal{TypeKind::kDecimal};
  const auto sum = MakeAccumulator(kSum, decimal);
  EXPECT_TRUE(sum->Add(Bytes(decimal, "1E+1000")).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(sum->Add(Bytes(decimal, "1E-999999"))));
}

TEST(Accumulator, ForeignBytesAreDataLoss) {
  for (const auto function : {kMin, kSum, kAverage}) {
    for (const auto kind :
         {TypeKind::kInt, TypeKind::kDouble, TypeKind::kDecimal}) {
      EXPECT_TRUE(
          absl::IsDataLoss(MakeAccumulator(function, {kind})->Add("xyz")));
    }
  }
}

TEST(Accumulator, FunctionsSayWhatTheyTake) {
  const auto why = [](AggregateFunction function, const ColumnType& type) {
    return std::string(ResultType(function, type).status().message());
  };
  EXPECT_EQ(why(kSum, {TypeKind::kText}),
            "expected a column of numbers, not text");
  EXPECT_EQ(why(kAverage, {TypeKind::kTimestamp}),
            "expected a column of numbers, not timestamp");
  EXPECT_EQ(why(kMax, {TypeKind::kDuration}),
            "expected a column with an order, not duration");
  EXPECT_EQ(why(kMin, ListOf({TypeKind::kInt})),
            "expected a column with an order, not list<int>");
  EXPECT_EQ(why(kMin, Frozen(ListOf({TypeKind::kInt}))), "");
  EXPECT_EQ(why(kCount, ListOf({TypeKind::kInt})), "");
}

TEST(Accumulator, StateWithANegativeScaleIsNone) {
  const auto taken = [](TypeKind kind, int32_t scale) {
    std::string state = {1};  // one value
    PutLittle(static_cast<uint32_t>(scale), &state);
    PutBytes("\1", &state);
    std::string_view in = state;
    return MakeAccumulator(kSum, {kind})->TakeState(&in);
  };
  EXPECT_TRUE(taken(TypeKind::kDecimal, 0));
  EXPECT_TRUE(taken(TypeKind::kDecimal, 100));
  EXPECT_FALSE(taken(TypeKind::kDecimal, -1));
  EXPECT_FALSE(taken(TypeKind::kDecimal, -100'000));
  EXPECT_TRUE(taken(TypeKind::kInt, 0));
  EXPECT_FALSE(taken(TypeKind::kInt, 1));
  EXPECT_FALSE(taken(TypeKind::kInt, -1));
}

TEST(Accumulator, AnyBytesAreSafeAsAState) {
  SimRandom random(7);
  for (int round = 0; round < 50'000; ++round) {
    const auto function = static_cast<AggregateFunction>(random.Below(5));
    static constexpr TypeKind kKinds[] = {TypeKind::kInt, TypeKind::kDecimal,
                                          TypeKind::kDouble};
    const ColumnType type{kKinds[random.Below(3)]};
    std::string bytes;
    for (uint64_t n = random.Below(24); n > 0; --n) {
      bytes += static_cast<char>(random.Below(random.Below(2) == 0 ? 8 : 256));
    }
    const auto accumulator = MakeAccumulator(function, type);
    std::string_view in = bytes;
    if (!accumulator->TakeState(&in)) continue;
    const auto result = accumulator->Result();
    if (!result.has_value()) continue;
    EXPECT_TRUE(CheckValue(ResultType(function, type).value(), *result).ok());
  }
}

}  // namespace
}  // namespace rowan
