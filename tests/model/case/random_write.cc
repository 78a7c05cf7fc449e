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
  const ColumnKind kind = KindOf(shape_, part.column);
  part.kind = HasElements(kind)        ? ElementPart(kind)
              : random_->Below(4) == 0 ? Kind::kUnset
                                       : Kind::kSet;
  switch (part.kind) {
    case Kind::kClearColumn:
    case Kind::kOverwrite:
      return part;
    case Kind::kReplace:
    case Kind::kAppend:
    case Kind::kPrepend:
      break;
    default:
      if (!HasElements(kind)) break;
      part.path = static_cast<int>(random_->Below(kShapeValues));
  }
  if (part.kind == Kind::kUnset || part.kind == Kind::kEraseAt) return part;
  part.value = static_cast<int>(random_->Below(kShapeValues));
  if (shape_.fat && random_->Below(2) == 0) part.value = kShapeValues - 1;
  if (random_->Below(3) == 0) part.ttl_s = kTtls[random_->Below(4)];
  return part;
}

WritePart::Kind RandomWrite::ElementPart(ColumnKind kind) {
  const uint64_t dice = random_->Below(10);
  if (dice == 0) return Kind::kOverwrite;
  if (dice == 1) return Kind::kClearColumn;
  if (dice < 4) return Kind::kReplace;
  if (kind == ColumnKind::kList) {
    return random_->Below(2) == 0 ? Kind::kAppend : Kind::kPrepend;
  }
  return random_->Below(4) == 0 ? Kind::kUnset : Kind::kSet;
}

// Elements at an index in the place of those at an end.
WriteOperation RandomWrite::QueuedWrite() {
  WriteOperation write = Write();
  for (WritePart& part : write.parts) {
    const bool ends = part.kind == Kind::kAppend || part.kind == Kind::kPrepend;
    if (!ends || random_->Below(3) == 0) continue;
    part.kind = random_->Below(3) == 0 ? Kind::kEraseAt : Kind::kSetAt;
    part.path = static_cast<int>(random_->Below(kShapeValues));
  }
  return write;
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

// Between places beside prefixes of any length, the ends of the wide row too:
// each two that follow each other make a slice, and some slices touch.
std::vector<Slice> RandomWrite::Slices() {
  std::vector<Place> places;
  for (uint64_t i = 2 + random_->Below(8); i > 0; --i) {
    const size_t length = random_->Below(shape_.clustering.size() + 1);
    places.push_back({Components(length), random_->Below(2) == 0 ? -1 : 1});
  }
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    return CompareSides(shape_, a, b) < 0;
  });
  std::vector<Slice> slices;
  for (size_t i = 1; i < places.size();) {
    const Place& start = places[i - 1];
    const Place& end = places[i];
    if (CompareSides(shape_, start, end) == 0) {
      ++i;
      continue;
    }
    slices.push_back(
        {{start.components, start.side < 0}, {end.components, end.side > 0}});
    i += 1 + random_->Below(2);
  }
  return slices;
}

}  // namespace rowan
