// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/page_check.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/model/reference/row_check.h"

namespace rowan {

using Wrong = std::optional<std::string>;

namespace {

int NumberOfKey(const Schema& schema, std::string_view bytes) {
  int key = 0;
  while (key < kShapeKeys && KeyBytes(schema, key) != bytes) ++key;
  return key;
}

}  // namespace

// One page beside the model's rows, in order. A row of the model is taken as
// shown, or it need not be, or the page ended before it.
class PagedRead::Walk {
 public:
  Walk(const PagedRead& read, const GotPage& page, const History& history,
       const Schema& now, uint32_t clock_s)
      : read_(read),
        schema_(*read.schema_),
        page_(page),
        history_(history),
        now_(now),
        clock_s_(clock_s) {}

  Wrong Run() {
    const std::optional<ReadPosition>& resume = read_.command_.resume;
    const int from = resume ? NumberOfKey(schema_, resume->partition_key) : 0;
    for (int key = from; key < kShapeKeys; ++key) {
      if (!Asked(key)) continue;
      const bool inside = resume.has_value() && key == from;
      if (inside && resume->position.empty()) continue;
      if (Wrong wrong = WideRow(key, inside)) return wrong;
    }
    if (next_ == page_.rows.size()) return std::nullopt;
    return "not expected (anymore, or yet): " + Next()->key + " " +
           DescribeGot(read_.shape_, schema_, *Next());
  }

  // Of the wide row that the page ended in.
  const Met& met() const { return met_; }

 private:
  bool Asked(int key) const {
    const std::vector<int>& in = read_.read_.in;
    if (!in.empty()) return std::find(in.begin(), in.end(), key) != in.end();
    const auto& [first, last] = read_.read_.keys;
    const Token token = TokenOfKeyNumber(key);
    return TokenOfKeyNumber(first) <= token && token <= TokenOfKeyNumber(last);
  }

  Wrong WideRow(int key, bool inside) {
    SeenWideRow seen = history_.Look(key, read_.command_.now_s, clock_s_);
    if (read_.read_.reverse) std::reverse(seen.rows.begin(), seen.rows.end());
    if (read_.read_.distinct) return Distinct(key, inside, seen);
    const SeenRow* const fixed = seen.fixed ? &*seen.fixed : nullptr;
    const Verdict head = read_.filter_.ForWideRow(now_, fixed);
    Met met = inside ? read_.met_ : Met();
    if (Wrong wrong = Rows(key, inside, seen, head, &met)) return wrong;
    // Rule 8: alone it is a row of its own, unless a row lived.
    const bool alone = read_.read_.slices.empty() || read_.read_.static_alone;
    if (met.shown == 0 && alone && !met.fell && fixed != nullptr) {
      const Verdict passes = head & read_.filter_.ForRow(now_, nullptr);
      if (passes.may && NextIs(key, *fixed)) {
        if (Wrong wrong = Take(*fixed, seen)) return wrong;
      } else if (fixed->must && passes.must && !met.may_have_fallen &&
                 !EndedBefore(key, nullptr)) {
        return "lost: the static row alone, " + DescribeSeen(key, *fixed);
      }
    }
    const std::optional<ReadPosition>& end = page_.end.resume;
    if (end.has_value() && end->partition_key == KeyBytes(schema_, key)) {
      met_ = met;
    }
    return std::nullopt;
  }

  Wrong Rows(int key, bool inside, const SeenWideRow& seen, Verdict head,
             Met* met) {
    for (const SeenRow& row : seen.rows) {
      if (met->shown == read_.read_.per_wide_row) break;
      if (!InSlices(row) || (inside && !Behind(row, *read_.command_.resume))) {
        continue;
      }
      const Verdict passes = head & read_.filter_.ForRow(now_, &row);
      if (passes.may && NextIs(key, row)) {
        if (Wrong wrong = Take(row, seen)) return wrong;
        ++met->shown;
      } else if (!EndedBefore(key, &row)) {
        if (row.must && passes.must) return "lost: " + DescribeSeen(key, row);
        met->fell |= row.must && head.must;
        met->may_have_fallen |= !passes.must;
      }
    }
    return std::nullopt;
  }

