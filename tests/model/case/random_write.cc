// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/random_write.h"

#include <algorithm>
#include <utility>

namespace rowan {
namespace {

using Kind = WritePart::Kind;

// Rows of one write; each has one to three parts.
constexpr uint64_t kRowsMax = 3;
constexpr uint64_t kAgesMax = 6;
constexpr uint32_t kTtls[] = {1, 3, 3, 10};

}  // namespace

RandomWrite::RandomWrite(const TableShape& shape, SimRandom* random)
    : shape_(shape),
      random_(random),
      keys_(random->Below(2) == 0 ? 2 : kShapeKeys) {}

WriteOperation RandomWrite::Write() {
  WriteOperation write;
  write.key = Key();
  write.age = static_cast<int>(random_->Below(kAgesMax));
  const uint64_t dice = random_->Below(20);
  if (dice == 0) {
    write.parts.push_back({.kind = Kind::kDeleteWideRow});
  } else if (dice < 4) {
    WritePart range{.kind = Kind::kDeleteRange};
    range.range = {RandomBound(), RandomBound()};
    write.parts.push_back(std::move(range));
  }
  const uint64_t rows = random_->Below(kRowsMax + 1);
  for (uint64_t i = write.parts.empty() && rows == 0 ? 1 : rows; i > 0; --i) {
    RowName row = Row();
    row.fixed = !shape_.statics.empty() && random_->Below(5) == 0;
    if (row.fixed) row.components.clear();
    for (uint64_t part = 0; part <= random_->Below(3); ++part) {
      write.parts.push_back(Part(row));
    }
  }
  return write;
}

WritePart RandomWrite::Part(const RowName& row) {
  WritePart part{.row = row};
  const uint64_t dice = row.fixed ? 6 : random_->Below(20);
  const bool no_columns = !row.fixed && shape_.regulars.empty();
  if (dice == 0) {
    part.kind = Kind::kDeleteRow;
  } else if (dice < 5 || no_columns) {
    part.kind = Kind::kMark;
    if (random_->Below(3) == 0) part.ttl_s = kTtls[random_->Below(4)];
  } else {
    part = CellPart(row);
  }
  return part;
}

WritePart RandomWrite::CellPart(const RowName& row) {
  WritePart part{.row = row};
  part.column = Column(row.fixed);
  const bool elements = KindOf(shape_, part.column) != ColumnKind::kPlain;
  if (elements && random_->Below(5) == 0) {
    part.kind = random_->Below(2) == 0 ? Kind::kOverwrite : Kind::kClearColumn;
    return part;
  }
  if (elements) part.path = static_cast<int>(random_->Below(kShapeValues));
  if (random_->Below(4) == 0) {
    part.kind = Kind::kUnset;
    return part;
  }
  part.value = static_cast<int>(random_->Below(kShapeValues));
  if (shape_.fat && random_->Below(2) == 0) part.value = kShapeValues - 1;
  if (random_->Below(3) == 0) part.ttl_s = kTtls[random_->Below(4)];
  return part;
}

ColumnName RandomWrite::Column(bool fixed) {
  const size_t count = fixed ? shape_.statics.size() : shape_.regulars.size();
  return {fixed, static_cast<int>(random_->Below(count))};
}

RowName RandomWrite::Row() {
  return {false, Components(shape_.clustering.size())};
}

std::vector<int> RandomWrite::Components(size_t count) {
  std::vector<int> components;
  for (size_t i = 0; i < count; ++i) {
    components.push_back(static_cast<int>(random_->Below(kShapeValues)));
  }
  return components;
}

Bound RandomWrite::RandomBound() {
  const size_t most = shape_.clustering.size();
  // Mostly as long as a key.
  const size_t count = random_->Below(2) == 0 ? most : random_->Below(most + 1);
  return {Components(count), random_->Below(2) == 0};
}

// Bounds of the first component ascend, so the slices do.
std::vector<Slice> RandomWrite::Slices() {
  std::vector<Slice> slices;
  const bool descending = shape_.clustering[0].descending;
  int next = 0;  // in clustering order
  while (next < kShapeValues && slices.size() < 3) {
    const int first = next + static_cast<int>(random_->Below(2));
    if (first >= kShapeValues) break;
    const int last =
        std::min(kShapeValues - 1, first + static_cast<int>(random_->Below(3)));
    const auto value = [&](int at) {
      return descending ? kShapeValues - 1 - at : at;
    };
    Slice slice{{{value(first)}, random_->Below(3) > 0},
                {{value(last)}, random_->Below(3) > 0}};
    if (first == last) slice.start.inclusive = slice.end.inclusive = true;
    // Deeper bounds where the slice still holds something for certain.
    if (shape_.clustering.size() > 1 && random_->Below(2) == 0) {
      slice.start.components.push_back(
          static_cast<int>(random_->Below(kShapeValues)));
      slice.end.components.push_back(slice.start.components.back());
    }
    slices.push_back(std::move(slice));
    next = last + 1;
    if (random_->Below(2) == 0) break;
  }
  return slices;
}

}  // namespace rowan
