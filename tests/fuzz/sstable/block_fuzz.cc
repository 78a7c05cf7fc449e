// SPDX-License-Identifier: Apache-2.0
// A framed block: the kind that is asked for, then the block, its checksum put
// right.

#include "storage/base/check.h"
#include "storage/sstable/format/block.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/sstable/sstable_checksums.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

constexpr FileId kFile{9};
constexpr uint64_t kOffset = 4096;
// Of all blocks of the file, as its statistics would say.
constexpr uint64_t kRawBytes = 64 << 20;

void Run(std::string_view input) {
  FuzzInput in(input);
  const auto kind = static_cast<BlockKind>(1 + in.Below(4));
  const std::string_view block = in.Rest();
  BlockBuffer buffer;
  char* const bytes = buffer.Prepare(block.size());
  block.copy(bytes, block.size());
  FixBlock(kFile, kOffset, bytes, block.size());
  const absl::Status status = buffer.Decode(kFile, kOffset, kind, kRawBytes);
  ROWAN_CHECK(status.ok() || absl::IsDataLoss(status));
  if (!status.ok()) return;
  // What came out can be framed, and comes out again.
  const std::string raw(buffer.payload());
  if (raw.empty()) return;
  BlockEncoder encoder(kFile, Compression::kLz4);
  std::string again;
  encoder.Append(kind, raw, kOffset, buffer.raw_position(), &again);
  again.copy(buffer.Prepare(again.size()), again.size());
  ROWAN_CHECK(buffer.Decode(kFile, kOffset, kind, kRawBytes).ok());
  ROWAN_CHECK(buffer.payload() == raw);
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  std::string raw(200, 'a');
  raw.append("bcd").append(99, 'e');
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    BlockEncoder encoder(kFile, compression);
    std::string block(1, '\0');
    encoder.Append(BlockKind::kWideRows, raw, kOffset, 77, &block);
    seeds.push_back(block);
  }
  return seeds;
}

}  // namespace

const FuzzTarget kBlockFuzz{"block", Run, Seeds};

}  // namespace rowan
