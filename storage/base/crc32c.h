// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_CRC32C_H_
#define ROWAN_STORAGE_BASE_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace rowan {

// CRC-32C (Castagnoli), the checksum of every format of Rowan. `seed` continues
// the checksum of earlier bytes: Crc32c(b, Crc32c(a)) == Crc32c(a + b). About
// 10 GB/s. Crc32c("123456789") == 0xe3069283.
uint32_t Crc32c(std::string_view bytes, uint32_t seed = 0);

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_CRC32C_H_
