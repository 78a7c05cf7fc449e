// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_printer.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "commitlog/segment_image.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr size_t kBytesPrintedMax = 64;

const char* KindName(ChunkKind kind) {
  switch (kind) {
    case ChunkKind::kRecords:
      return "records";
    case ChunkKind::kMark:
      return "mark";
    case ChunkKind::kStop:
      return "stop";
  }
  return "unknown";
}

std::string ChunkLine(uint64_t offset, const ChunkHeader& header) {
  return absl::StrCat(
      offset, " chunk segment=", header.segment.value,
      " position=", header.position.value, " length=", header.length,
      " records=", header.record_count, " kind=", KindName(header.kind),
      " watermark=", header.watermark.value, " link=", header.link.value,
      " head=", header.head.value, " wall_us=", header.wall_us,
      " scope=", absl::Hex(header.scope));
}

std::string RecordLine(uint64_t offset, LogPosition position,
                       std::string_view record) {
  const std::string_view shown = record.substr(0, kBytesPrintedMax);
  return absl::StrCat(offset, " record position=", position.value,
                      " size=", record.size(), " bytes=\"",
                      absl::CHexEscape({shown.data(), shown.size()}), "\"",
                      shown.size() < record.size() ? "..." : "");
}

class Printer {
 public:
  Printer(uint64_t segment_bytes, bool records,
          absl::FunctionRef<void(std::string_view)> print)
      : geometry_(segment_bytes),
        image_(segment_bytes),
        records_(records),
        print_(print) {}

  absl::Status Run(File& file, const std::string& path) {
    RETURN_IF_ERROR(image_.Load(file, path));
    const auto youngest = image_.FindYoungest();
    uint64_t offset = 0;
    while (offset < geometry_.segment_bytes()) {
      const auto header = image_.HeaderAt(offset);
      offset = header ? PrintChunk(*header, header->segment < youngest->segment)
                      : PrintGap(offset);
    }
    if (damaged_ == 0) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat(path, ": ", damaged_, " chunks are damaged, the first at ",
                     first_damaged_));
  }

 private:
  // These return where to go on.
  uint64_t PrintChunk(const ChunkHeader& header, bool stale) {
    const uint64_t offset = geometry_.OffsetOf(header.position);
    std::string line = ChunkLine(offset, header);
    if (stale) {
      print_(line + " stale");
      return offset + kChunkAlignment;  // its rest may be overwritten
    }
    const bool whole = image_.BodyOk(header) && RecordsOk(header);
    print_(whole ? line : line + " damaged");
    if (whole && records_) PrintRecords(header);
    if (!whole && damaged_++ == 0) first_damaged_ = offset;
    return offset + header.Span();
  }

  uint64_t PrintGap(uint64_t offset) {
    uint64_t end = offset + kChunkAlignment;
    while (end < geometry_.segment_bytes() && !image_.HeaderAt(end)) {
      end += kChunkAlignment;
    }
    print_(absl::StrCat(offset, " nothing until ", end));
    return end;
  }

  bool RecordsOk(const ChunkHeader& header) {
    return image_
        .ForEachRecord(
            header,
            [](LogPosition, std::string_view) { return absl::OkStatus(); })
        .ok();
  }

  void PrintRecords(const ChunkHeader& header) {
    (void)image_.ForEachRecord(
        header, [&](LogPosition position, std::string_view record) {
          print_(RecordLine(geometry_.OffsetOf(position), position, record));
          return absl::OkStatus();
        });
  }

  const Geometry geometry_;
  SegmentImage image_;
  const bool records_;
  absl::FunctionRef<void(std::string_view)> print_;
  uint64_t damaged_ = 0, first_damaged_ = 0;
};

}  // namespace

absl::Status PrintSegment(
    File& file, const std::string& path, bool records,
    absl::FunctionRef<void(std::string_view line)> print) {
  ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  if (size < kSegmentBytesMin || size > kSegmentBytesMax ||
      size % kChunkAlignment != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", size, " bytes: not a segment of a log"));
  }
  return Printer(size, records, print).Run(file, path);
}

}  // namespace rowan
