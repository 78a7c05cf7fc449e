// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/bench_store.h"

#include <bit>

#include "storage/base/coding.h"

namespace rowan {
namespace {

uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

std::string BenchTableKey(uint64_t wide_row) {
  std::string key;
  PutBig(Mix(wide_row + 1), &key);
  PutBig(wide_row, &key);
  return key;
}

void BenchValue(uint64_t row, std::string* value) {
  value->assign(kBenchValueBytes, 'v');
  for (size_t i = 0; i < kBenchValueBytes / 2; i += sizeof(uint64_t)) {
    StoreLittle(Mix(row * 31 + i), value->data() + i);
  }
}

uint64_t Shuffled(uint64_t i, uint64_t size) {
  const int half = (std::bit_width(size - 1) + 1) / 2;
  const uint64_t mask = (uint64_t{1} << half) - 1;
  do {
    uint64_t left = i >> half, right = i & mask;
    for (uint64_t round = 0; round < 4; ++round) {
      const uint64_t next = left ^ (Mix(right + (round << 56)) & mask);
      left = right;
      right = next;
    }
    i = (left << half) | right;
  } while (i >= size);
  return i;
}

}  // namespace rowan
