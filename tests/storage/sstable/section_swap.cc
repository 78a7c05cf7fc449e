// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/sstable/section_swap.h"

#include "storage/sstable/format/footer.h"

namespace rowan {

std::string WithSection(const std::string& file, SectionKind kind,
                        std::string_view bytes) {
  Footer footer = *ParseFooter(file, file.size());
  const uint64_t data_end = footer.sections[0].offset;
  std::string out = file.substr(0, data_end);
  for (Section& section : footer.sections) {
    const std::string kept = file.substr(section.offset, section.length);
    const std::string_view now = section.kind == kind ? bytes : kept;
    section.offset = out.size();
    section.length = now.size();
    section.checksum =
        SectionChecksum(now, footer.file, section.kind, section.offset);
    out += now;
  }
  AppendFooter(footer, &out);
  return out;
}

}  // namespace rowan
