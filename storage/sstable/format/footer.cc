// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/footer.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

absl::Status Damaged(uint64_t offset, const std::string& what) {
  return absl::DataLossError(
      absl::StrFormat("footer at offset %d: %s", offset, what));
}

bool IsKnown(SectionKind kind) {
  return kind >= SectionKind::kBlockIndex && kind <= SectionKind::kLosses;
}

bool IsOptional(SectionKind kind) {
  return (static_cast<uint32_t>(kind) & kOptionalSection) != 0;
}

// Takes one entry of the table.
absl::StatusOr<Section> ParseSection(std::string_view* in,
                                     uint64_t footer_start) {
  Section section;
  uint32_t kind;
  if (!GetLittle(in, &kind) || !GetLittle(in, &section.checksum) ||
      !GetLittle(in, &section.offset) || !GetLittle(in, &section.length) ||
      section.offset > footer_start ||
      section.length > footer_start - section.offset) {
    return Damaged(footer_start, "malformed section table");
  }
  section.kind = static_cast<SectionKind>(kind);
  if (!IsKnown(section.kind) && !IsOptional(section.kind)) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "needs a later Rowan: section of kind %d is unknown here", kind));
  }
  return section;
}

}  // namespace

const Section* Footer::Find(SectionKind kind) const {
  for (const Section& section : sections) {
    if (section.kind == kind) return &section;
  }
  return nullptr;
}

uint32_t SectionChecksum(std::string_view bytes, FileId file, SectionKind kind,
                         uint64_t offset) {
  char place[20];
  char* const end = StoreLittle(file.value, place);
  StoreLittle(offset, StoreLittle(static_cast<uint32_t>(kind), end));
  return Crc32c({place, sizeof(place)}, Crc32c(bytes));
}

void AppendFooter(const Footer& footer, std::string* out) {
  ROWAN_CHECK(footer.sections.size() <= kSectionsMax);
  const size_t start = out->size();
  for (const Section& section : footer.sections) {
    PutLittle(static_cast<uint32_t>(section.kind), out);
    PutLittle(section.checksum, out);
    PutLittle(section.offset, out);
    PutLittle(section.length, out);
  }
  PutLittle(footer.file.value, out);
  PutLittle(static_cast<uint32_t>(footer.sections.size()), out);
  PutLittle(kSSTableVersion, out);
  PutLittle(Crc32c(std::string_view(*out).substr(start)), out);
  PutLittle(kSSTableMagic, out);
}

absl::StatusOr<Footer> ParseFooter(std::string_view tail, uint64_t file_bytes) {
  if (tail.size() < kFooterTailBytes ||
      LoadLittle<uint64_t>(tail.data() + tail.size() - 8) != kSSTableMagic) {
    return Damaged(
        file_bytes - std::min<uint64_t>(file_bytes, kFooterTailBytes),
        "not an SSTable, or its end is missing");
  }
  const char* const end = tail.data() + tail.size();
  const auto file = LoadLittle<uint64_t>(end - 28);
  const auto count = LoadLittle<uint32_t>(end - 20);
  const auto version = LoadLittle<uint32_t>(end - 16);
  const auto want = LoadLittle<uint32_t>(end - 12);
  const size_t bytes =
      std::min<size_t>(count, kSectionsMax) * kSectionEntryBytes +
      kFooterTailBytes;
  if (count > kSectionsMax || bytes > tail.size()) {
    return Damaged(file_bytes - kFooterTailBytes,
                   "section count beyond its bounds");
  }
  std::string_view table = tail.substr(tail.size() - bytes);
  const uint32_t got = Crc32c(table.substr(0, bytes - 12));
  if (want != got) {
    return Damaged(file_bytes - bytes,
                   absl::StrFormat("checksum want %08x got %08x", want, got));
  }
  if (version != kSSTableVersion) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "SSTable version %d; this Rowan reads %d", version, kSSTableVersion));
  }
  Footer footer;
  footer.file = FileId{file};
  for (uint32_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const Section section,
                     ParseSection(&table, file_bytes - bytes));
    footer.sections.push_back(section);
  }
  return footer;
}

}  // namespace rowan
