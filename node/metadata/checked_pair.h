// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_CHECKED_PAIR_H_
#define ROWAN_NODE_METADATA_CHECKED_PAIR_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/metadata/checked_file.h"

namespace rowan {

// One value in two checked files of one directory, NAME and NAME.copy
// (FORMAT.md, "Two files of one value"): a crash leaves the old or the new
// value, and damage to either file, up to its loss, leaves the value.
//
// One owner at a time; every call blocks on the disk.

// What a file must hold besides a good checksum.
using CheckedFileJudge = absl::FunctionRef<absl::Status(const CheckedFile&)>;

std::string CheckedCopyName(std::string_view name);

struct CheckedPair {
  CheckedFile file;  // of two that are good, that of the higher version
  bool alike = false;
  absl::Status first, copy;  // what is wrong with either
};
// kNotFound when there is neither; the error of one when none is good, or when
// one is of a later program, which nobody may write over.
absl::StatusOr<CheckedPair> ReadCheckedPair(FileSystem& fs,
                                            const std::string& directory,
                                            std::string_view name,
                                            CheckedFileJudge judge);
// The same, and both files hold the value afterwards, so that a second damage
// never brings back an older one. On a full disk they stay as they are.
absl::StatusOr<CheckedFile> OpenCheckedPair(FileSystem& fs,
                                            const std::string& directory,
                                            std::string_view name,
                                            CheckedFileJudge judge);

// Durable when OK.
absl::Status ReplaceCheckedPair(FileSystem& fs, const std::string& directory,
                                std::string_view name, const CheckedFile& file);
// Its two halves. After an error of the first one the value is the old one;
// after one of the second it is either.
absl::Status StageCheckedPair(FileSystem& fs, const std::string& directory,
                              std::string_view name, const CheckedFile& file);
absl::Status PublishCheckedPair(FileSystem& fs, const std::string& directory,
                                std::string_view name);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_CHECKED_PAIR_H_
