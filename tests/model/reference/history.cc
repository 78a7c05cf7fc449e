// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/history.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace rowan {
namespace {

using Kind = WritePart::Kind;

constexpr int64_t kNothing = std::numeric_limits<int64_t>::min();

bool IsOfCell(Kind kind) { return kind == Kind::kSet || kind == Kind::kUnset; }

bool HasColumn(Kind kind) {
  return IsOfCell(kind) || kind == Kind::kClearColumn ||
         kind == Kind::kOverwrite;
}

bool HasRow(Kind kind) {
  return kind != Kind::kDeleteWideRow && kind != Kind::kDeleteRange;
}

}  // namespace

void History::Add(const WriteOperation& write, int64_t timestamp,
                  uint32_t made_s) {
  for (const WritePart& part : write.parts) {
    facts_.push_back({write.key, part, timestamp, made_s});
  }
}

// Rule 21.
void History::Drop(const ColumnName& column) {
  std::erase_if(facts_, [&](const Fact& fact) {
    return HasColumn(fact.part.kind) && fact.part.column == column;
  });
}

SeenWideRow History::Look(int key, uint32_t now_s, uint32_t clock_s) const {
  Facts facts;
  const auto before = [this](const RowName& a, const RowName& b) {
    return CompareRows(*shape_, a.components, b.components) < 0;
  };
  std::set<RowName, decltype(before)> names(before);
  for (const Fact& fact : facts_) {
    if (fact.key != key) continue;
    facts.push_back(&fact);
    if (HasRow(fact.part.kind) && !fact.part.row.fixed) {
      names.insert(fact.part.row);
    }
  }
  SeenWideRow seen;
  RowName fixed;
  fixed.fixed = true;
  seen.fixed = LookAtRow(fixed, facts, now_s, clock_s);
  for (const RowName& name : names) {
    std::optional<SeenRow> row = LookAtRow(name, facts, now_s, clock_s);
    if (row.has_value()) seen.rows.push_back(*std::move(row));
  }
  return seen;
}

int64_t History::NewestOf(const WriteOperation& write) const {
  int64_t newest = kNothing;
  for (const WritePart& part : write.parts) {
    if (!HasRow(part.kind)) continue;
    for (const Fact& fact : facts_) {
      bool there = fact.part.kind == Kind::kDeleteWideRow;
      if (HasRow(fact.part.kind)) there = fact.part.row == part.row;
      if (fact.part.kind == Kind::kDeleteRange && !part.row.fixed) {
        there = InSlice(*shape_, part.row.components, fact.part.range);
      }
      if (there && fact.key == write.key) {
        newest = std::max(newest, fact.timestamp);
      }
    }
  }
  return newest;
}

std::optional<SeenRow> History::LookAtRow(const RowName& name,
                                          const Facts& facts, uint32_t now_s,
                                          uint32_t clock_s) const {
  const int64_t hidden = HiddenUpTo(name, facts);
  Facts marks;
  std::map<std::pair<ColumnName, int64_t>, Facts> places;
  for (const Fact* fact : facts) {
    const WritePart& part = fact->part;
    if (!HasRow(part.kind) || part.row != name) continue;
    if (fact->timestamp <= hidden) continue;
    if (part.kind == Kind::kMark) marks.push_back(fact);
    if (IsOfCell(part.kind) &&
        fact->timestamp > ClearedUpTo(name, part.column, facts)) {
      const ColumnKind kind = KindOf(*shape_, part.column);
      places[{part.column, PlaceOfPath(kind, part.path)}].push_back(fact);
    }
  }
  SeenRow row;
  row.name = name;
  const WritePart* part = nullptr;
  row.marker = Winner(marks, now_s, clock_s, &row.marker_must, &part);
  row.must = row.marker.has_value() && row.marker_must;
  for (const auto& [place, parts] : places) {
    SeenCell cell{.column = place.first, .path = place.second};
    std::optional<Seen> value =
        Winner(parts, now_s, clock_s, &cell.must, &part);
    if (!value.has_value()) continue;
    cell.seen = *std::move(value);
    cell.number = part->value;
    cell.fields = part->fields;
    row.must = row.must || cell.must;
    row.cells.push_back(std::move(cell));
  }
  if (!row.marker.has_value() && row.cells.empty()) return std::nullopt;
  return row;
}

// Rule 3: a deletion hides everything at or below its timestamp; rule 8: only
// that of the wide row hides the static row.
int64_t History::HiddenUpTo(const RowName& row, const Facts& facts) const {
  int64_t hidden = kNothing;
  for (const Fact* fact : facts) {
    const WritePart& part = fact->part;
    bool covers = part.kind == Kind::kDeleteWideRow;
    if (part.kind == Kind::kDeleteRange && !row.fixed) {
      covers = InSlice(*shape_, row.components, part.range);
    }
    if (part.kind == Kind::kDeleteRow) covers = part.row == row;
    if (covers) hidden = std::max(hidden, fact->timestamp);
  }
  return hidden;
}

// Rule 9.
int64_t History::ClearedUpTo(const RowName& row, const ColumnName& column,
                             const Facts& facts) {
  int64_t cleared = kNothing;
  for (const Fact* fact : facts) {
    const WritePart& part = fact->part;
    if (!HasRow(part.kind) || part.row != row || part.column != column) {
      continue;
    }
    if (part.kind == Kind::kClearColumn) {
      cleared = std::max(cleared, fact->timestamp);
    } else if (part.kind == Kind::kOverwrite) {
      cleared = std::max(cleared, fact->timestamp - 1);
    }
  }
  return cleared;
}

// Rules 1, 2 and 4, said of all at once: of those with the newest timestamp a
// tombstone is the end; else what expires goes before what doesn't; of those
// the one that expires last, then the one written last (the smaller TTL), then
// the one with the larger bytes.
std::optional<Seen> History::Winner(const Facts& place, uint32_t now_s,
                                    uint32_t clock_s, bool* must,
                                    const WritePart** winner) const {
  int64_t newest = kNothing;
  for (const Fact* fact : place) newest = std::max(newest, fact->timestamp);
  std::optional<Seen> best;
  uint32_t first_expiry = std::numeric_limits<uint32_t>::max();
  const auto worth = [](const Seen& seen) {
    return std::make_tuple(seen.ttl_s != 0, seen.expiry_s,
                           -static_cast<int64_t>(seen.ttl_s), seen.value);
  };
  for (const Fact* fact : place) {
    const WritePart& part = fact->part;
    if (fact->timestamp != newest) continue;
    if (part.kind == Kind::kUnset) return std::nullopt;
    Seen seen{newest, part.ttl_s, 0, ""};
    if (part.kind == Kind::kSet) {
      seen.value = CellBytes(KindOf(*shape_, part.column), part.value,
                             part.fields, shape_->fat);
    }
    if (seen.ttl_s != 0) {
      seen.expiry_s = fact->made_s + seen.ttl_s;
      first_expiry = std::min(first_expiry, seen.expiry_s);
    }
    if (best.has_value() && worth(seen) <= worth(*best)) continue;
    best = seen;
    *winner = &part;
  }
  if (!best.has_value()) return std::nullopt;
  if (best->ttl_s != 0 && best->expiry_s <= now_s) return std::nullopt;
  // Rule 16: what has expired is a tombstone as soon as a merge finds it, and
  // a tombstone beats what it tied with.
  *must = best->ttl_s == 0 || first_expiry > clock_s;
  return best;
}

}  // namespace rowan