  // One row without a position where a static column or a row is live.
  Wrong Distinct(int key, bool inside, const SeenWideRow& seen) {
    const Verdict head =
        read_.filter_.ForWideRow(now_, seen.fixed ? &*seen.fixed : nullptr);
    if (!head.may) return std::nullopt;
    SeenRow alone;
    alone.name.fixed = true;
    bool may = seen.fixed.has_value();
    // The first row that must be seen: a page may end before it.
    const SeenRow* first = nullptr;
    for (const SeenRow& row : seen.rows) {
      if (inside && !Behind(row, *read_.command_.resume)) continue;
      may = true;
      if (row.must && first == nullptr) first = &row;
    }
    if (may && NextIs(key, alone)) return Take(alone, seen);
    if (!head.must) return std::nullopt;
    if (first != nullptr && !EndedBefore(key, first)) {
      return "lost: distinct, " + DescribeSeen(key, *first);
    }
    if (seen.fixed.has_value() && seen.fixed->must &&
        !EndedBefore(key, nullptr)) {
      return "lost: distinct, " + DescribeSeen(key, *seen.fixed);
    }
    return std::nullopt;
  }

  const GotRow* Next() const {
    return next_ < page_.rows.size() ? &page_.rows[next_] : nullptr;
  }

  bool NextIs(int key, const SeenRow& row) const {
    const GotRow* got = Next();
    if (got == nullptr || got->token != TokenOfKeyNumber(key) ||
        got->key != KeyBytes(schema_, key)) {
      return false;
    }
    return row.name.fixed ? got->position.empty()
                          : got->position == RowPosition(schema_, row.name);
  }

  Wrong Take(const SeenRow& row, const SeenWideRow& seen) {
    const GotRow& got = *Next();
    ++next_;
    const RowCheck check(read_.shape_, now_, read_.command_.columns);
    Wrong wrong;
    if (!row.name.fixed) wrong = check.Row(row, got);
    if (!wrong) wrong = check.Fixed(seen.fixed, got);
    if (wrong) {
      return *wrong + " of " + DescribeGot(read_.shape_, schema_, got);
    }
    return std::nullopt;
  }

  bool InSlices(const SeenRow& row) const {
    const std::vector<Slice>& slices = read_.read_.slices;
    return slices.empty() ||
           std::any_of(slices.begin(), slices.end(), [&](const Slice& slice) {
             return InSlice(read_.shape_, row.name.components, slice);
           });
  }

  bool Behind(const SeenRow& row, const ReadPosition& place) const {
    const absl::StatusOr<Place> decoded =
        PlaceOf(read_.shape_, schema_, place.position);
    // CheckPlace() told of a place that is none.
    if (!decoded.ok()) return false;
    const int order =
        CompareToPlace(read_.shape_, row.name.components, *decoded);
    return read_.read_.reverse ? order < 0 : order > 0;
  }

  // Whether the page ended before it came to the row (null: to the end of the
  // wide row).
  bool EndedBefore(int key, const SeenRow* row) const {
    if (Next() != nullptr) return false;
    if (read_.shown_ + page_.rows.size() >= read_.read_.limit) return true;
    if (!page_.end.resume.has_value()) return false;
    const ReadPosition& place = *page_.end.resume;
    const int ended = NumberOfKey(schema_, place.partition_key);
    if (key != ended) return key > ended;
    if (place.position.empty()) return false;
    return row == nullptr || Behind(*row, place);
  }

