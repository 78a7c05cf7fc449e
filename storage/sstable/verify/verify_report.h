// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_VERIFY_VERIFY_REPORT_H_
#define ROWAN_STORAGE_SSTABLE_VERIFY_VERIFY_REPORT_H_

#include <cstdint>
#include <string>

#include "storage/sstable/json_text.h"
#include "storage/sstable/verify/sstable_verifier.h"

namespace rowan {

// What was found in several files, for people or programs. As text, a line a
// file and an indented one a damage, and the sum at the end:
//
//   ok      a/1.sst: 12 blocks, 98304 bytes, 40 wide rows, 900 rows
//   DAMAGED a/2.sst: 12 blocks, 98304 bytes, 39 wide rows, 880 rows
//     a/2.sst: block at offset 8192: checksum want 9f1c02aa got 1e0022ff
//       lost: wide rows with tokens -12 to 34
//   2 files, 1 damaged
//
// As JSON, an array with an object a file: file, ok, blocks, bytes, wide_rows,
// rows, damage_count, damages: [what, lost: {first_token, last_token, wide_row,
// text}]; with `lines`, an object a line. Thread-compatible.
class VerifyReport {
 public:
  enum class Form { kText, kJson, kJsonLines };
  explicit VerifyReport(Form form);

  // A file that was read to its end.
  void Add(const SSTableReader& table, const SSTableVerifier& verifier);
  // One that was not: footer or sections are damaged, it is not there, ...
  void AddUnreadable(const std::string& path, const absl::Status& why);
  void Finish();

  uint64_t damaged() const { return damaged_; }
  // What has gathered since the last call.
  std::string TakeText();

 private:
  void AddJson(const SSTableReader& table, const SSTableVerifier& verifier);
  void AddText(const SSTableReader& table, const SSTableVerifier& verifier);
  void BeginFile(const std::string& path, bool ok);
  void EndFile();

  const Form form_;
  JsonText json_;
  std::string text_;
  uint64_t files_ = 0, damaged_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_VERIFY_VERIFY_REPORT_H_
