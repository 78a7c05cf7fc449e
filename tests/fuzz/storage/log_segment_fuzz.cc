// SPDX-License-Identifier: Apache-2.0
// One segment file of the commit log: what reading a log asks of it, and the
// printer. The input is SegmentOf's.

#include "commitlog/log_printer.h"
#include "commitlog/segment_image.h"
#include "storage/base/check.h"
#include "tests/fuzz/storage/chunk_checksums.h"
#include "tests/fuzz/storage/sample_log.h"
#include "tests/fuzz/targets.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

void Ask(const SegmentImage& image, const ChunkHeader& header) {
  ROWAN_CHECK(header.length >= kChunkHeaderBytes);
  image.FindHeader(header.segment, 0);
  if (!image.BodyOk(header)) return;
  uint64_t records = 0;
  const absl::Status status = image.ForEachRecord(
      header, [&](LogPosition position, std::string_view record) {
        ROWAN_CHECK(position > header.position);
        ROWAN_CHECK(position.value + record.size() <=
                    header.position.value + header.length);
        ++records;
        return absl::OkStatus();
      });
  ROWAN_CHECK(!status.ok() || records == header.record_count);
}

void Run(std::string_view input) {
  MemFileSystem fs;
  fs.WriteFile("d/s", SegmentOf(input));
  const auto file = fs.Open("d/s", OpenOptions{}).value();
  SegmentImage image(kFuzzSegmentBytes);
  ROWAN_CHECK(image.Load(*file, "d/s").ok());
  for (uint64_t at = 0; at < kFuzzSegmentBytes; at += kChunkAlignment) {
    const auto header = image.HeaderAt(at);
    if (header.has_value()) Ask(image, *header);
  }
  const auto youngest = image.FindYoungest();
  ROWAN_CHECK(!youngest.has_value() ||
              image.FindHeader(youngest->segment, 0).has_value());
  WalkSegment(*file, "d/s", /*records=*/true, [](const SegmentItem& item) {
    SegmentItemText(item);
  }).IgnoreError();
}

}  // namespace

const FuzzTarget kLogSegmentFuzz{"log_segment", Run, SampleLog};

}  // namespace rowan
