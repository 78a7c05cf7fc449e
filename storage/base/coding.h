// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_CODING_H_
#define ROWAN_STORAGE_BASE_CODING_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// Integers as bytes. Little-endian for Rowan's own formats, big-endian ("Be")
// where memcmp order or Cassandra's serialisation asks for it. A varint is 7
// bits a byte, low bits first, high bit set on all but the last; at most
// kVarint64BytesMax bytes. Readers take from the front of a view and answer
// false, leaving it unspecified, when the bytes run out or are malformed.

namespace rowan {

static_assert(std::endian::native == std::endian::little,
              "the fixed-width coders assume a little-endian machine");

inline constexpr size_t kVarint64BytesMax = 10;

template <typename Int>
inline Int LoadLittle(const char* from) {
  Int value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

template <typename Int>
inline char* StoreLittle(Int value, char* to) {
  std::memcpy(to, &value, sizeof(value));
  return to + sizeof(value);
}

inline uint16_t SwapBytes(uint16_t v) { return __builtin_bswap16(v); }
inline uint32_t SwapBytes(uint32_t v) { return __builtin_bswap32(v); }
inline uint64_t SwapBytes(uint64_t v) { return __builtin_bswap64(v); }

template <typename Int>
inline Int LoadBig(const char* from) {
  return SwapBytes(LoadLittle<Int>(from));
}

template <typename Int>
inline char* StoreBig(Int value, char* to) {
  return StoreLittle(SwapBytes(value), to);
}

template <typename Int>
inline void PutLittle(Int value, std::string* out) {
  char bytes[sizeof(Int)];
  StoreLittle(value, bytes);
  out->append(bytes, sizeof(bytes));
}

template <typename Int>
inline void PutBig(Int value, std::string* out) {
  char bytes[sizeof(Int)];
  StoreBig(value, bytes);
  out->append(bytes, sizeof(bytes));
}

template <typename Int>
[[nodiscard]] inline bool GetLittle(std::string_view* in, Int* value) {
  if (in->size() < sizeof(Int)) return false;
  *value = LoadLittle<Int>(in->data());
  in->remove_prefix(sizeof(Int));
  return true;
}

template <typename Int>
[[nodiscard]] inline bool GetBig(std::string_view* in, Int* value) {
  if (in->size() < sizeof(Int)) return false;
  *value = LoadBig<Int>(in->data());
  in->remove_prefix(sizeof(Int));
  return true;
}

inline size_t VarintSize(uint64_t value) {
  return 1 + (63 - static_cast<size_t>(std::countl_zero(value | 1))) / 7;
}

inline char* StoreVarint(uint64_t value, char* to) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

inline void PutVarint(uint64_t value, std::string* out) {
  char bytes[kVarint64BytesMax];
  out->append(bytes, static_cast<size_t>(StoreVarint(value, bytes) - bytes));
}

[[nodiscard]] inline bool GetVarint(std::string_view* in, uint64_t* value) {
  uint64_t result = 0;
  for (size_t i = 0; i < in->size() && i < kVarint64BytesMax; ++i) {
    const uint64_t byte = static_cast<unsigned char>((*in)[i]);
    if (i == kVarint64BytesMax - 1 && byte > 1) return false;
    result |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      in->remove_prefix(i + 1);
      *value = result;
      return true;
    }
  }
  return false;
}

// As GetVarint, refusing values that don't fit.
[[nodiscard]] inline bool GetVarint32(std::string_view* in, uint32_t* value) {
  uint64_t wide;
  if (!GetVarint(in, &wide) || wide > UINT32_MAX) return false;
  *value = static_cast<uint32_t>(wide);
  return true;
}

// Signed values with small absolute value become small unsigned ones.
inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^
         static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// A varint length and the bytes.
inline void PutBytes(std::string_view bytes, std::string* out) {
  PutVarint(bytes.size(), out);
  out->append(bytes);
}
inline char* StoreBytes(std::string_view bytes, char* to) {
  to = StoreVarint(bytes.size(), to);
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}
inline size_t BytesSize(std::string_view bytes) {
  return VarintSize(bytes.size()) + bytes.size();
}
[[nodiscard]] inline bool GetBytes(std::string_view* in,
                                   std::string_view* bytes) {
  uint64_t size;
  if (!GetVarint(in, &size) || size > in->size()) return false;
  *bytes = in->substr(0, size);
  in->remove_prefix(size);
  return true;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_CODING_H_
