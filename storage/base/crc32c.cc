// SPDX-License-Identifier: Apache-2.0
#include "storage/base/crc32c.h"

#include <isa-l/crc.h>

namespace rowan {

uint32_t Crc32c(std::string_view bytes, uint32_t seed) {
  // isa-l works on the raw register: complement on the way in and out. Its
  // parameter is a non-const pointer, but it only reads.
  auto* data =
      reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~seed);
}

}  // namespace rowan
