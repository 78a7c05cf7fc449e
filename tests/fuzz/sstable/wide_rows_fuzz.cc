// SPDX-License-Identifier: Apache-2.0
// The payload of a block of whole wide rows.

#include "storage/base/check.h"
#include "storage/model/row.h"
#include "storage/sstable/format/wide_row_codec.h"
#include "storage/sstable/format/wide_rows_block.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void ReadFragments(std::string_view encoded) {
  FragmentList fragments;
  if (!fragments.Parse(encoded).ok()) return;
  for (size_t i = 0; i < fragments.count(); ++i) {
    RowFragment fragment;
    if (!DecodeFragment(fragments[i], &fragment).ok()) continue;
    std::string again;
    PutFragment(fragment, &again);
    RowFragment same;
    ROWAN_CHECK(DecodeFragment(again, &same).ok());
    ROWAN_CHECK(same.position == fragment.position);
    fragments.OpenBefore(i, {}).IgnoreError();
    fragments.LowerBound(fragment.position).IgnoreError();
    Row row;
    DecodeRowImage(fragment.image, &row).IgnoreError();
  }
  const auto all = fragments.LowerBound("\xff");
  ROWAN_CHECK(!all.ok() || *all <= fragments.count());
}

void Run(std::string_view input) {
  WideRowsBlock block;
  if (!block.Parse(input).ok()) return;
  for (size_t i = 0; i < block.count(); ++i) {
    WideRowHead head;
    std::string_view fragments;
    if (!block.Read(i, &head, &fragments).ok()) continue;
    ReadFragments(fragments);
    const auto found = block.LowerBound(head.token, head.partition_key);
    ROWAN_CHECK(!found.ok() || *found <= block.count());
  }
}

std::vector<std::string> Seeds() {
  WideRowsBlockBuilder builder;
  for (uint64_t token = 1; token < 4; ++token) {
    const std::string key(1, static_cast<char>('a' + token));
    std::string* body = builder.BeginWideRow(Token{token}, key);
    std::string static_row, image;
    AppendRowImage(SampleRow(5), &static_row);
    AppendRowImage(SampleRow(6), &image);
    WideRowHead head;
    head.partition_key = key;
    head.deletion = {3, 4};
    head.static_row = static_row;
    PutHead(head, body);
    OffsetListBuilder fragments;
    const std::string first = SamplePosition(1, "a"),
                      second = SamplePosition(2, "b");
    PutFragment({.position = first, .image = image}, fragments.BeginItem());
    PutFragment({.kind = RowFragment::Kind::kDeletionChange,
                 .position = second,
                 .above = {7, 8}},
                fragments.BeginItem());
    fragments.AppendTo(body);
  }
  std::string payload;
  builder.AppendTo(&payload);
  return {payload};
}

}  // namespace

const FuzzTarget kWideRowsFuzz{"wide_rows", Run, Seeds};

}  // namespace rowan
