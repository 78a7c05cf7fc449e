// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/model/value_order.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace rowan {
namespace {

using BigInt = boost::multiprecision::cpp_int;

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

uint64_t Unsigned(std::string_view bytes) {
  uint64_t number = 0;
  for (char c : bytes) number = number * 256 + static_cast<unsigned char>(c);
  return number;
}

int64_t Signed(std::string_view bytes) {
  const auto bits = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<int64_t>(Unsigned(bytes) << bits) >> bits;
}

BigInt Big(std::string_view bytes) {
  BigInt number = 0;
  for (char c : bytes) number = number * 256 + static_cast<unsigned char>(c);
  if ((bytes[0] & 0x80) != 0) number -= BigInt(1) << (8 * bytes.size());
  return number;
}

int OrderDecimals(std::string_view a, std::string_view b) {
  const auto scale_a = static_cast<int32_t>(Unsigned(a.substr(0, 4)));
  const auto scale_b = static_cast<int32_t>(Unsigned(b.substr(0, 4)));
  BigInt left = Big(a.substr(4)), right = Big(b.substr(4));
  for (int32_t s = scale_a; s < scale_b; ++s) left *= 10;
  for (int32_t s = scale_b; s < scale_a; ++s) right *= 10;
  return Order(left, right);
}

template <typename Float>
int OrderFloats(std::string_view a, std::string_view b) {
  std::string reversed_a(a.rbegin(), a.rend());
  std::string reversed_b(b.rbegin(), b.rend());
  Float x, y;
  std::memcpy(&x, reversed_a.data(), sizeof(x));
  std::memcpy(&y, reversed_b.data(), sizeof(y));
  if (std::isnan(x) || std::isnan(y)) {
    return Order(std::isnan(x), std::isnan(y));
  }
  if (x == y) return Order(std::signbit(y), std::signbit(x));
  return Order(x, y);
}

int VersionOf(std::string_view uuid) {
  return static_cast<unsigned char>(uuid[6]) / 16;
}

// Hundreds of nanoseconds since 1582, with the version above it.
uint64_t TimeOf(std::string_view uuid) {
  return Unsigned(uuid.substr(6, 2)) * 0x1000000000000 +
         Unsigned(uuid.substr(4, 2)) * 0x100000000 +
         Unsigned(uuid.substr(0, 4));
}

int OrderUuids(std::string_view a, std::string_view b) {
  if (VersionOf(a) != VersionOf(b)) return VersionOf(a) - VersionOf(b);
  if (VersionOf(a) == 1 && TimeOf(a) != TimeOf(b)) {
    return Order(TimeOf(a), TimeOf(b));
  }
  return a.compare(b);
}

int OrderTimeUuids(std::string_view a, std::string_view b) {
  if (TimeOf(a) != TimeOf(b)) return Order(TimeOf(a), TimeOf(b));
  for (size_t i = 8; i < 16; ++i) {
    const auto x = static_cast<signed char>(a[i]);
    const auto y = static_cast<signed char>(b[i]);
    if (x != y) return Order(x, y);
  }
  return 0;
}

}  // namespace

int CompareValues(TypeKind kind, std::string_view a, std::string_view b) {
  switch (kind) {
    case TypeKind::kAscii:
    case TypeKind::kText:
    case TypeKind::kBlob:
    case TypeKind::kInet:
      return a.compare(b);
    case TypeKind::kBoolean:
    case TypeKind::kDate:
      return Order(Unsigned(a), Unsigned(b));
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
    case TypeKind::kCounter:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
      return Order(Signed(a), Signed(b));
    case TypeKind::kVarint:
      return Order(Big(a), Big(b));
    case TypeKind::kDecimal:
      return OrderDecimals(a, b);
    case TypeKind::kFloat:
      return OrderFloats<float>(a, b);
    case TypeKind::kDouble:
      return OrderFloats<double>(a, b);
    case TypeKind::kUuid:
      return OrderUuids(a, b);
    case TypeKind::kTimeuuid:
      return OrderTimeUuids(a, b);
    case TypeKind::kDuration:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  return 0;
}

}  // namespace rowan
