// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/calendar.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace rowan {
namespace {

std::string DayText(int64_t days) {
  std::string text;
  AppendDay(days, &text);
  return text;
}

// Counts days one by one through 1,200 years, leap years by their rule.
TEST(Calendar, EveryDayOfThreeErasIsTheNextOne) {
  int year = 1600, month = 1, day = 1;
  int64_t days = -135'140;
  while (year < 2800) {
    char wanted[40];
    std::snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d", year, month, day);
    ASSERT_EQ(DayText(days), wanted);
    std::string_view text = wanted;
    int64_t back;
    ASSERT_TRUE(TakeDay(&text, &back));
    ASSERT_EQ(back, days);
    ++days;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int lengths[] = {
        31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (++day > lengths[month - 1]) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
}

TEST(Calendar, KnownDays) {
  EXPECT_EQ(DayText(0), "1970-01-01");
  EXPECT_EQ(DayText(11'016), "2000-02-29");
  EXPECT_EQ(DayText(-719'528), "0000-01-01");
  EXPECT_EQ(DayText(-719'529), "-0001-12-31");
  EXPECT_EQ(DayText(2'932'897), "+10000-01-01");
}

TEST(Calendar, FarDaysComeBack) {
  for (int64_t days = -(int64_t{1} << 37); days < int64_t{1} << 37;
       days += 1'234'567'891) {
    const std::string written = DayText(days);
    std::string_view text = written;
    int64_t back;
    ASSERT_TRUE(TakeDay(&text, &back)) << written;
    ASSERT_EQ(back, days);
  }
}

TEST(Calendar, ZonesHaveThreeForms) {
  const auto minutes = [](std::string_view text) {
    int64_t offset;
    return TakeZone(&text, &offset) && text.empty() ? offset : -9999;
  };
  EXPECT_EQ(minutes("Z"), 0);
  EXPECT_EQ(minutes("+05:30"), 330);
  EXPECT_EQ(minutes("-0530"), -330);
  EXPECT_EQ(minutes("+05"), 300);
  for (const char* bad : {"", "5", "+", "+5", "+05:", "+05:3", "+1801", "z"}) {
    EXPECT_EQ(minutes(bad), -9999) << bad;
  }
}

}  // namespace
}  // namespace rowan
