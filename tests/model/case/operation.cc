// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/operation.h"

#include <string>

namespace rowan {
namespace {

using Kind = Operation::Kind;
using Part = WritePart::Kind;

std::string Dotted(const std::vector<int>& numbers) {
  if (numbers.empty()) return "-";
  std::string text;
  for (const int number : numbers) {
    text += (text.empty() ? "" : ".") + std::to_string(number);
  }
  return text;
}

std::string FormatSlice(const Slice& slice) {
  return (slice.start.inclusive ? "[" : "(") + Dotted(slice.start.components) +
         ".." + Dotted(slice.end.components) +
         (slice.end.inclusive ? "]" : ")");
}

std::string FormatRow(const RowName& row) {
  return row.fixed ? "s" : Dotted(row.components);
}

std::string FormatCellPlace(const WritePart& part) {
  std::string text = FormatRow(part.row) + ":" + NameOf(part.column);
  if (part.path >= 0) text += "/" + std::to_string(part.path);
  return text;
}

std::string FormatTtl(uint32_t ttl_s) {
  return ttl_s == 0 ? "" : "+" + std::to_string(ttl_s);
}

std::string FormatCell(const WritePart& part) {
  return FormatCellPlace(part) + "=" + std::to_string(part.value) +
         FormatTtl(part.ttl_s);
}

std::string FormatPart(const WritePart& part) {
  switch (part.kind) {
    case Part::kDeleteWideRow:
      return "gone";
    case Part::kDeleteRange:
      return "gone:" + FormatSlice(part.range);
    case Part::kDeleteRow:
      return "gone:" + FormatRow(part.row);
    case Part::kMark:
      return "mark:" + FormatRow(part.row) + FormatTtl(part.ttl_s);
    case Part::kSet:
      return "set:" + FormatCell(part);
    case Part::kUnset:
      return "unset:" + FormatCellPlace(part);
    case Part::kClearColumn:
      return "clear:" + FormatCellPlace(part);
    case Part::kOverwrite:
      return "over:" + FormatCellPlace(part);
    case Part::kReplace:
      return "put:" + FormatCell(part);
    case Part::kAppend:
      return "back:" + FormatCell(part);
    case Part::kPrepend:
      return "front:" + FormatCell(part);
    case Part::kSetAt:
      return "at:" + FormatCell(part);
    case Part::kEraseAt:
      return "erase:" + FormatCellPlace(part);
  }
  return "";
}

std::string FormatWrites(const std::vector<WriteOperation>& writes) {
  std::string text;
  for (const WriteOperation& write : writes) {
    if (!text.empty()) text += " &";
    text += " key=" + std::to_string(write.key) +
            " age=" + std::to_string(write.age);
    for (const WritePart& part : write.parts) text += " " + FormatPart(part);
  }
  return text;
}

std::string FormatCheck(const CheckOperation& check) {
  std::string text;
  if (check.wide_row.has_value()) {
    text += *check.wide_row ? " if=wide:some" : " if=wide:none";
  }
  for (const RowQuestion& asked : check.rows) {
    text += " if=" + FormatRow(asked.row);
    if (asked.exists.has_value()) text += *asked.exists ? ":some" : ":none";
    for (const AskedPredicate& predicate : asked.where) {
      text += " where=" + FormatPredicate(predicate);
    }
  }
  text += FormatWrites({check.write});
  if (!check.otherwise.empty()) text += " else";
  for (const WritePart& part : check.otherwise) text += " " + FormatPart(part);
  return text;
}

std::string FormatChecks(const std::vector<CheckOperation>& checks) {
  std::string text;
  for (const CheckOperation& check : checks) {
    text += (text.empty() ? "" : " &") + FormatCheck(check);
  }
  return text;
}

std::string FormatCounts(const std::vector<CountOperation>& counts) {
  std::string text;
  for (const CountOperation& count : counts) {
    if (!text.empty()) text += " &";
    text += " key=" + std::to_string(count.key);
    if (count.deletes) {
      text += " gone";
      continue;
    }
    text += " row=" + std::to_string(count.row) +
            " add=" + std::to_string(count.delta);
    if (count.id != 0) text += " id=" + std::to_string(count.id);
  }
  return text;
}

std::string FormatDeath(Death death) {
  switch (death) {
    case Death::kProcess:
      return "crash";
    case Death::kMachine:
      return "power-cut";
    case Death::kTornDisk:
      return "torn-disk";
  }
  return "";
}

std::string FormatLimit(const char* name, uint64_t limit) {
  return limit == ReadOperation::kNoLimit ? "" : name + std::to_string(limit);
}

std::string FormatRead(const ReadOperation& read) {
  std::string text = !read.in.empty()
                         ? " in=" + Dotted(read.in)
                         : " keys=" + std::to_string(read.keys.first) + ".." +
                               std::to_string(read.keys.second);
  for (const Slice& slice : read.slices) text += " slice=" + FormatSlice(slice);
  if (read.distinct) text += " distinct";
  if (read.static_alone) text += " static-alone";
  if (read.reverse) text += " reverse";
  if (read.columns.has_value()) {
    text += " columns=";
    for (const ColumnName& column : *read.columns) {
      if (text.back() != '=') text += ",";
      text += NameOf(column);
    }
  }
  text += FormatLimit(" limit=", read.limit);
  text += FormatLimit(" each=", read.per_wide_row);
  text += FormatLimit(" page=", read.page_rows);
  text += FormatLimit(" bytes=", read.page_bytes);
  text += FormatLimit(" tombstones=", read.page_tombstones);
  text += FormatLimit(" idle=", read.page_idle_looks);
  for (const AskedPredicate& predicate : read.where) {
    text += " where=" + FormatPredicate(predicate);
  }
  return text + (read.totals ? " totals" : "");
}

std::string VerbOf(Alteration::Kind kind) {
  switch (kind) {
    case Alteration::Kind::kDrop:
      return "drop";
    case Alteration::Kind::kAdd:
      return "add";
    case Alteration::Kind::kRename:
      return "rename";
    case Alteration::Kind::kGrow:
      return "grow";
    case Alteration::Kind::kTune:
      return "tune";
  }
  return "";
}

std::string FormatAlteration(const Alteration& alteration) {
  return VerbOf(alteration.kind) +
         (alteration.kind == Alteration::Kind::kTune
              ? " " + std::to_string(alteration.tuning)
              : " " + NameOf(alteration.column));
}

}  // namespace

std::string FormatOperation(const Operation& operation) {
  const std::string count = std::to_string(operation.count);
  switch (operation.kind) {
    case Kind::kWrite:
      return "write" + FormatWrites(operation.writes);
    case Kind::kDieWriting:
      return "write-until-" + FormatDeath(operation.death) + " " + count +
             (operation.looks ? " look" : "") + FormatWrites(operation.writes);
    case Kind::kRead:
      return "read" + FormatRead(operation.read);
    case Kind::kOpenRead:
      return "open " + count + FormatRead(operation.read);
    case Kind::kNextPage:
      return "next " + count;
    case Kind::kClock:
      return "clock " + count;
    case Kind::kFlush:
      return "flush";
    case Kind::kCompact:
      return "compact";
    case Kind::kStartFlush:
      return "start-flush";
    case Kind::kStartCompact:
      return "start-compact";
    case Kind::kWork:
      return "work " + count;
    case Kind::kStop:
      return "stop";
    case Kind::kDrain:
      return "drain";
    case Kind::kDie:
      return FormatDeath(operation.death);
    case Kind::kCold:
      return "cold";
    case Kind::kWarm:
      return "warm";
    case Kind::kQueued:
      return "queued" + FormatWrites(operation.writes);
    case Kind::kCheck:
      return "check" + FormatChecks(operation.checks);
    case Kind::kDieChecking:
      return "check-until-" + FormatDeath(operation.death) + " " + count +
             FormatChecks(operation.checks);
    case Kind::kCount:
      return "count" + FormatCounts(operation.counts);
    case Kind::kDieCounting:
      return "count-until-" + FormatDeath(operation.death) + " " + count +
             FormatCounts(operation.counts);
    case Kind::kAlter:
      return FormatAlteration(operation.alteration);
    case Kind::kTruncate:
      return "truncate";
    case Kind::kSnapshot:
      return "snapshot " + count;
    case Kind::kRestore:
      return "restore " + count;
  }
  return "";
}

}  // namespace rowan
