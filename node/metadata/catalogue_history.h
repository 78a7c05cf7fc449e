// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_CATALOGUE_HISTORY_H_
#define ROWAN_NODE_METADATA_CATALOGUE_HISTORY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// One version of the catalogue, as it is about to be stored.
struct CatalogueVersion {
  uint64_t version = 0;
  int64_t wall_us = 0;
  // What was durable in the log then: nothing below it knows this version.
  LogPosition position;
  // Made from a snapshot by this version: its rows are in no log. 0: none is.
  TableId restored_table;
  std::string catalogue;  // Catalogue::Encode
};

// Keeps every version of one node's catalogue in a directory, a checked file
// each (FORMAT.md), for restores to a moment. Not thread-safe; blocks.
class CatalogueHistory {
 public:
  // `durable`: the log's position. `directory` is made with the first version;
  // its parent must be there.
  CatalogueHistory(FileSystem* fs, std::string directory, const Clock* clock,
                   std::function<LogPosition()> durable)
      : fs_(fs),
        directory_(std::move(directory)),
        clock_(clock),
        durable_(std::move(durable)) {}

  // Before a version is stored, so that none is ever missing.
  absl::Status Record(uint64_t version, TableId restored_table,
                      std::string_view catalogue);
  // Removes what was recorded above `version`, which is the one stored: at a
  // start, and when a change has come to nothing.
  absl::Status KeepUpTo(uint64_t version);

  // What is there, ascending by version. Empty when there is no directory;
  // kDataLoss naming a damaged file. Versions may be left out that were stored
  // while nobody kept a history.
  static absl::StatusOr<std::vector<CatalogueVersion>> Read(
      FileSystem* fs, const std::string& directory);

  // The one that held at a moment: of those above `since`, which was stored,
  // the last up to which none is later than `wall_us` and none above `end`, the
  // position where the log was cut. `since` itself when that is it.
  // kDataLoss when versions in between are missing; kFailedPrecondition when
  // one made a table from a snapshot, whose rows no log has.
  static absl::StatusOr<CatalogueVersion> At(
      const std::vector<CatalogueVersion>& history, CatalogueVersion since,
      int64_t wall_us, LogPosition end);

 private:
  FileSystem* const fs_;
  const std::string directory_;
  const Clock* const clock_;
  const std::function<LogPosition()> durable_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_CATALOGUE_HISTORY_H_
