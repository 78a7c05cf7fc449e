// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/fold_mutations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "storage/model/reconcile.h"

namespace rowan {
namespace {

struct Folded {
  DeletionTime deletion;
  Row static_row;
  std::map<std::string_view, Row> rows;
  std::vector<RangeTombstone> ranges;
};

std::string ImageOf(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

std::vector<VectorFragment> ChangesOf(const std::vector<RangeTombstone>& all) {
  std::set<std::string_view> bounds;
  for (const RangeTombstone& range : all) {
    bounds.insert(range.start);
    bounds.insert(range.end);
  }
  std::vector<VectorFragment> changes;
  DeletionTime below;
  for (std::string_view bound : bounds) {
    DeletionTime above;  // in force from `bound` to the next one
    for (const RangeTombstone& range : all) {
      const bool covers = range.start <= bound && bound < range.end;
      if (covers) above = Newer(above, range.deletion);
    }
    if (above == below) continue;
    changes.push_back({RowFragment::Kind::kDeletionChange, std::string(bound),
                       "", below, above});
    below = above;
  }
  return changes;
}

VectorWideRow Show(Token token, std::string_view key, const Folded& folded) {
  VectorWideRow shown{token, std::string(key), folded.deletion, "", {}};
  if (!folded.static_row.empty()) shown.static_row = ImageOf(folded.static_row);
  shown.fragments = ChangesOf(folded.ranges);
  for (const auto& [position, row] : folded.rows) {
    shown.fragments.push_back({RowFragment::Kind::kRow, std::string(position),
                               ImageOf(row), DeletionTime{}, DeletionTime{}});
  }
  std::sort(shown.fragments.begin(), shown.fragments.end(),
            [](const VectorFragment& a, const VectorFragment& b) {
              return a.position < b.position;
            });
  return shown;
}

}  // namespace

std::vector<VectorWideRow> FoldMutations(
    const std::vector<const Mutation*>& mutations) {
  std::map<std::pair<Token, std::string_view>, Folded> wide_rows;
  for (const Mutation* mutation : mutations) {
    Folded& into = wide_rows[{mutation->token, mutation->partition_key}];
    into.deletion = Newer(into.deletion, mutation->wide_row_deletion);
    if (mutation->static_row.has_value()) {
      MergeRow(*mutation->static_row, &into.static_row);
    }
    for (const RowChange& change : mutation->rows) {
      MergeRow(change.row, &into.rows[change.position]);
    }
    for (const RangeTombstone& range : mutation->range_tombstones) {
      into.ranges.push_back(range);
    }
  }
  std::vector<VectorWideRow> shown;
  for (const auto& [name, folded] : wide_rows) {
    shown.push_back(Show(name.first, name.second, folded));
  }
  return shown;
}

}  // namespace rowan
