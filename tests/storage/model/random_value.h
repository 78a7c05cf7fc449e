// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_RANDOM_VALUE_H_
#define ROWAN_TESTS_STORAGE_MODEL_RANDOM_VALUE_H_

#include <string>

#include "storage/model/schema.h"
#include "tests/lib/sim_random.h"

namespace rowan {

inline std::string RandomBytes(SimRandom& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.Next());
  return bytes;
}

// Few different bytes with the dangerous ones among them, so that values share
// prefixes and tie.
inline std::string EdgyBytes(SimRandom& random, size_t size) {
  static constexpr char kEdges[] = {'\0', '\1', '\x7f', '\x80', '\xfe', '\xff'};
  std::string bytes(size, '\0');
  for (char& c : bytes) c = kEdges[random.Below(sizeof(kEdges))];
  return bytes;
}

inline std::string RandomFixed(SimRandom& random, size_t size) {
  return random.Below(2) == 0 ? EdgyBytes(random, size)
                              : RandomBytes(random, size);
}

// Shortest two's complement of 1 to `size_max` bytes.
inline std::string RandomVarint(SimRandom& random, size_t size_max) {
  std::string bytes = RandomFixed(random, 1 + random.Below(size_max));
  while (bytes.size() > 1 && ((bytes[0] == '\0' && (bytes[1] & 0x80) == 0) ||
                              (bytes[0] == '\xff' && (bytes[1] & 0x80) != 0))) {
    bytes.erase(0, 1);
  }
  return bytes;
}

inline std::string RandomText(SimRandom& random) {
  static const std::string pieces[] = {
      "a", "b", std::string(1, '\0'), "\x7f", "ä", "€", "😀", "\"", "\\", "\n"};
  std::string text;
  for (uint64_t i = random.Below(5); i > 0; --i)
    text += pieces[random.Below(10)];
  return text;
}

inline std::string BigEndian(uint64_t number, size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = size; i > 0; --i, number >>= 8) {
    bytes[i - 1] = static_cast<char>(number);
  }
  return bytes;
}

inline std::string RandomDecimal(SimRandom& random) {
  const auto scale = static_cast<uint32_t>(random.Below(12)) - 6;
  if (random.Below(2) == 0) {
    // Trailing zeros, so that equal numbers come in several forms.
    int64_t unscaled = static_cast<int64_t>(random.Below(41)) - 20;
    for (uint64_t i = random.Below(5); i > 0; --i) unscaled *= 10;
    std::string bytes = BigEndian(static_cast<uint64_t>(unscaled), 8);
    while (bytes.size() > 1 &&
           ((bytes[0] == '\0' && (bytes[1] & 0x80) == 0) ||
            (bytes[0] == '\xff' && (bytes[1] & 0x80) != 0))) {
      bytes.erase(0, 1);
    }
    return BigEndian(scale, 4) + bytes;
  }
  return BigEndian(scale, 4) + RandomVarint(random, 20);
}

// Few versions and times, so that the later bytes decide often.
inline std::string RandomUuid(SimRandom& random, bool time) {
  std::string bytes = EdgyBytes(random, 16);
  if (random.Below(2) == 0) bytes.replace(8, 8, RandomBytes(random, 8));
  const uint64_t version = time ? 1 : random.Below(5);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | (version << 4));
  return bytes;
}

// A value of a scalar type in Cassandra's serialisation; not for durations.
inline std::string RandomValue(SimRandom& random, TypeKind kind) {
  switch (kind) {
    case TypeKind::kAscii: {
      std::string bytes = EdgyBytes(random, random.Below(5));
      for (char& c : bytes) c &= '\x7f';
      return bytes;
    }
    case TypeKind::kText:
      return RandomText(random);
    case TypeKind::kBlob:
      return EdgyBytes(random, random.Below(6));
    case TypeKind::kBoolean:
      return std::string(1, static_cast<char>(random.Below(2)));
    case TypeKind::kTinyint:
      return RandomFixed(random, 1);
    case TypeKind::kSmallint:
      return RandomFixed(random, 2);
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kDate:
      return RandomFixed(random, 4);
    case TypeKind::kBigint:
    case TypeKind::kCounter:
    case TypeKind::kDouble:
    case TypeKind::kTimestamp:
      return RandomFixed(random, 8);
    case TypeKind::kVarint:
      return RandomVarint(random, random.Below(20) == 0 ? 300 : 10);
    case TypeKind::kDecimal:
      return RandomDecimal(random);
    case TypeKind::kTime:
      return BigEndian(random.Below(3) == 0 ? random.Below(3)
                                            : random.Below(86'400'000'000'000),
                       8);
    case TypeKind::kUuid:
      return RandomUuid(random, false);
    case TypeKind::kTimeuuid:
      return RandomUuid(random, true);
    case TypeKind::kInet:
      return EdgyBytes(random, random.Below(2) == 0 ? 4 : 16);
    case TypeKind::kDuration:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  return {};
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_RANDOM_VALUE_H_
