// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/vint.h"

#include <bit>
#include <cstddef>

#include "storage/base/coding.h"

namespace rowan {
namespace {

// One to eight bytes hold 7 bits each; a ninth comes whole, without a mark.
size_t SizeOf(uint64_t number) {
  const auto bits = static_cast<size_t>(64 - std::countl_zero(number | 1));
  return bits > 56 ? 9 : (bits + 6) / 7;
}

}  // namespace

void AppendVint(int64_t number, std::string* out) {
  const uint64_t bits = ZigZag(number);
  const size_t size = SizeOf(bits);
  const size_t start = out->size();
  for (size_t left = size; left > 0; --left) {
    out->push_back(left > 8 ? '\0'
                            : static_cast<char>(bits >> (8 * (left - 1))));
  }
  const auto mark = static_cast<uint8_t>(0xff00 >> (size - 1));
  (*out)[start] = static_cast<char>((*out)[start] | mark);
}

bool TakeVint(std::string_view* in, int64_t* number) {
  if (in->empty()) return false;
  const auto first = static_cast<uint8_t>((*in)[0]);
  const size_t size = 1 + static_cast<size_t>(std::countl_one(first));
  if (in->size() < size) return false;
  uint64_t bits = size > 8 ? 0 : first & (0xff >> size);
  for (size_t i = 1; i < size; ++i) {
    bits = bits << 8 | static_cast<uint8_t>((*in)[i]);
  }
  in->remove_prefix(size);
  *number = UnZigZag(bits);
  return SizeOf(bits) == size;
}

}  // namespace rowan
