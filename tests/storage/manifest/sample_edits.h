// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MANIFEST_SAMPLE_EDITS_H_
#define ROWAN_TESTS_STORAGE_MANIFEST_SAMPLE_EDITS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "storage/manifest/manifest.h"
#include "tests/lib/sim_random.h"

namespace rowan {

// The edit of the example in FORMAT.md, but for the removed file.
inline ManifestEdit SampleEdit() {
  ManifestEdit edit;
  edit.tables_created = {{TableId{7}, LogPosition{4096}}};
  edit.partitions = {{TableId{7},
                      PartitionId{2, 1},
                      {{FileId{5}, 0, 1000}},
                      {},
                      LogPosition{8192}}};
  edit.next_file = FileId{6};
  return edit;
}

// A random edit that fits `state`.
inline ManifestEdit RandomEdit(const ManifestState& state, SimRandom* random) {
  ManifestEdit edit;
  uint32_t table = 1 + static_cast<uint32_t>(random->Below(6));
  const auto known = state.tables.find(TableId{table});
  if (known == state.tables.end()) {
    edit.tables_created.emplace_back(TableId{table},
                                     LogPosition{random->Below(1000)});
  } else if (random->Below(12) == 0) {
    edit.tables_dropped.push_back(TableId{table});
  }
  uint64_t next_file = state.next_file.value;
  for (uint32_t bits = 0; bits < 4; ++bits) {
    if (random->Below(2) == 0) continue;
    ManifestEdit::PartitionEdit part{TableId{table}, PartitionId{2, bits}};
    ManifestState::Partition current;
    if (known != state.tables.end()) {
      auto found = known->second.partitions.find(part.partition);
      if (found != known->second.partitions.end()) current = found->second;
    }
    for (const ManifestFile& file : current.files) {
      if (random->Below(3) == 0) part.removed.push_back(file.file);
    }
    for (uint64_t i = random->Below(4); i > 0; --i) {
      part.added.push_back({FileId{next_file++},
                            static_cast<uint32_t>(random->Below(5)),
                            random->Next() >> random->Below(64)});
    }
    if (random->Below(2) == 0) {
      part.flushed_to =
          LogPosition{current.flushed_to.value + random->Below(1 << 20)};
    }
    if (random->Below(8) == 0) part.lost = "segment 7";
    edit.partitions.push_back(std::move(part));
  }
  if (random->Below(16) == 0) {
    edit.losses_accepted_to = LogPosition{random->Below(1000)};
  }
  if (random->Below(2) == 0) edit.next_file = FileId{next_file + 3};
  return edit;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MANIFEST_SAMPLE_EDITS_H_
