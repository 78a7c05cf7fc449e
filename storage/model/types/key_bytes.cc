// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/key_bytes.h"

#include <cstdint>

#include "storage/base/coding.h"

namespace rowan {
namespace {

constexpr char kZero = '\0';
constexpr char kEscapedZero = '\xff';

// Lengths up to this are one byte together with the sign: 0x80 + length for
// positive numbers, its inverse for negative ones. Longer ones are kLong and
// 32 bits of length, all inverted for negative numbers.
constexpr size_t kShortMax = 0x77;
constexpr uint8_t kPositive = 0x80;
constexpr uint8_t kLong = 0xf8;

bool IsNegative(std::string_view integer) {
  return static_cast<signed char>(integer[0]) < 0;
}

bool Take(std::string_view* in, size_t size, std::string* bytes) {
  if (in->size() < size) return false;
  bytes->assign(in->data(), size);
  in->remove_prefix(size);
  return true;
}

// The length of an integer from the front of *in, and its sign.
bool TakeIntegerHead(std::string_view* in, bool* negative, size_t* size) {
  uint8_t head;
  if (!GetLittle(in, &head)) return false;
  *negative = head < kPositive;
  if (*negative) head = static_cast<uint8_t>(~head);
  if (head < kLong) {
    *size = head - kPositive;
    return true;
  }
  uint32_t length;
  if (head != kLong || !GetBig(in, &length)) return false;
  *size = *negative ? ~length : length;
  return *size > kShortMax;
}

}  // namespace

void AppendEscaped(std::string_view bytes, std::string* out) {
  for (;;) {
    const size_t zero = bytes.find(kZero);
    out->append(bytes.substr(0, zero));
    out->push_back(kZero);
    if (zero == std::string_view::npos) break;
    out->push_back(kEscapedZero);
    bytes.remove_prefix(zero + 1);
  }
  out->push_back(kZero);
}

bool TakeEscaped(std::string_view* in, std::string* bytes) {
  bytes->clear();
  for (;;) {
    const size_t zero = in->find(kZero);
    if (zero == std::string_view::npos || zero + 1 == in->size()) return false;
    const char next = (*in)[zero + 1];
    bytes->append(in->substr(0, zero));
    in->remove_prefix(zero + 2);
    if (next == kZero) return true;
    if (next != kEscapedZero) return false;
    bytes->push_back(kZero);
  }
}

void AppendFixed(std::string_view big_endian, Sign sign, std::string* out) {
  const size_t start = out->size();
  out->append(big_endian);
  if (sign == Sign::kSigned) (*out)[start] ^= '\x80';
}

bool TakeFixed(std::string_view* in, size_t size, Sign sign,
               std::string* big_endian) {
  if (!Take(in, size, big_endian)) return false;
  if (sign == Sign::kSigned) (*big_endian)[0] ^= '\x80';
  return true;
}

bool IsShortest(std::string_view integer) {
  if (integer.size() < 2) return integer.size() == 1;
  const bool second_negative = IsNegative(integer.substr(1));
  return integer[0] != (second_negative ? '\xff' : '\0');
}

void AppendInteger(std::string_view integer, std::string* out) {
  const size_t start = out->size();
  if (integer.size() <= kShortMax) {
    out->push_back(static_cast<char>(kPositive + integer.size()));
  } else {
    out->push_back(static_cast<char>(kLong));
    PutBig(static_cast<uint32_t>(integer.size()), out);
  }
  if (IsNegative(integer)) InvertFrom(start, out);
  out->append(integer);
}

bool TakeInteger(std::string_view* in, std::string* integer) {
  bool negative;
  size_t size;
  return TakeIntegerHead(in, &negative, &size) && Take(in, size, integer) &&
         IsShortest(*integer) && IsNegative(*integer) == negative;
}

void InvertFrom(size_t start, std::string* bytes) {
  for (size_t i = start; i < bytes->size(); ++i) {
    (*bytes)[i] = static_cast<char>(~(*bytes)[i]);
  }
}

}  // namespace rowan
