// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "tests/model/case/operation.h"
#include "tests/model/case/part_parser.h"
#include "tests/model/case/text_cursor.h"

namespace rowan {
namespace {

using Kind = Operation::Kind;

constexpr int kCountMax = 100'000;

// Parses the words of one operation; false as soon as one doesn't fit.
class Parser {
 public:
  explicit Parser(const TableShape& shape) : shape_(shape), parts_(shape) {}

  bool ParseWrites(const std::vector<std::string_view>& words, size_t from,
                   std::vector<WriteOperation>* writes) {
    writes->emplace_back();
    for (size_t i = from; i < words.size(); ++i) {
      if (words[i] == "&") {
        writes->emplace_back();
        continue;
      }
      if (!ParseWriteWord(words[i], &writes->back())) return false;
    }
    for (const WriteOperation& write : *writes) {
      if (write.parts.empty()) return false;
    }
    return true;
  }

  bool ParseReadWord(std::string_view word, ReadOperation* read) {
    TextCursor in(word);
    if (in.Take("in=")) return ParseKeys(in, &read->in);
    if (in.Take("keys=")) {
      return in.TakeIndex(kShapeKeys, &read->keys.first) && in.Take("..") &&
             in.TakeIndex(kShapeKeys, &read->keys.second) && in.AtEnd() &&
             read->keys.first <= read->keys.second;
    }
    if (in.Take("slice=")) {
      read->slices.emplace_back();
      return parts_.TakeSlice(&in, &read->slices.back()) && in.AtEnd();
    }
    if (in.Take("columns=")) return ParseColumns(in, read);
    if (in.Take("limit=")) return ParseLimit(in, &read->limit);
    if (in.Take("each=")) return ParseLimit(in, &read->per_wide_row);
    if (in.Take("page=")) return ParseLimit(in, &read->page_rows);
    if (in.Take("bytes=")) return ParseLimit(in, &read->page_bytes);
    if (in.Take("tombstones=")) return ParseLimit(in, &read->page_tombstones);
    if (in.Take("idle=")) return ParseLimit(in, &read->page_idle_looks);
    if (in.Take("where=")) {
      return ParsePredicate(shape_, in.rest(), &read->where.emplace_back());
    }
    if (in.Take("distinct")) {
      read->distinct = true;
    } else if (in.Take("static-alone")) {
      read->static_alone = true;
    } else if (in.Take("reverse")) {
      read->reverse = true;
    } else if (in.Take("totals")) {
      read->totals = true;
    } else {
      return false;
    }
    return in.AtEnd();
  }

  // Each of questions, a write, and perhaps another one behind "else".
  bool ParseChecks(const std::vector<std::string_view>& words, size_t from,
                   std::vector<CheckOperation>* checks) {
    checks->emplace_back();
    bool otherwise = false;
    for (size_t i = from; i < words.size(); ++i) {
      CheckOperation& check = checks->back();
      if (words[i] == "&") {
        checks->emplace_back();
        otherwise = false;
      } else if (words[i] == "else") {
        otherwise = true;
      } else if (otherwise) {
        TextCursor in(words[i]);
        if (!parts_.TakePart(&in, &check.otherwise.emplace_back()) ||
            !in.AtEnd()) {
          return false;
        }
      } else if (!ParseQuestion(words[i], &check) &&
                 !ParseWriteWord(words[i], &check.write)) {
        return false;
      }
    }
    return std::all_of(checks->begin(), checks->end(), [](const auto& check) {
      return (check.wide_row.has_value() || !check.rows.empty()) &&
             !(check.write.parts.empty() && check.otherwise.empty());
    });
  }

  static bool ParseCounts(const std::vector<std::string_view>& words,
                          size_t from, std::vector<CountOperation>* counts) {
    counts->emplace_back();
    for (size_t i = from; i < words.size(); ++i) {
      if (words[i] == "&") {
        counts->emplace_back();
      } else if (!ParseCountWord(words[i], &counts->back())) {
        return false;
      }
    }
    return words.size() > from;
  }

 private:
  bool ParseQuestion(std::string_view word, CheckOperation* check) {
    TextCursor in(word);
    if (in.Take("where=")) {
      if (check->rows.empty()) return false;
      AskedPredicate& asked = check->rows.back().where.emplace_back();
      return ParsePredicate(shape_, in.rest(), &asked) && asked.component < 0;
    }
    if (!in.Take("if=")) return false;
    const bool of_wide_row = in.Take("wide");
    RowQuestion asked;
    if (!of_wide_row && !parts_.TakeRow(&in, &asked.row)) return false;
    if (in.Take(":some")) asked.exists = true;
    if (in.Take(":none")) asked.exists = false;
    if (of_wide_row) {
      check->wide_row = asked.exists;
    } else {
      check->rows.push_back(std::move(asked));
    }
    return in.AtEnd() && (!of_wide_row || check->wide_row.has_value());
  }

