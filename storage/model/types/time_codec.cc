// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <limits>

#include "storage/base/coding.h"
#include "storage/model/types/calendar.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

// date, time and timestamp.

namespace rowan {
namespace {

constexpr int64_t kDateEpoch = int64_t{1} << 31;  // 1970-01-01 as a date
constexpr int64_t kMillisPerDay = 24 * 3600 * 1000;
constexpr int64_t kMillisPerMinute = 60 * 1000;
constexpr int64_t kNanosPerMilli = 1'000'000;

int64_t LoadInt64(std::string_view value) {
  return static_cast<int64_t>(LoadBig<uint64_t>(value.data()));
}

std::string StoreInt64(int64_t number) {
  std::string value;
  PutBig(static_cast<uint64_t>(number), &value);
  return value;
}

class Date final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return value.size() == 4 ? absl::OkStatus() : ExpectedError("4 bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    int64_t days;
    if (!TakeDay(&text, &days) || !text.empty() || days < -kDateEpoch ||
        days >= kDateEpoch) {
      return ExpectedError("a date such as 2015-02-26");
    }
    std::string value;
    PutBig(static_cast<uint32_t>(days + kDateEpoch), &value);
    return value;
  }
  std::string Format(std::string_view value) const override {
    std::string text;
    AppendDay(int64_t{LoadBig<uint32_t>(value.data())} - kDateEpoch, &text);
    return text;
  }
  bool IsBareInJson(std::string_view) const override { return false; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendFixed(value, Sign::kUnsigned, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeFixed(in, 4, Sign::kUnsigned, value);
  }
};

class Time final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    if (value.size() == 8) {
      const int64_t nanos = LoadInt64(value);
      if (nanos >= 0 && nanos < kNanosPerDay) return absl::OkStatus();
    }
    return ExpectedError("8 bytes, nanoseconds from 0 to 86399999999999");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    int64_t nanos;
    if (!TakeTimeOfDay(&text, &nanos) || !text.empty()) {
      return ExpectedError("a time such as 21:42:53.000000001");
    }
    return StoreInt64(nanos);
  }
  std::string Format(std::string_view value) const override {
    std::string text;
    AppendTimeOfDay(LoadInt64(value), 9, &text);
    return text;
  }
  bool IsBareInJson(std::string_view) const override { return false; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendFixed(value, Sign::kSigned, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeFixed(in, 8, Sign::kSigned, value) && Check(*value).ok();
  }
};

class Timestamp final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return value.size() == 8 ? absl::OkStatus() : ExpectedError("8 bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    int64_t millis;
    if (!ParseMillis(text, &millis) && !ParseDayAndTime(text, &millis)) {
      return ExpectedError(
          "a time such as 2015-02-26T21:42:53.000Z, to the millisecond, or "
          "milliseconds since 1970");
    }
    return StoreInt64(millis);
  }
  std::string Format(std::string_view value) const override {
    const int64_t millis = LoadInt64(value);
    int64_t days = millis / kMillisPerDay;
    int64_t rest = millis % kMillisPerDay;
    if (rest < 0) {
      --days;
      rest += kMillisPerDay;
    }
    std::string text;
    AppendDay(days, &text);
    text.push_back('T');
    AppendTimeOfDay(rest * kNanosPerMilli, 3, &text);
    text.push_back('Z');
    return text;
  }
  bool IsBareInJson(std::string_view) const override { return false; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendFixed(value, Sign::kSigned, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeFixed(in, 8, Sign::kSigned, value);
  }

 private:
  static bool ParseMillis(std::string_view text, int64_t* millis) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, *millis);
    return error == std::errc() && stop == end;
  }

  // A day; then a time of day after 'T' or a space; then a zone, which may
  // follow a space. Digits below a millisecond must be 0: nothing is lost.
  static bool ParseDayAndTime(std::string_view text, int64_t* millis) {
    int64_t days, nanos = 0, zone_minutes = 0;
    if (!TakeDay(&text, &days)) return false;
    if ((TakeChar(&text, 'T') || TakeChar(&text, ' ')) &&
        !TakeTimeOfDay(&text, &nanos)) {
      return false;
    }
    const bool spaced = TakeChar(&text, ' ');
    if ((spaced || !text.empty()) && !TakeZone(&text, &zone_minutes)) {
      return false;
    }
    if (!text.empty() || nanos % kNanosPerMilli != 0) return false;
    const __int128 exact = static_cast<__int128>(days) * kMillisPerDay +
                           nanos / kNanosPerMilli -
                           zone_minutes * kMillisPerMinute;
    *millis = static_cast<int64_t>(exact);
    return *millis == exact;
  }
};

}  // namespace

const TypeCodec& DateCodec() {
  static constexpr Date codec;
  return codec;
}

const TypeCodec& TimeCodec() {
  static constexpr Time codec;
  return codec;
}

const TypeCodec& TimestampCodec() {
  static constexpr Timestamp codec;
  return codec;
}

}  // namespace rowan
