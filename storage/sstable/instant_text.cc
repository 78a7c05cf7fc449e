// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/instant_text.h"

#include <chrono>

#include "absl/strings/str_format.h"

namespace rowan {
namespace {

constexpr int64_t kSecondsPerDay = 24 * 3600;
constexpr int64_t kMicrosPerSecond = 1'000'000;

int64_t FloorDivide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

// std::chrono's years end at 32767; the calendar repeats every 400 years.
constexpr int64_t kDaysPerEra = 146'097;

std::string Year(int64_t year) {
  if (year > 9999) return absl::StrFormat("+%d", year);
  return year < 0 ? absl::StrFormat("-%04d", -year)
                  : absl::StrFormat("%04d", year);
}

std::string Instant(int64_t seconds, const std::string& fraction) {
  const int64_t days = FloorDivide(seconds, kSecondsPerDay);
  const int64_t era = FloorDivide(days, kDaysPerEra);
  const std::chrono::year_month_day date{std::chrono::sys_days{
      std::chrono::days{static_cast<int>(days - era * kDaysPerEra)}}};
  const int64_t second = seconds - days * kSecondsPerDay;
  return absl::StrFormat("%s-%02d-%02dT%02d:%02d:%02d%sZ",
                         Year(static_cast<int>(date.year()) + era * 400),
                         static_cast<unsigned>(date.month()),
                         static_cast<unsigned>(date.day()), second / 3600,
                         second / 60 % 60, second % 60, fraction);
}

}  // namespace

std::string InstantOfMicros(int64_t micros) {
  const int64_t seconds = FloorDivide(micros, kMicrosPerSecond);
  // Unsigned, since the product may not fit for the very first instants.
  const auto rest =
      static_cast<int64_t>(static_cast<uint64_t>(micros) -
                           static_cast<uint64_t>(seconds) * kMicrosPerSecond);
  if (rest == 0) return Instant(seconds, "");
  return Instant(seconds, rest % 1000 == 0
                              ? absl::StrFormat(".%03d", rest / 1000)
                              : absl::StrFormat(".%06d", rest));
}

std::string InstantOfSeconds(int64_t seconds) { return Instant(seconds, ""); }

}  // namespace rowan
