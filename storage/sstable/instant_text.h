// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_INSTANT_TEXT_H_
#define ROWAN_STORAGE_SSTABLE_INSTANT_TEXT_H_

#include <cstdint>
#include <string>

namespace rowan {

// ISO 8601 in UTC as Java's Instant.toString writes it, which sstabledump
// prints: 2015-02-26T21:42:53Z, with 3 or 6 digits of fraction when needed;
// years beyond 9999 with a plus sign. Total over all values.
std::string InstantOfMicros(int64_t micros);
std::string InstantOfSeconds(int64_t seconds);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_INSTANT_TEXT_H_
