// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/storage/chunk_checksums.h"

#include <algorithm>

#include "commitlog/format.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/fuzz/fuzz_input.h"

namespace rowan {
namespace {

constexpr size_t kBlocks = kFuzzSegmentBytes / kChunkAlignment;
// The fields of a chunk's header (commitlog/FORMAT.md).
constexpr size_t kVersionAt = 4, kLengthAt = 24, kBodyCrcAt = 72, kCrcAt = 76;

void FixChunk(size_t offset, std::string* segment) {
  char* const header = segment->data() + offset;
  StoreLittle(kChunkMagic, header);
  const auto version = LoadLittle<uint16_t>(header + kVersionAt);
  StoreLittle(static_cast<uint16_t>(
                  std::clamp(version, kLogFormatVersionMin, kLogFormatVersion)),
              header + kVersionAt);
  const size_t length = LoadLittle<uint32_t>(header + kLengthAt);
  if (length >= kChunkHeaderBytes && length <= segment->size() - offset) {
    StoreLittle(
        Crc32c({header + kChunkHeaderBytes, length - kChunkHeaderBytes}),
        header + kBodyCrcAt);
  }
  StoreLittle(Crc32c({header, kCrcAt}), header + kCrcAt);
}

}  // namespace

std::string SegmentOf(std::string_view input) {
  FuzzInput in(input);
  std::string segment(kFuzzSegmentBytes, '\0');
  const uint8_t flags = in.Byte();
  for (size_t i = 0; i < kBlocks; ++i) {
    const std::string_view block = in.TakeSized().substr(0, kChunkAlignment);
    segment.replace(i * kChunkAlignment, block.size(), block);
  }
  for (size_t i = 0; i < kBlocks; ++i) {
    if ((flags >> i & 1) != 0) FixChunk(i * kChunkAlignment, &segment);
  }
  return segment;
}

std::string InputOf(uint8_t flags, const std::vector<std::string>& blocks) {
  std::string input(1, static_cast<char>(flags));
  for (const std::string& block : blocks) {
    const size_t used = block.find_last_not_of('\0') + 1;
    input.push_back(static_cast<char>(used & 0xff));
    input.push_back(static_cast<char>(used >> 8));
    input += block.substr(0, used);
  }
  return input;
}

}  // namespace rowan