  const PagedRead& read_;
  const Schema& schema_;
  const GotPage& page_;
  const History& history_;
  const Schema& now_;
  const uint32_t clock_s_;
  size_t next_ = 0;  // of page_.rows
  Met met_;
};

PagedRead::PagedRead(const TableShape& shape, std::shared_ptr<const Schema> now,
                     const ReadOperation& read, uint32_t now_s)
    : shape_(shape),
      schema_(std::move(now)),
      read_(read),
      filter_(shape, schema_, read.where, read.distinct) {
  const Schema& schema = *schema_;
  command_.table = schema.id;
  if (read.in.size() == 1) {
    command_.partition_key = KeyBytes(schema, read.in[0]);
    command_.token = TokenOfKeyNumber(read.in[0]);
  } else if (!read.in.empty()) {
    for (const int key : read.in) {
      command_.wide_rows.push_back(
          {TokenOfKeyNumber(key), KeyBytes(schema, key)});
    }
  } else {
    command_.first_token = TokenOfKeyNumber(read.keys.first);
    command_.last_token = TokenOfKeyNumber(read.keys.second);
  }
  for (const Slice& slice : read.slices) {
    command_.slices.push_back(
        {StartPosition(schema, slice.start), EndPosition(schema, slice.end)});
  }
  command_.distinct = read.distinct;
  command_.static_alone = read.static_alone;
  command_.reverse = read.reverse;
  if (read.columns.has_value()) {
    command_.columns.emplace();
    for (const ColumnName& name : *read.columns) {
      const Column* const column = FindColumn(schema, name);
      if (column != nullptr) command_.columns->push_back(column->id);
    }
    std::sort(command_.columns->begin(), command_.columns->end());
  }
  command_.filter = filter_.EngineFilter();
  command_.limit = read.limit;
  command_.per_wide_row_limit = read.per_wide_row;
  command_.page_rows_max = std::min(read.page_rows, command_.page_rows_max);
  command_.page_bytes_max = std::min(read.page_bytes, command_.page_bytes_max);
  command_.page_tombstones_max =
      std::min(read.page_tombstones, command_.page_tombstones_max);
  command_.page_idle_looks_max =
      std::min(read.page_idle_looks, command_.page_idle_looks_max);
  command_.now_s = now_s;
}

Wrong PagedRead::Check(const GotPage& page, const History& history,
                       const Schema& now, uint32_t clock_s) {
  if (Wrong wrong = CheckEnd(page)) return wrong;
  Walk walk(*this, page, history, now, clock_s);
  if (Wrong wrong = walk.Run()) return wrong;
  if (page.end.resume.has_value()) {
    if (Wrong wrong = CheckPlace(*page.end.resume, walk.met().shown)) {
      return wrong;
    }
  }
  shown_ += page.rows.size();
  met_ = walk.met();
  command_.limit = read_.limit - shown_;
  command_.resume = page.end.resume;
  done_ = !command_.resume.has_value();
  return std::nullopt;
}

// Whether the page may end as it says.
Wrong PagedRead::CheckEnd(const GotPage& page) const {
  const uint64_t rows = page.rows.size();
  if (page.end.rows != rows) return "the page counts other rows than it has";
  if (rows > std::max<uint64_t>(command_.page_rows_max, 1)) {
    return "the page has more rows than asked for";
  }
  if (shown_ + rows > read_.limit) return "more rows than the limit";
  const bool limited = shown_ + rows == read_.limit;
  const bool exhausted = page.end.reason == EndReason::kExhausted;
  if (page.end.resume.has_value() == (limited || exhausted)) {
    return "a place to go on from, or none, against the reason of the end";
  }
  switch (page.end.reason) {
    case EndReason::kExhausted:
      return std::nullopt;
    case EndReason::kRows:
      if (limited || rows >= command_.page_rows_max) return std::nullopt;
      return "the page is not full of rows";
    case EndReason::kBytes:
      if (rows > 0 && rows >= command_.page_bytes_max) return std::nullopt;
      return "the page is not full of bytes";
    case EndReason::kTombstones:
      if (read_.page_tombstones != ReadOperation::kNoLimit) {
        return std::nullopt;
      }
      return "the page can't be full of tombstones";
    case EndReason::kTime:
      if (read_.page_idle_looks != ReadOperation::kNoLimit) {
        return std::nullopt;
      }
      return "there is no deadline to end the page";
  }
  return "no reason to end the page";
}

// Whether the place is one, lies behind the last one, and counts right.
Wrong PagedRead::CheckPlace(const ReadPosition& place,
                            uint64_t shown_in_wide_row) const {
  const int key = NumberOfKey(*schema_, place.partition_key);
  if (key == kShapeKeys || place.token != TokenOfKeyNumber(key)) {
    return "the page ended in no wide row";
  }
  if (!place.position.empty() &&
      !PlaceOf(shape_, *schema_, place.position).ok()) {
    return "the page ended at no position";
  }
  const uint64_t wanted = read_.distinct ? 1 : read_.per_wide_row;
  if (!place.position.empty() &&
      place.rows_left_in_wide_row != wanted - shown_in_wide_row) {
    return "the place miscounts the rows left in its wide row";
  }
  if (!command_.resume.has_value()) return std::nullopt;
  const ReadPosition& last = *command_.resume;
  const int last_key = NumberOfKey(*schema_, last.partition_key);
  if (key != last_key) {
    if (key > last_key) return std::nullopt;
  } else if (!last.position.empty() && place.position.empty()) {
    return std::nullopt;
  } else if (!last.position.empty()) {
    const int order = place.position.compare(last.position);
    if (read_.reverse ? order < 0 : order > 0) return std::nullopt;
  }
  return "the page did not move on";
}

}  // namespace rowan
