// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/directory_names.h"

#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {

absl::Status SyncNames(FileSystem& fs, std::string path) {
  while (true) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const size_t slash = path.rfind('/');
    if (path == "/") return absl::OkStatus();
    path = slash == std::string::npos ? "."
           : slash == 0               ? "/"
                                      : path.substr(0, slash);
    const absl::Status synced = fs.SyncDirectory(path);
    if (!absl::IsPermissionDenied(synced) && !absl::IsInvalidArgument(synced)) {
      RETURN_IF_ERROR(synced);
    }
    if (slash == std::string::npos) return absl::OkStatus();
  }
}

}  // namespace rowan
