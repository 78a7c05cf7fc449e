// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/snapshot_codec.h"

#include <utility>

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

using Partition = TableFiles::Partition;

// A name in the snapshot's directory and nowhere else.
bool IsPlainFileName(std::string_view name) {
  return name.ends_with(".sst") && name.size() <= 64 &&
         name.find('/') == std::string_view::npos && name[0] != '.';
}

void PutPartition(const Partition& partition, std::string* out) {
  PutLittle<uint8_t>(partition.id.prefix_length, out);
  PutLittle<uint32_t>(partition.id.prefix_bits, out);
  PutBytes(partition.lost, out);
  PutVarint(partition.files.size(), out);
  for (const Partition::File& file : partition.files) {
    PutBytes(file.name, out);
    PutLittle<uint32_t>(file.level, out);
    PutLittle<uint64_t>(file.bytes, out);
  }
}

bool GetPartition(std::string_view* in, Partition* partition) {
  std::string_view lost;
  uint64_t files;
  if (!GetLittle(in, &partition->id.prefix_length) ||
      !GetLittle(in, &partition->id.prefix_bits) || !GetBytes(in, &lost) ||
      !GetVarint(in, &files) || files > in->size()) {
    return false;
  }
  partition->lost = lost;
  for (uint64_t i = 0; i < files; ++i) {
    Partition::File& file = partition->files.emplace_back();
    std::string_view name;
    if (!GetBytes(in, &name) || !IsPlainFileName(name) ||
        !GetLittle(in, &file.level) || !GetLittle(in, &file.bytes)) {
      return false;
    }
    file.name = name;
  }
  return true;
}

}  // namespace

std::string EncodeSnapshot(const Snapshot& snapshot) {
  std::string out;
  PutLittle<int64_t>(snapshot.created_at_us, &out);
  PutBytes(EncodeSchema(snapshot.schema), &out);
  PutVarint(snapshot.files.partitions.size(), &out);
  for (const Partition& partition : snapshot.files.partitions) {
    PutPartition(partition, &out);
  }
  return out;
}

absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view bytes) {
  const absl::Status malformed =
      absl::DataLossError("the snapshot's description is malformed");
  Snapshot snapshot;
  std::string_view schema;
  uint64_t partitions;
  if (!GetLittle(&bytes, &snapshot.created_at_us) ||
      !GetBytes(&bytes, &schema) || !GetVarint(&bytes, &partitions) ||
      partitions > bytes.size()) {
    return malformed;
  }
  ASSIGN_OR_RETURN(snapshot.schema, DecodeSchema(schema));
  snapshot.files.partitions.resize(partitions);
  for (Partition& partition : snapshot.files.partitions) {
    if (!GetPartition(&bytes, &partition)) return malformed;
  }
  if (!bytes.empty()) return malformed;
  return snapshot;
}

}  // namespace rowan
