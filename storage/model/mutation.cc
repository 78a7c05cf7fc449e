// SPDX-License-Identifier: Apache-2.0
#include "storage/model/mutation.h"

#include <cstring>

#include "storage/base/coding.h"

namespace rowan {
namespace {

constexpr size_t kKindSize = 1;
constexpr size_t kDeletionSize = sizeof(int64_t) + sizeof(uint32_t);
constexpr size_t kHeaderFixedSize = sizeof(uint32_t) + sizeof(uint64_t);
// A static row with an empty image.
constexpr size_t kPartBytesMin = 3;

using Kind = MutationPart::Kind;

// A range that holds nothing deletes nothing, and is not written.
bool DeletesNothing(const RangeTombstone& range) {
  return range.deletion.none() || range.start >= range.end;
}

size_t CountParts(const Mutation& mutation) {
  size_t count = mutation.rows.size();
  if (!mutation.wide_row_deletion.none()) ++count;
  if (mutation.static_row) ++count;
  for (const RangeTombstone& range : mutation.range_tombstones) {
    if (!DeletesNothing(range)) ++count;
  }
  return count;
}

size_t RowPartSize(std::string_view position, const Row& row) {
  const size_t image = RowImageSize(row);
  const size_t size = kKindSize + VarintSize(image) + image;
  return position.empty() ? size : size + BytesSize(position);
}

char* EncodeRowPart(std::string_view position, const Row& row, char* out) {
  if (position.empty()) {
    out = StoreLittle(static_cast<uint8_t>(Kind::kStaticRow), out);
  } else {
    out = StoreLittle(static_cast<uint8_t>(Kind::kRow), out);
    out = StoreBytes(position, out);
  }
  out = StoreVarint(RowImageSize(row), out);
  return EncodeRowImage(row, out);
}

char* EncodeDeletion(Kind kind, const DeletionTime& deletion, char* out) {
  out = StoreLittle(static_cast<uint8_t>(kind), out);
  out = StoreLittle(deletion.timestamp, out);
  return StoreLittle(deletion.local_time_s, out);
}

absl::Status MalformedMutation(const char* what) {
  return absl::DataLossError(std::string("mutation: ") + what);
}

bool GetDeletion(std::string_view* in, DeletionTime* deletion) {
  return GetLittle(in, &deletion->timestamp) &&
         GetLittle(in, &deletion->local_time_s) && !deletion->none();
}

bool GetRange(std::string_view* in, MutationPart* part) {
  return GetDeletion(in, &part->deletion) && GetBytes(in, &part->start) &&
         GetBytes(in, &part->end) && !part->start.empty() &&
         part->start < part->end;
}

bool GetImage(std::string_view* in, MutationPart* part) {
  return GetBytes(in, &part->row_image) && !part->row_image.empty();
}

}  // namespace

size_t EncodedMutationSize(const Mutation& mutation) {
  size_t size = kHeaderFixedSize + BytesSize(mutation.partition_key) +
                VarintSize(CountParts(mutation));
  if (!mutation.wide_row_deletion.none()) size += kKindSize + kDeletionSize;
  for (const RangeTombstone& range : mutation.range_tombstones) {
    if (DeletesNothing(range)) continue;
    size += kKindSize + kDeletionSize + BytesSize(range.start) +
            BytesSize(range.end);
  }
  if (mutation.static_row) size += RowPartSize({}, *mutation.static_row);
  for (const RowChange& change : mutation.rows) {
    size += RowPartSize(change.position, change.row);
  }
  return size;
}

char* EncodeMutation(const Mutation& mutation, char* out) {
  out = StoreLittle(mutation.table.value, out);
  out = StoreLittle(mutation.token.value, out);
  out = StoreBytes(mutation.partition_key, out);
  out = StoreVarint(CountParts(mutation), out);
  if (!mutation.wide_row_deletion.none()) {
    out =
        EncodeDeletion(Kind::kWideRowDeletion, mutation.wide_row_deletion, out);
  }
  for (const RangeTombstone& range : mutation.range_tombstones) {
    if (DeletesNothing(range)) continue;
    out = EncodeDeletion(Kind::kRangeTombstone, range.deletion, out);
    out = StoreBytes(range.start, out);
    out = StoreBytes(range.end, out);
  }
  if (mutation.static_row) {
    out = EncodeRowPart({}, *mutation.static_row, out);
  }
  for (const RowChange& change : mutation.rows) {
    out = EncodeRowPart(change.position, change.row, out);
  }
  return out;
}

absl::Status MutationReader::ReadHeader() {
  if (parts_left_ != 0) return MalformedMutation("parts are left to read");
  if (!GetLittle(&rest_, &table_.value) || !GetLittle(&rest_, &token_.value)) {
    return MalformedMutation("the header is cut off");
  }
  if (!GetBytes(&rest_, &partition_key_) || partition_key_.empty()) {
    return MalformedMutation("bad partition key length");
  }
  uint32_t parts;
  if (!GetVarint32(&rest_, &parts) || parts > rest_.size() / kPartBytesMin) {
    return MalformedMutation("bad part count");
  }
  parts_left_ = parts;
  return absl::OkStatus();
}

absl::Status MutationReader::ReadPart(MutationPart* part) {
  uint8_t kind;
  if (parts_left_ == 0 || !GetLittle(&rest_, &kind)) {
    return MalformedMutation("a part is cut off");
  }
  *part = MutationPart{.kind = static_cast<Kind>(kind)};
  bool ok = false;
  switch (part->kind) {
    case Kind::kWideRowDeletion:
      ok = GetDeletion(&rest_, &part->deletion);
      break;
    case Kind::kRangeTombstone:
      ok = GetRange(&rest_, part);
      break;
    case Kind::kStaticRow:
      ok = GetImage(&rest_, part);
      break;
    case Kind::kRow:
      ok = GetBytes(&rest_, &part->start) && !part->start.empty() &&
           GetImage(&rest_, part);
      break;
  }
  if (!ok) return MalformedMutation("bad part");
  --parts_left_;
  return absl::OkStatus();
}

}  // namespace rowan
