// SPDX-License-Identifier: Apache-2.0
#include "node/config/config_units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace rowan {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

// Ascending.
constexpr std::array<Unit, 5> kSizes = {{{"B", 1},
                                         {"KiB", int64_t{1} << 10},
                                         {"MiB", int64_t{1} << 20},
                                         {"GiB", int64_t{1} << 30},
                                         {"TiB", int64_t{1} << 40}}};
constexpr std::array<Unit, 5> kTimes = {{{"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"min", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};

std::optional<int64_t> Parse(std::string_view text,
                             std::span<const Unit> units) {
  const size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<int64_t> number = ParseCount(text.substr(0, digits));
  if (!number.has_value()) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != text.substr(digits)) continue;
    int64_t value;
    if (__builtin_mul_overflow(*number, unit.factor, &value)) {
      return std::nullopt;
    }
    return value;
  }
  return std::nullopt;
}

std::string Format(int64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<int64_t> ParseSize(std::string_view text) {
  return Parse(text, kSizes);
}
std::string FormatSize(int64_t bytes) { return Format(bytes, kSizes); }

std::optional<int64_t> ParseTime(std::string_view text) {
  return Parse(text, kTimes);
}
std::string FormatTime(int64_t nanoseconds) {
  return Format(nanoseconds, kTimes);
}

std::optional<int64_t> ParseCount(std::string_view text) {
  int64_t value;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

}  // namespace rowan
