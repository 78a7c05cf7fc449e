// SPDX-License-Identifier: Apache-2.0
// A checked file, its checksum put right when the first byte is odd.

#include "node/metadata/checked_file.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  FuzzInput in(input);
  const bool fixes = (in.Byte() & 1) != 0;
  std::string bytes(in.Rest());
  if (fixes && bytes.size() >= 4) {
    bytes.resize(bytes.size() - 4);
    PutLittle<uint32_t>(Crc32c(bytes), &bytes);
  }
  const auto file = DecodeCheckedFile(bytes);
  ROWAN_CHECK(!file.ok() || EncodeCheckedFile(*file) == bytes);
}

std::vector<std::string> Seeds() {
  return {"\1" + EncodeCheckedFile({7, "payload"}),
          std::string(1, '\0') + EncodeCheckedFile({8, ""})};
}

}  // namespace

const FuzzTarget kCheckedFileFuzz{"checked_file", Run, Seeds};

}  // namespace rowan
