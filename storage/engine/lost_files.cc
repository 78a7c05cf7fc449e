// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/lost_files.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/engine/table_directory.h"
#include "storage/manifest/manifest_names.h"

namespace rowan {
namespace {

absl::Status NoManifest(const std::string& directory, std::string_view has) {
  return absl::DataLossError(absl::StrCat(
      std::string(has), ", but ", directory,
      " has no manifest that names their files; bring one of its MANIFEST "
      "files back"));
}

absl::Status RefuseUnnamedFiles(FileSystem* fs, const std::string& directory,
                                const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!IsTableDirectory(name)) continue;
    const std::string table = absl::StrCat(directory, "/", name);
    ASSIGN_OR_RETURN(const std::vector<std::string> files, fs->List(table));
    if (std::none_of(files.begin(), files.end(), IsTableFile)) continue;
    return NoManifest(directory, absl::StrCat(table, " holds SSTables"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseLostManifest(FileSystem* fs, const std::string& directory,
                                const KnownTables& known) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs->List(directory));
  for (const std::string& name : names) {
    if (ParseManifestName(name).has_value()) return absl::OkStatus();
  }
  // The engine has a table before the catalogue does.
  if (known.next.has_value() && !known.tables.empty()) {
    return NoManifest(directory, absl::StrCat("the catalogue has ",
                                              known.tables.size(), " tables"));
  }
  return RefuseUnnamedFiles(fs, directory, names);
}

absl::Status RefuseNewManifest(FileSystem* fs, const std::string& directory,
                               const ManifestState& state) {
  if (!state.tables.empty() || state.next_file.value > 1) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs->List(directory));
  return RefuseUnnamedFiles(fs, directory, names);
}

absl::Status RefuseLostCatalogue(const std::string& directory,
                                 const ManifestState& state,
                                 const KnownTables& known) {
  if (!known.next.has_value() || state.tables.empty()) return absl::OkStatus();
  const TableId last = state.tables.rbegin()->first;
  if (last < *known.next) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      directory, " holds table ", last.value,
      ", but metadata/catalogue is missing or older than that; bring it back "
      "as it was last, or move both away to start empty"));
}

}  // namespace rowan
