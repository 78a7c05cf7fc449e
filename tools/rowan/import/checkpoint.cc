// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/checkpoint.h"

#include <google/protobuf/util/json_util.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "tools/rowan/client/output.h"

namespace rowan::cli {

absl::StatusOr<std::optional<ImportResult>> Checkpoint::Load() const {
  std::ifstream in(path_);
  if (!in) return std::optional<ImportResult>();
  std::ostringstream text;
  text << in.rdbuf();
  ImportResult progress;
  if (!google::protobuf::util::JsonStringToMessage(text.str(), &progress)
           .ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, " is no record of an import"));
  }
  return std::optional<ImportResult>(std::move(progress));
}

absl::Status Checkpoint::Save(const ImportResult& progress) const {
  const std::string temporary = absl::StrCat(path_, ".tmp");
  std::ofstream out(temporary, std::ios::trunc);
  out << Json(progress) << "\n";
  out.close();
  if (!out || std::rename(temporary.c_str(), path_.c_str()) != 0) {
    return absl::InternalError(
        absl::StrCat("cannot write ", path_, ": ", std::strerror(errno),
                     "; the import can't be resumed from it"));
  }
  return absl::OkStatus();
}

void Checkpoint::Remove() const { std::remove(path_.c_str()); }

}  // namespace rowan::cli
