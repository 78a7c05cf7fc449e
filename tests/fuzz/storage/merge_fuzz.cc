// SPDX-License-Identifier: Apache-2.0
// Two row images (the first sized): the laws of their merge.

#include "storage/base/check.h"
#include "storage/model/reconcile.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

std::string ImageOf(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

std::string Merged(const Row& from, const Row& into) {
  Row merged = into;
  MergeRow(from, &merged);
  return ImageOf(merged);
}

void Run(std::string_view input) {
  FuzzInput in(input);
  const DeletionTime outer{static_cast<int64_t>(in.Byte()), in.Byte()};
  const std::string_view first = in.TakeSized(), second = in.Rest();
  Row a, b;
  if (!DecodeRowImage(first, &a).ok() || !DecodeRowImage(second, &b).ok()) {
    return;
  }
  const std::string both = Merged(a, b);
  ROWAN_CHECK(Merged(b, a) == both);
  Row merged;
  ROWAN_CHECK(DecodeRowImage(both, &merged).ok());
  ROWAN_CHECK(Merged(a, merged) == both);
  ROWAN_CHECK(Merged(merged, merged) == both);
  // A deletion may come before the merge or after it.
  Row early_a = a, early_b = b;
  ApplyDeletion(outer, &early_a);
  ApplyDeletion(outer, &early_b);
  MergeRow(early_a, &early_b);
  ApplyDeletion(outer, &early_b);
  ApplyDeletion(outer, &merged);
  ROWAN_CHECK(ImageOf(early_b) == ImageOf(merged));
  KeepLive(outer.local_time_s, &merged);
}

std::string Seed(const Row& a, const Row& b) {
  const std::string first = ImageOf(a);
  std::string seed{'\7', '\1', static_cast<char>(first.size() & 0xff),
                   static_cast<char>(first.size() >> 8)};
  return seed + first + ImageOf(b);
}

std::vector<std::string> Seeds() {
  Row deleted = SampleRow(9);
  deleted.deletion = {8, 5};
  Row whole = SampleRow(7);
  whole.cells.insert(whole.cells.begin() + 1,
                     {.column = ColumnId{7},
                      .kind = CellKind::kColumnDeletion,
                      .timestamp = 6,
                      .local_time_s = 3});
  return {Seed(SampleRow(6), SampleRow(8)), Seed(deleted, whole),
          Seed(Row{}, whole)};
}

}  // namespace

const FuzzTarget kMergeFuzz{"merge", Run, Seeds};

}  // namespace rowan