  static bool ParseCountWord(std::string_view word, CountOperation* count) {
    TextCursor in(word);
    if (in.Take("gone")) {
      count->deletes = true;
    } else if (in.Take("add=")) {
      const bool negative = in.Take("-");
      if (!in.TakeIndex(1000, &count->delta)) return false;
      if (negative) count->delta = -count->delta;
    } else {
      int* const number = in.Take("key=")   ? &count->key
                          : in.Take("row=") ? &count->row
                          : in.Take("id=")  ? &count->id
                                            : nullptr;
      if (number == nullptr || !in.TakeIndex(kShapeKeys, number)) return false;
    }
    return in.AtEnd();
  }

  bool ParseWriteWord(std::string_view word, WriteOperation* write) {
    TextCursor in(word);
    if (in.Take("key=")) {
      return in.TakeIndex(kShapeKeys, &write->key) && in.AtEnd();
    }
    if (in.Take("age=")) return in.TakeIndex(1000, &write->age) && in.AtEnd();
    write->parts.emplace_back();
    return parts_.TakePart(&in, &write->parts.back()) && in.AtEnd();
  }

  static bool ParseKeys(TextCursor in, std::vector<int>* keys) {
    do {
      keys->push_back(0);
      if (!in.TakeIndex(kShapeKeys, &keys->back())) return false;
    } while (in.Take("."));
    return in.AtEnd() && std::is_sorted(keys->begin(), keys->end()) &&
           std::adjacent_find(keys->begin(), keys->end()) == keys->end();
  }

  bool ParseColumns(TextCursor in, ReadOperation* read) {
    read->columns.emplace();
    while (!in.AtEnd()) {
      read->columns->emplace_back();
      if (!parts_.TakeColumn(&in, &read->columns->back())) return false;
      if (!in.AtEnd() && !in.Take(",")) return false;
    }
    return true;
  }

  static bool ParseLimit(TextCursor in, uint64_t* limit) {
    return in.TakeNumber(ReadOperation::kNoLimit, limit) && in.AtEnd();
  }

