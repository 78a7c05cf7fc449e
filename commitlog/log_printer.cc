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

std::string ChunkText(const SegmentItem& item) {
  const ChunkHeader& header = item.header;
  return absl::StrCat(
      item.offset, " chunk segment=", header.segment.value,
      " position=", header.position.value, " length=", header.length,
      " records=", header.record_count, " kind=", ChunkKindName(header.kind),
      " watermark=", header.watermark.value, " link=", header.link.value,
      " head=", header.head.value, " wall_us=", header.wall_us,
      " scope=", absl::Hex(header.scope), item.stale ? " stale" : "");
}

std::string RecordText(const SegmentItem& item) {
  const std::string_view shown = item.record.substr(0, kBytesPrintedMax);
  return absl::StrCat(item.offset, " record position=", item.position.value,
                      " size=", item.record.size(), " bytes=\"",
                      absl::CHexEscape({shown.data(), shown.size()}), "\"",
                      shown.size() < item.record.size() ? "..." : "");
}

class Walker {
 public:
  Walker(uint64_t segment_bytes, bool records,
         absl::FunctionRef<void(const SegmentItem&)> see)
      : geometry_(segment_bytes),
        image_(segment_bytes),
        records_(records),
        see_(see) {}

  absl::Status Run(File& file, const std::string& path) {
    RETURN_IF_ERROR(image_.Load(file, path));
    youngest_ = image_.FindYoungest();
    uint64_t offset = 0;
    while (offset < geometry_.segment_bytes()) {
      const auto header = image_.HeaderAt(offset);
      offset = header ? SeeChunk(offset, *header) : SeeNothing(offset);
    }
    if (damaged_ == 0) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat(path, ": ", damaged_, " chunks are damaged, the first at ",
                     first_damaged_));
  }

 private:
  // These return where to go on.
  uint64_t SeeChunk(uint64_t offset, const ChunkHeader& header) {
    SegmentItem item;
    item.kind = SegmentItem::Kind::kChunk;
    item.offset = offset;
    item.header = header;
    item.stale = header.segment < youngest_->segment;
    // The rest of a stale one may be overwritten.
    item.damaged = !item.stale && !(image_.BodyOk(header) && RecordsOk(header));
    See(item);
    if (item.stale) return offset + kChunkAlignment;
    if (!item.damaged && records_) SeeRecords(header);
    return offset + header.Span();
  }

  uint64_t SeeNothing(uint64_t offset) {
    SegmentItem item;
    item.offset = offset;
    item.end = offset + kChunkAlignment;
    while (item.end < geometry_.segment_bytes() && !image_.HeaderAt(item.end)) {
      item.end += kChunkAlignment;
    }
    item.damaged = youngest_ && image_.FindHeader(youngest_->segment, item.end);
    See(item);
    return item.end;
  }

  void See(const SegmentItem& item) {
    see_(item);
    if (item.damaged && damaged_++ == 0) first_damaged_ = item.offset;
  }

  bool RecordsOk(const ChunkHeader& header) {
    return image_
        .ForEachRecord(
            header,
            [](LogPosition, std::string_view) { return absl::OkStatus(); })
        .ok();
  }

  void SeeRecords(const ChunkHeader& header) {
    (void)image_.ForEachRecord(
        header, [&](LogPosition position, std::string_view record) {
          SegmentItem item;
          item.kind = SegmentItem::Kind::kRecord;
          item.offset = geometry_.OffsetOf(position);
          item.position = position;
          item.record = record;
          see_(item);
          return absl::OkStatus();
        });
  }

  const Geometry geometry_;
  SegmentImage image_;
  const bool records_;
  absl::FunctionRef<void(const SegmentItem&)> see_;
  std::optional<ChunkHeader> youngest_;
  uint64_t damaged_ = 0, first_damaged_ = 0;
};

}  // namespace

const char* ChunkKindName(ChunkKind kind) {
  switch (kind) {
    case ChunkKind::kRecords:
      return "records";
    case ChunkKind::kMark:
      return "mark";
    case ChunkKind::kStop:
      return "stop";
    case ChunkKind::kCopyEnd:
      return "copy_end";
  }
  return "unknown";
}

std::string SegmentItemText(const SegmentItem& item) {
  std::string text;
  switch (item.kind) {
    case SegmentItem::Kind::kChunk:
      text = ChunkText(item);
      break;
    case SegmentItem::Kind::kRecord:
      text = RecordText(item);
      break;
    case SegmentItem::Kind::kNothing:
      text = absl::StrCat(item.offset, " nothing until ", item.end);
  }
  return item.damaged ? text + " damaged" : text;
}

absl::Status WalkSegment(File& file, const std::string& path, bool records,
                         absl::FunctionRef<void(const SegmentItem&)> see) {
  ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  if (size < kSegmentBytesMin || size > kSegmentBytesMax ||
      size % kChunkAlignment != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", size, " bytes: not a segment of a log"));
  }
  return Walker(size, records, see).Run(file, path);
}

}  // namespace rowan
