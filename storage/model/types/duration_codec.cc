// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>

#include "storage/base/check.h"
#include "storage/model/types/type_codec.h"
#include "storage/model/types/vint.h"

// duration: months, days and nanoseconds that are all >= 0 or all <= 0.

namespace rowan {
namespace {

enum Part { kMonths, kDays, kNanos };

struct Unit {
  std::string_view name;
  Part part;
  int64_t size;
  bool written;  // by Format; weeks and the second name of us are only read
};

// From the largest on: the order in which a text must have them.
constexpr Unit kUnits[] = {
    {"y", kMonths, 12, true},
    {"mo", kMonths, 1, true},
    {"w", kDays, 7, false},
    {"d", kDays, 1, true},
    {"h", kNanos, 3'600'000'000'000, true},
    {"m", kNanos, 60'000'000'000, true},
    {"s", kNanos, 1'000'000'000, true},
    {"ms", kNanos, 1'000'000, true},
    {"us", kNanos, 1'000, true},
    {"µs", kNanos, 1'000, false},
    {"ns", kNanos, 1, true},
};

struct Amounts {
  __int128 of[3] = {0, 0, 0};  // months, days, nanoseconds
};

bool InRange(const Amounts& amounts) {
  using Small = std::numeric_limits<int32_t>;
  using Large = std::numeric_limits<int64_t>;
  bool above = false, below = false;
  for (const __int128 amount : amounts.of) {
    above |= amount > 0;
    below |= amount < 0;
  }
  const auto small = [](__int128 n) {
    return n >= Small::min() && n <= Small::max();
  };
  return !(above && below) && small(amounts.of[kMonths]) &&
         small(amounts.of[kDays]) && amounts.of[kNanos] >= Large::min() &&
         amounts.of[kNanos] <= Large::max();
}

bool Load(std::string_view value, Amounts* amounts) {
  for (__int128& amount : amounts->of) {
    int64_t number;
    if (!TakeVint(&value, &number)) return false;
    amount = number;
  }
  return value.empty() && InRange(*amounts);
}

std::string_view TakeUnitName(std::string_view* text) {
  const size_t end = text->find_first_of("0123456789");
  const std::string_view name = text->substr(0, end);
  text->remove_prefix(name.size());
  return name;
}

bool ParseAmounts(std::string_view text, Amounts* amounts) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  size_t next_unit = 0;
  do {
    uint64_t count;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(stop - text.data()));
    const std::string_view name = TakeUnitName(&text);
    while (next_unit < std::size(kUnits) && kUnits[next_unit].name != name) {
      ++next_unit;
    }
    if (next_unit == std::size(kUnits)) return false;
    const Unit& unit = kUnits[next_unit++];
    // Below 2^64 * 2^42: far from the end of 128 bits.
    const __int128 amount = static_cast<__int128>(count) * unit.size;
    amounts->of[unit.part] += negative ? -amount : amount;
  } while (!text.empty());
  return InRange(*amounts);
}

class Duration final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    Amounts amounts;
    return Load(value, &amounts)
               ? absl::OkStatus()
               : ExpectedError(
                     "three vints of one sign: months, days, nanoseconds");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    Amounts amounts;
    if (!ParseAmounts(text, &amounts)) {
      return ExpectedError(
          "a duration such as 1y2mo3d4h5m6s7ms8us9ns, largest unit first");
    }
    std::string value;
    for (const __int128 amount : amounts.of) {
      AppendVint(static_cast<int64_t>(amount), &value);
    }
    return value;
  }
  std::string Format(std::string_view value) const override {
    Amounts amounts;
    ROWAN_CHECK(Load(value, &amounts));
    std::string text;
    bool negative = false;
    for (__int128& amount : amounts.of) {
      negative |= amount < 0;
      if (amount < 0) amount = -amount;
    }
    for (const Unit& unit : kUnits) {
      __int128& amount = amounts.of[unit.part];
      if (!unit.written || amount < unit.size) continue;
      text += std::to_string(static_cast<uint64_t>(amount / unit.size));
      text += unit.name;
      amount %= unit.size;
    }
    if (text.empty()) return "0ns";
    return negative ? "-" + text : text;
  }
  bool IsBareInJson(std::string_view) const override { return false; }
  // A schema with a duration in its key is refused, so none gets here.
  void AppendKey(std::string_view, std::string*) const override {
    CheckFailed(__FILE__, __LINE__, "duration has no order");
  }
  bool ReadKey(std::string_view*, std::string*) const override { return false; }
};

}  // namespace

const TypeCodec& DurationCodec() {
  static constexpr Duration codec;
  return codec;
}

}  // namespace rowan
