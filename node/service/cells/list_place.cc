// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/list_place.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

// The time of a UUID: 60 bits of 100 ns since 1582-10-15.
constexpr int64_t kTicksPerUs = 10;
constexpr int64_t kUuidZeroUs = -12'219'292'800'000'000;
constexpr int64_t kTimeMaxUs =
    ((int64_t{1} << 60) - 1) / kTicksPerUs + kUuidZeroUs;

constexpr int kHashBits = 40;
constexpr uint64_t kHashMask = (uint64_t{1} << kHashBits) - 1;
constexpr uint64_t kVariant = uint64_t{1} << 63;  // of RFC 4122: bits 10
// A timeuuid's last bytes compare as signed ones.
constexpr uint64_t kSigns = 0x0080808080808080;

uint64_t HashOf(const ListElement& element) {
  std::string text;
  PutBig(element.column.value, &text);
  text.push_back(static_cast<char>(element.end));
  text.append(element.bytes);
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace

absl::StatusOr<std::string> TimeuuidOf(const ListElement& element) {
  ROWAN_CHECK(element.index < kListElementsMax);
  // Times of elements in front are mirrored at 1970: the later, the further in
  // front. (Cassandra mirrors at 2010, and takes its clock for the time.)
  const bool front = element.end == ListEnd::kFront;
  const int64_t min_us = front ? -kTimeMaxUs : kUuidZeroUs;
  const int64_t max_us = front ? -kUuidZeroUs : kTimeMaxUs;
  if (element.timestamp_us < min_us || element.timestamp_us > max_us) {
    return BadRequest("BAD_TIMESTAMP",
                      absl::StrCat("a list's elements take timestamps in ",
                                   min_us, "..", max_us, " us"));
  }
  const int64_t time_us = front ? -element.timestamp_us : element.timestamp_us;
  const auto ticks =
      static_cast<uint64_t>((time_us - kUuidZeroUs) * kTicksPerUs);
  const uint64_t high =
      ticks << 32 | (ticks >> 16 & 0xffff0000) | uint64_t{0x1000} | ticks >> 48;
  const uint64_t low =
      uint64_t{element.index} << kHashBits | (HashOf(element) & kHashMask);
  std::string uuid;
  PutBig(high, &uuid);
  PutBig((kVariant | low) ^ kSigns, &uuid);
  return uuid;
}

}  // namespace rowan
