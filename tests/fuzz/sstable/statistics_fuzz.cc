// SPDX-License-Identifier: Apache-2.0
// The statistics section of an SSTable.

#include "storage/base/check.h"
#include "storage/sstable/format/footer.h"
#include "storage/sstable/statistics_codec.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto statistics = DecodeStatistics(input);
  if (!statistics.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(statistics.status()));
    return;
  }
  const std::string bytes = EncodeStatistics(*statistics);
  const auto again = DecodeStatistics(bytes);
  ROWAN_CHECK(again.ok() && EncodeStatistics(*again) == bytes);
}

std::vector<std::string> Seeds() {
  const std::string file = SampleSSTable(Compression::kNone, false);
  const Footer footer = ParseFooter(file, file.size()).value();
  const Section& section = *footer.Find(SectionKind::kStatistics);
  return {file.substr(section.offset, section.length),
          EncodeStatistics(SSTableStatistics{})};
}

}  // namespace

const FuzzTarget kStatisticsFuzz{"statistics", Run, Seeds};

}  // namespace rowan
