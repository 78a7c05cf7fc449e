// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_FOOTER_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_FOOTER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/ids.h"
#include "storage/sstable/format/format.h"

namespace rowan {

struct Section {
  SectionKind kind;
  uint64_t offset = 0;
  uint64_t length = 0;
  uint32_t checksum = 0;
};

// The end of every file: what the file is and where its sections stand. A plain
// value.
struct Footer {
  FileId file;
  std::vector<Section> sections;

  // Nullptr when there is none.
  const Section* Find(SectionKind kind) const;
};

// The last bytes of a file that are sure to hold its footer.
inline constexpr size_t kSectionEntryBytes = 24;
inline constexpr size_t kFooterTailBytes = 28;
inline constexpr size_t kFooterBytesMax =
    kSectionsMax * kSectionEntryBytes + kFooterTailBytes;

// Mixed with file, kind and place, as a block's.
uint32_t SectionChecksum(std::string_view bytes, FileId file, SectionKind kind,
                         uint64_t offset);

void AppendFooter(const Footer& footer, std::string* out);

// `tail`: the last bytes of a file of `file_bytes`. Checks that the sections
// lie before the footer. kDataLoss when damaged; kFailedPrecondition when the
// version or a required section is of a later Rowan.
absl::StatusOr<Footer> ParseFooter(std::string_view tail, uint64_t file_bytes);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_FOOTER_H_