  const TableShape& shape_;
  PartParser parts_;
};

std::optional<Kind> PlainKind(std::string_view word) {
  for (Kind kind :
       {Kind::kFlush, Kind::kCompact, Kind::kStartFlush, Kind::kStartCompact,
        Kind::kStop, Kind::kDrain, Kind::kCold, Kind::kWarm, Kind::kTruncate}) {
    if (FormatOperation({.kind = kind}) == word) return kind;
  }
  return std::nullopt;
}

bool AnyReadsFirst(const std::vector<WriteOperation>& writes) {
  return std::any_of(writes.begin(), writes.end(), [](const auto& write) {
    return std::any_of(write.parts.begin(), write.parts.end(), ReadsFirst);
  });
}

constexpr std::string_view kWriteUntil = "write-until-";
constexpr std::string_view kCountUntil = "count-until-";
constexpr std::string_view kCheckUntil = "check-until-";

bool ParseDeath(std::string_view word, Death* death) {
  for (Death one : {Death::kProcess, Death::kMachine, Death::kTornDisk}) {
    *death = one;
    if (FormatOperation({.kind = Kind::kDie, .death = one}) == word) {
      return true;
    }
  }
  return false;
}

bool ParseCount(const std::vector<std::string_view>& words, int bound,
                Operation* operation) {
  if (words.size() < 2) return false;
  TextCursor in(words[1]);
  return in.TakeIndex(static_cast<size_t>(bound), &operation->count) &&
         in.AtEnd();
}

bool ParseRead(const TableShape& shape,
               const std::vector<std::string_view>& words, size_t from,
               ReadOperation* read) {
  Parser parser(shape);
  for (size_t i = from; i < words.size(); ++i) {
    if (!parser.ParseReadWord(words[i], read)) return false;
  }
  return true;
}

bool ParseAlteration(const TableShape& shape,
                     const std::vector<std::string_view>& words,
                     Alteration* alteration) {
  using AlterationKind = Alteration::Kind;
  static constexpr std::pair<std::string_view, AlterationKind> kVerbs[] = {
      {"drop", AlterationKind::kDrop},
      {"add", AlterationKind::kAdd},
      {"rename", AlterationKind::kRename},
      {"grow", AlterationKind::kGrow}};
  if (words.size() != 2) return false;
  TextCursor in(words[1]);
  if (words[0] == "tune") {
    alteration->kind = AlterationKind::kTune;
    return in.TakeIndex(kTunings, &alteration->tuning) && in.AtEnd();
  }
  for (const auto& [verb, kind] : kVerbs) {
    if (words[0] != verb) continue;
    alteration->kind = kind;
    return PartParser(shape).TakeColumn(&in, &alteration->column) && in.AtEnd();
  }
  return false;
}

// A verb and a number.
bool ParseCounted(const std::vector<std::string_view>& words,
                  Operation* operation) {
  struct Counted {
    std::string_view verb;
    Kind kind;
    int bound;
  };
  static constexpr Counted kCounted[] = {
      {"next", Kind::kNextPage, kOpenReads},
      {"snapshot", Kind::kSnapshot, kSnapshots},
      {"restore", Kind::kRestore, kSnapshots},
      {"clock", Kind::kClock, kCountMax},
      {"work", Kind::kWork, kCountMax}};
  for (const Counted& counted : kCounted) {
    if (words.empty() || words[0] != counted.verb) continue;
    operation->kind = counted.kind;
    return words.size() == 2 && ParseCount(words, counted.bound, operation);
  }
  return false;
}

bool Parse(const TableShape& shape, const std::vector<std::string_view>& words,
           Operation* operation) {
  const std::string_view verb = words.empty() ? "" : words[0];
  if (const std::optional<Kind> plain = PlainKind(verb)) {
    operation->kind = *plain;
    return words.size() == 1;
  }
  if (verb == "write") {
    operation->kind = Kind::kWrite;
    return Parser(shape).ParseWrites(words, 1, &operation->writes) &&
           !AnyReadsFirst(operation->writes);
  }
  if (ParseDeath(verb, &operation->death)) {
    operation->kind = Kind::kDie;
    return words.size() == 1;
  }
  if (verb.starts_with(kWriteUntil) &&
      ParseDeath(verb.substr(kWriteUntil.size()), &operation->death)) {
    operation->kind = Kind::kDieWriting;
    operation->looks = words.size() > 2 && words[2] == "look";
    return ParseCount(words, kCountMax, operation) &&
           Parser(shape).ParseWrites(words, operation->looks ? 3 : 2,
                                     &operation->writes) &&
           !AnyReadsFirst(operation->writes);
  }
  if (verb == "queued") {
    operation->kind = Kind::kQueued;
    return Parser(shape).ParseWrites(words, 1, &operation->writes) &&
           operation->writes.size() == 1;
  }
  if (verb == "check") {
    operation->kind = Kind::kCheck;
    return Parser(shape).ParseChecks(words, 1, &operation->checks);
  }
  if (verb.starts_with(kCheckUntil) &&
      ParseDeath(verb.substr(kCheckUntil.size()), &operation->death)) {
    operation->kind = Kind::kDieChecking;
    return ParseCount(words, kCountMax, operation) &&
           Parser(shape).ParseChecks(words, 2, &operation->checks);
  }
  if (verb == "count") {
    operation->kind = Kind::kCount;
    return Parser::ParseCounts(words, 1, &operation->counts);
  }
  if (verb.starts_with(kCountUntil) &&
      ParseDeath(verb.substr(kCountUntil.size()), &operation->death)) {
    operation->kind = Kind::kDieCounting;
    return ParseCount(words, kCountMax, operation) &&
           Parser::ParseCounts(words, 2, &operation->counts) &&
           std::all_of(operation->counts.begin(), operation->counts.end(),
                       [](const CountOperation& count) {
                         return !count.deletes && count.id != 0;
                       });
  }
  if (verb == "read") {
    operation->kind = Kind::kRead;
    return ParseRead(shape, words, 1, &operation->read);
  }
  if (verb == "open") {
    operation->kind = Kind::kOpenRead;
    return ParseCount(words, kOpenReads, operation) &&
           ParseRead(shape, words, 2, &operation->read);
  }
  if (ParseAlteration(shape, words, &operation->alteration)) {
    operation->kind = Kind::kAlter;
    return true;
  }
  return ParseCounted(words, operation);
}

}  // namespace

absl::StatusOr<Operation> ParseOperation(const TableShape& shape,
                                         std::string_view line) {
  Operation operation;
  if (Parse(shape, WordsOf(line), &operation)) return operation;
  return absl::InvalidArgumentError("no operation: " + std::string(line));
}

}  // namespace rowan
