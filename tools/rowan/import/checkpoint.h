// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_CHECKPOINT_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_CHECKPOINT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/rowan/results.pb.h"

namespace rowan::cli {

// The file that says how far an unfinished import came: an ImportResult as
// JSON. Replaced as a whole, so that a reader sees one state or the other.
class Checkpoint {
 public:
  explicit Checkpoint(std::string path) : path_(std::move(path)) {}

  // Nullopt when there is none; kInvalidArgument when the file holds something
  // else.
  absl::StatusOr<std::optional<ImportResult>> Load() const;
  absl::Status Save(const ImportResult& progress) const;
  void Remove() const;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_CHECKPOINT_H_
