// SPDX-License-Identifier: Apache-2.0
// The payload of a manifest's record.

#include "storage/base/check.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_printer.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto edit = DecodeEdit(input);
  if (!edit.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(edit.status()));
    return;
  }
  const auto again = DecodeEdit(EncodeEdit(*edit));
  ROWAN_CHECK(again.ok() && *again == *edit);
  PrintEdit(*edit);
  ManifestState state;
  const absl::Status applied = ApplyEdit(*edit, &state);
  ROWAN_CHECK(applied.ok() || state == ManifestState());
}

std::vector<std::string> Seeds() {
  ManifestEdit edit;
  edit.tables_created = {{TableId{7}, LogPosition{4096}}};
  edit.partitions = {{.table = TableId{7},
                      .partition = {1, 1},
                      .added = {{FileId{5}, 0, 1000}, {FileId{6}, 2, 70'000}},
                      .flushed_to = LogPosition{8192},
                      .lost = "some records"}};
  edit.next_file = FileId{7};
  ManifestEdit later;
  later.partitions = {
      {.table = TableId{7}, .partition = {1, 1}, .removed = {FileId{5}}}};
  later.tables_dropped = {TableId{7}};
  later.losses_accepted_to = LogPosition{8192};
  return {EncodeEdit(edit), EncodeEdit(later)};
}

}  // namespace

const FuzzTarget kManifestEditFuzz{"manifest_edit", Run, Seeds};

}  // namespace rowan
