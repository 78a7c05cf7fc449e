// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_STORAGE_CHUNK_CHECKSUMS_H_
#define ROWAN_TESTS_FUZZ_STORAGE_CHUNK_CHECKSUMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

inline constexpr uint64_t kFuzzSegmentBytes = 16 << 10;

// A segment file of kFuzzSegmentBytes out of a short input: a byte of flags,
// then sized blocks for every 4 KiB, zeros between them. Bit i of the flags:
// the block is a chunk whose magic and checksums are put right; otherwise it is
// taken as it is.
std::string SegmentOf(std::string_view input);

// The other way: the input for these blocks, each from its start, with the
// chunks among them named by `flags`.
std::string InputOf(uint8_t flags, const std::vector<std::string>& blocks);

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_STORAGE_CHUNK_CHECKSUMS_H_
