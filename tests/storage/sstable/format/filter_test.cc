// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/filter.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

// `count` sorted tokens that share their top `prefix_length` bits.
std::vector<uint64_t> Tokens(SimRandom* random, size_t count,
                             int prefix_length) {
  std::vector<uint64_t> tokens;
  for (size_t i = 0; i < count; ++i) {
    tokens.push_back(random->Next() >> prefix_length);
  }
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

std::string FilterOf(const std::vector<uint64_t>& tokens) {
  FilterBuilder builder(7);  // an estimate that is wrong
  for (const uint64_t token : tokens) builder.Add(Token{token});
  return builder.Finish();
}

TEST(Filter, NoTokenIsMissedAndAHundredthOfOthersPass) {
  for (const size_t count : {1u, 50u, 5000u, 200'000u}) {
    for (const int prefix_length : {0, 4, 16}) {
      SCOPED_TRACE(count);
      SimRandom random(count + prefix_length);
      const auto tokens = Tokens(&random, count, prefix_length);
      const std::string section = FilterOf(tokens);
      EXPECT_LE(section.size(), 100 + count * 13 / 10);
      FilterView filter;
      ASSERT_TRUE(filter.Parse(section).ok());
      for (const uint64_t token : tokens) {
        ASSERT_TRUE(filter.MayContain(Token{token}));
      }
      size_t passed = 0;
      constexpr size_t kAsked = 100'000;
      for (size_t i = 0; i < kAsked; ++i) {
        passed += filter.MayContain(Token{random.Next() >> prefix_length});
      }
      EXPECT_LT(passed, kAsked * 13 / 1000);
      // What it says of itself is true.
      EXPECT_NEAR(static_cast<double>(passed) / kAsked,
                  filter.FalsePositiveChance(), 0.002);
    }
  }
}

TEST(Filter, TokensThatDifferInTheirLowestBitsOnlyAreSpread) {
  std::vector<uint64_t> tokens;
  for (uint64_t i = 0; i < 20'000; ++i) tokens.push_back(2 * i);
  const std::string section = FilterOf(tokens);
  FilterView filter;
  ASSERT_TRUE(filter.Parse(section).ok());
  size_t passed = 0;
  for (uint64_t i = 0; i < 20'000; ++i) {
    passed += filter.MayContain(Token{2 * i + 1});
  }
  EXPECT_LT(passed, 300u);
}

TEST(Filter, OneTokenOverManySegmentsIsFound) {
  std::vector<uint64_t> tokens;
  for (uint64_t i = 0; i < kFilterSegmentTokens; ++i) tokens.push_back(i);
  for (int i = 0; i < 3; ++i) tokens.push_back(kFilterSegmentTokens);
  const std::string section = FilterOf(tokens);
  FilterView filter;
  ASSERT_TRUE(filter.Parse(section).ok());
  EXPECT_TRUE(filter.MayContain(Token{kFilterSegmentTokens}));
  EXPECT_TRUE(filter.MayContain(Token{kFilterSegmentTokens - 1}));
}

TEST(Filter, EmptyFilterHoldsNothing) {
  const std::string section = FilterOf({});
  FilterView filter;
  ASSERT_TRUE(filter.Parse(section).ok());
  EXPECT_FALSE(filter.MayContain(Token{0}));
}

TEST(Filter, MalformedBytesAreDataLoss) {
  SimRandom random(1);
  const std::string section = FilterOf(Tokens(&random, 100, 0));
  FilterView filter;
  for (size_t size = 0; size < section.size(); ++size) {
    EXPECT_FALSE(filter.Parse(std::string_view(section).substr(0, size)).ok());
  }
  EXPECT_FALSE(filter.Parse(section + "x").ok());
}

}  // namespace
}  // namespace rowan
