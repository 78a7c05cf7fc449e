// SPDX-License-Identifier: Apache-2.0
// Mutations as the commit log carries them: read, and inserted into a memtable.

#include "partitioner/murmur3.h"
#include "storage/base/check.h"
#include "storage/model/mutation.h"
#include "storage/model/row_reader.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"
#include "tests/lib/row_literals.h"

namespace rowan {
namespace {

absl::Status Walk(std::string_view input, size_t* mutations) {
  MutationReader reader(input);
  for (*mutations = 0; !reader.AtEnd(); ++*mutations) {
    absl::Status status = reader.ReadHeader();
    if (!status.ok()) return status;
    MutationPart part;
    while (reader.HasPart()) {
      status = reader.ReadPart(&part);
      if (!status.ok()) return status;
      if (part.row_image.empty()) continue;
      Row row;
      if (!DecodeRowImage(part.row_image, &row).ok()) continue;
      std::string image;
      AppendRowImage(row, &image);
      Row again;
      ROWAN_CHECK(image.size() == RowImageSize(row));
      ROWAN_CHECK(DecodeRowImage(image, &again).ok());
      ROWAN_CHECK(again.cells.size() == row.cells.size());
    }
  }
  return absl::OkStatus();
}

void Run(std::string_view input) {
  size_t mutations = 0;
  const absl::Status status = Walk(input, &mutations);
  ROWAN_CHECK(status.ok() || absl::IsDataLoss(status));
}

std::string Encoded(const Mutation& mutation) {
  std::string bytes(EncodedMutationSize(mutation), '\0');
  EncodeMutation(mutation, bytes.data());
  return bytes;
}

std::vector<std::string> Seeds() {
  Mutation mutation;
  mutation.table = TableId{7};
  mutation.partition_key = "key";
  mutation.token = TokenOfKey("key");
  mutation.wide_row_deletion = {4, 1'767'000'000};
  const std::string position = SamplePosition(1, "c");
  const std::string before = SamplePosition(0, "a");
  mutation.range_tombstones = {{"\x20", "\x60", {5, 1'767'000'001}}};
  mutation.static_row = SampleRow(6);
  mutation.rows.push_back({before, SampleRow(7)});
  mutation.rows.push_back({position, SampleRow(8)});
  const std::string all = Encoded(mutation);
  const std::string row =
      Encoded(MutationBuilder(1, "k").Set(2, LiveCell(4, 9, "v")).mutation());
  return {all, row, row + all};
}

}  // namespace

const FuzzTarget kMutationFuzz{"mutation", Run, Seeds};

}  // namespace rowan
