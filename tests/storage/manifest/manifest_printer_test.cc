// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_printer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/manifest/manifest_codec.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

TEST(ManifestPrinter, PrintsEveryPartOfAnEdit) {
  ManifestEdit edit = SampleEdit();
  edit.tables_dropped.push_back(TableId{3});
  edit.partitions[0].removed = {FileId{1}, FileId{2}};
  edit.partitions[0].lost = "a\nb";
  edit.losses_accepted_to = LogPosition{9000};
  EXPECT_EQ(PrintEdit(edit),
            "create 7@4096 partition 7/2:1 -1 -2 +5(level 0, 1000 bytes) "
            "flushed_to 8192 lost \"a\\nb\" drop 3 next_file 6 "
            "losses_accepted_to 9000");
  EXPECT_EQ(PrintEdit({}), "nothing");
}

TEST(ManifestPrinter, ShowsATornEndAndStopsAtDamage) {
  std::string bytes = EncodeHeader(1);
  bytes += EncodeRecord(EncodeEdit(SampleEdit()), 1, bytes.size());
  const size_t first = bytes.size();
  bytes += EncodeRecord(EncodeEdit(SampleEdit()), 1, bytes.size());
  const size_t second = bytes.size();
  bytes += EncodeRecord(EncodeEdit(SampleEdit()), 1, bytes.size());

  std::string lines;
  ASSERT_TRUE(
      PrintManifest(std::string_view(bytes).substr(0, second + 5), 1, &lines)
          .ok());
  EXPECT_THAT(lines,
              HasSubstr(std::to_string(second) + " torn end, 5 bytes\n"));

  bytes[first + 9] ^= 1;
  lines.clear();
  absl::Status status = PrintManifest(bytes, 1, &lines);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("offset " + std::to_string(first)));
  EXPECT_THAT(lines, HasSubstr("24 snapshot create 7@4096"));
}

}  // namespace
}  // namespace rowan
