// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_CONFIG_CONFIG_UNITS_H_
#define ROWAN_NODE_CONFIG_CONFIG_UNITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowan {

// Sizes and times as people write them: a whole number and a unit, no blanks.
// Parsing answers nullopt for anything else, or above INT64_MAX.

// B, KiB, MiB, GiB, TiB.
std::optional<int64_t> ParseSize(std::string_view text);
// In the largest unit that divides it.
std::string FormatSize(int64_t bytes);

// us, ms, s, min, h; in nanoseconds.
std::optional<int64_t> ParseTime(std::string_view text);
std::string FormatTime(int64_t nanoseconds);

// A whole number.
std::optional<int64_t> ParseCount(std::string_view text);

}  // namespace rowan

#endif  // ROWAN_NODE_CONFIG_CONFIG_UNITS_H_
