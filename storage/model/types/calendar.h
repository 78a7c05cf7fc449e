// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_CALENDAR_H_
#define ROWAN_STORAGE_MODEL_TYPES_CALENDAR_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace rowan {

// Days and times of day as text, in the proleptic Gregorian calendar with a
// year 0, UTC. Days count from 1970-01-01. Takers remove what they read from
// the front of *text and answer false, leaving it unspecified, when it is not
// there.

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kNanosPerDay = 24 * 3600 * kNanosPerSecond;

// 2015-02-26; years outside 0..9999 carry a sign: -0044-03-15, +12000-01-01.
// `days` within +-2^40.
void AppendDay(int64_t days, std::string* out);
// Years of 4 to 9 digits.
bool TakeDay(std::string_view* text, int64_t* days);

// 21:42:53 and, with digits > 0, as many digits of the fraction.
void AppendTimeOfDay(int64_t nanos, int digits, std::string* out);
// Seconds, and a fraction of 1 to 9 digits, may be left out.
bool TakeTimeOfDay(std::string_view* text, int64_t* nanos);

// Z, +hh:mm, +hhmm or +hh, either sign, up to 18 hours.
bool TakeZone(std::string_view* text, int64_t* offset_minutes);

bool TakeChar(std::string_view* text, char c);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_CALENDAR_H_
