// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/calendar.h"

#include <cstddef>

namespace rowan {
namespace {

constexpr int64_t kDaysPerEra = 146'097;         // 400 years
constexpr int64_t kEpochFromEraStart = 719'468;  // 0000-03-01 to 1970-01-01
constexpr size_t kYearDigitsMax = 9;
constexpr int64_t kZoneMinutesMax = 18 * 60;

// Years start in March here, so that the leap day is the last of its year.
struct Day {
  int64_t year;
  int month, day;
};

int64_t FloorDivide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool IsLeap(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int DaysInMonth(int64_t year, int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Of March 1st of a year, months of 31,30,31,30,31 days repeat: 153 in five.
int64_t DaysSinceEpoch(const Day& d) {
  const int64_t year = d.month <= 2 ? d.year - 1 : d.year;
  const int64_t era = FloorDivide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
  const int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kEpochFromEraStart;
}

Day DayOf(int64_t days_since_epoch) {
  const int64_t days = days_since_epoch + kEpochFromEraStart;
  const int64_t era = FloorDivide(days, kDaysPerEra);
  const int64_t day_of_era = days - era * kDaysPerEra;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 +
                               day_of_era / 36'524 - day_of_era / 146'096) /
                              365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  Day d;
  d.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  d.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  d.year = era * 400 + year_of_era + (d.month <= 2 ? 1 : 0);
  return d;
}

void AppendPadded(int64_t number, size_t width, std::string* out) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out->append(width - digits.size(), '0');
  out->append(digits);
}

// As many digits as there are, at least `min`, at most `max` (18).
bool TakeNumber(std::string_view* text, size_t min, size_t max,
                int64_t* number) {
  size_t size = 0;
  *number = 0;
  while (size < text->size() && size < max && (*text)[size] >= '0' &&
         (*text)[size] <= '9') {
    *number = *number * 10 + ((*text)[size] - '0');
    ++size;
  }
  text->remove_prefix(size);
  return size >= min;
}

bool TakeTwoDigits(std::string_view* text, int64_t below, int64_t* number) {
  return TakeNumber(text, 2, 2, number) && *number < below;
}

// The digits of a fraction of a second, as nanoseconds.
bool TakeFraction(std::string_view* text, int64_t* nanos) {
  const size_t before = text->size();
  if (!TakeNumber(text, 1, 9, nanos)) return false;
  for (size_t digits = before - text->size(); digits < 9; ++digits) {
    *nanos *= 10;
  }
  return true;
}

}  // namespace

bool TakeChar(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

void AppendDay(int64_t days, std::string* out) {
  const Day d = DayOf(days);
  if (d.year < 0) out->push_back('-');
  if (d.year > 9999) out->push_back('+');
  AppendPadded(d.year < 0 ? -d.year : d.year, 4, out);
  out->push_back('-');
  AppendPadded(d.month, 2, out);
  out->push_back('-');
  AppendPadded(d.day, 2, out);
}

bool TakeDay(std::string_view* text, int64_t* days) {
  const bool negative = TakeChar(text, '-');
  if (!negative) TakeChar(text, '+');
  int64_t year, month, day;
  if (!TakeNumber(text, 4, kYearDigitsMax, &year) || !TakeChar(text, '-') ||
      !TakeTwoDigits(text, 13, &month) || !TakeChar(text, '-') ||
      !TakeTwoDigits(text, 32, &day)) {
    return false;
  }
  if (negative) year = -year;
  const int month_number = static_cast<int>(month);
  if (month < 1 || day < 1 || day > DaysInMonth(year, month_number)) {
    return false;
  }
  *days = DaysSinceEpoch({year, month_number, static_cast<int>(day)});
  return true;
}

void AppendTimeOfDay(int64_t nanos, int digits, std::string* out) {
  const int64_t seconds = nanos / kNanosPerSecond;
  AppendPadded(seconds / 3600, 2, out);
  out->push_back(':');
  AppendPadded(seconds / 60 % 60, 2, out);
  out->push_back(':');
  AppendPadded(seconds % 60, 2, out);
  if (digits == 0) return;
  out->push_back('.');
  const size_t start = out->size();
  AppendPadded(nanos % kNanosPerSecond, 9, out);
  out->resize(start + static_cast<size_t>(digits));
}

bool TakeTimeOfDay(std::string_view* text, int64_t* nanos) {
  int64_t hours, minutes, seconds = 0, fraction = 0;
  if (!TakeTwoDigits(text, 24, &hours) || !TakeChar(text, ':') ||
      !TakeTwoDigits(text, 60, &minutes)) {
    return false;
  }
  if (TakeChar(text, ':')) {
    if (!TakeTwoDigits(text, 60, &seconds)) return false;
    if (TakeChar(text, '.') && !TakeFraction(text, &fraction)) return false;
  }
  *nanos = ((hours * 60 + minutes) * 60 + seconds) * kNanosPerSecond + fraction;
  return true;
}

bool TakeZone(std::string_view* text, int64_t* offset_minutes) {
  *offset_minutes = 0;
  if (TakeChar(text, 'Z')) return true;
  const bool west = TakeChar(text, '-');
  if (!west && !TakeChar(text, '+')) return false;
  int64_t hours, minutes = 0;
  if (!TakeTwoDigits(text, 24, &hours)) return false;
  const bool colon = TakeChar(text, ':');
  if ((colon || !text->empty()) && !TakeTwoDigits(text, 60, &minutes)) {
    return false;
  }
  *offset_minutes = hours * 60 + minutes;
  if (*offset_minutes > kZoneMinutesMax) return false;
  if (west) *offset_minutes = -*offset_minutes;
  return true;
}

}  // namespace rowan
