// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/identity.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

// What all files of a data directory look like together; grows when an older
// program could not open it.
constexpr uint32_t kDirectoryVersion = 1;
constexpr size_t kNodeIdBytes = 16;

}  // namespace

Identity NewIdentity(const std::string& node_name, Random* random) {
  Identity identity;
  PutLittle<uint64_t>(random->Next(), &identity.node_id);
  PutLittle<uint64_t>(random->Next(), &identity.node_id);
  // A random UUID, version 4.
  identity.node_id[6] = static_cast<char>((identity.node_id[6] & 0x0f) | 0x40);
  identity.node_id[8] = static_cast<char>((identity.node_id[8] & 0x3f) | 0x80);
  identity.node_name =
      node_name.empty()
          ? absl::StrCat(
                "node-",
                absl::Hex(LoadLittle<uint32_t>(identity.node_id.data()),
                          absl::kZeroPad8))
          : node_name;
  return identity;
}

std::string EncodeIdentity(const Identity& identity) {
  std::string out;
  PutLittle<uint32_t>(kDirectoryVersion, &out);
  out += identity.node_id;
  PutBytes(identity.node_name, &out);
  return out;
}

absl::StatusOr<Identity> DecodeIdentity(std::string_view bytes) {
  uint32_t version;
  if (!GetLittle(&bytes, &version)) {
    return absl::DataLossError("cut short");
  }
  if (version != kDirectoryVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("written by another version of Rowan (format ", version,
                     "; this program knows ", kDirectoryVersion, ")"));
  }
  Identity identity;
  std::string_view name;
  if (bytes.size() < kNodeIdBytes) return absl::DataLossError("cut short");
  identity.node_id = bytes.substr(0, kNodeIdBytes);
  bytes.remove_prefix(kNodeIdBytes);
  if (!GetBytes(&bytes, &name) || !bytes.empty()) {
    return absl::DataLossError("malformed");
  }
  identity.node_name = name;
  return identity;
}

}  // namespace rowan
