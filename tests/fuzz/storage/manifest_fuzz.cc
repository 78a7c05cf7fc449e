// SPDX-License-Identifier: Apache-2.0
// A manifest and its copy: the size of the first, the first, the second. Their
// checksums are put right unless the first byte says otherwise. Opened, changed
// and opened again.

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_printer.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

using manifest_format::kHeaderBytes;
using manifest_format::kRecordPrefixBytes;

constexpr uint64_t kNumber = 3;
constexpr char kName[] = "d/MANIFEST-3";
constexpr char kCopyName[] = "d/MANIFEST-3.copy";

// Header and records, each of the length it claims.
void Fix(std::string* file) {
  if (file->size() < kHeaderBytes) return;
  file->replace(0, kHeaderBytes, EncodeHeader(kNumber));
  size_t at = kHeaderBytes;
  while (file->size() - at > kRecordPrefixBytes) {
    const size_t length = LoadLittle<uint32_t>(file->data() + at);
    if (length > file->size() - at - kRecordPrefixBytes) return;
    const std::string payload(*file, at + kRecordPrefixBytes, length);
    const std::string record = EncodeRecord(payload, kNumber, at);
    file->replace(at, record.size(), record);
    at += record.size();
  }
}

void OpenTwice(MemFileSystem* fs) {
  auto manifest = Manifest::Open(fs, "d");
  if (!manifest.ok()) return;
  ManifestEdit edit;
  edit.next_file = FileId{(*manifest)->state().next_file.value};
  const absl::Status committed = (*manifest)->Commit(edit);
  ROWAN_CHECK(committed.ok());
  const ManifestState state = (*manifest)->state();
  manifest->reset();
  const auto again = Manifest::Open(fs, "d");
  ROWAN_CHECK(again.ok() && (*again)->state() == state);
  ROWAN_CHECK((*again)->notes().empty());
}

void Run(std::string_view input) {
  FuzzInput in(input);
  const uint8_t how = in.Byte();
  std::string first(in.TakeSized()), second(in.Rest());
  if ((how & 1) == 0) Fix(&first);
  if ((how & 2) == 0) Fix(&second);
  std::string printed;
  PrintManifest(first, kNumber, &printed).IgnoreError();
  MemFileSystem fs;
  if ((how & 4) == 0) fs.WriteFile(kName, first);
  fs.WriteFile(kCopyName, (how & 8) == 0 ? first : second);
  OpenTwice(&fs);
}

std::string File() {
  ManifestEdit first, second;
  first.tables_created = {{TableId{7}, LogPosition{4096}}};
  first.partitions = {{.table = TableId{7},
                       .partition = {0, 0},
                       .added = {{FileId{5}, 0, 1000}}}};
  second.partitions = {{.table = TableId{7},
                        .partition = {0, 0},
                        .added = {{FileId{6}, 1, 900}},
                        .removed = {FileId{5}},
                        .flushed_to = LogPosition{8192}}};
  std::string file = EncodeHeader(kNumber);
  for (const ManifestEdit& edit : {first, second}) {
    file += EncodeRecord(EncodeEdit(edit), kNumber, file.size());
  }
  return file;
}

std::vector<std::string> Seeds() {
  const std::string file = File();
  const std::string size{static_cast<char>(file.size()), '\0'};
  return {"\1" + size + file, "\x8" + size + file + file,
          "\xb" + size + file + file.substr(0, file.size() - 3)};
}

}  // namespace

const FuzzTarget kManifestFuzz{"manifest", Run, Seeds};

}  // namespace rowan
