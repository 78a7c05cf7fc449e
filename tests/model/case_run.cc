// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case_run.h"

#include <algorithm>
#include <utility>

#include "storage/base/check.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/made_write.h"
#include "tests/model/queued_run.h"

namespace rowan {
namespace {

using Wrong = std::optional<std::string>;
using Kind = Operation::Kind;

constexpr int64_t kSecondMicros = 1'000'000;

Wrong WrongIf(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  return status.ToString();
}

class PageCollector final : public RowConsumer {
 public:
  PageCollector(std::vector<GotRow>* rows, Totals* totals)
      : rows_(rows), totals_(totals) {}

  size_t OnRow(const ResultRow& row) override {
    if (totals_ != nullptr) totals_->Add(row);
    rows_->push_back(GotRowOf(row));
    return 1;
  }

 private:
  std::vector<GotRow>* const rows_;
  Totals* const totals_;  // or null
};

TableOptions OptionsOf(const OptionSet& set) {
  TableOptions options;
  options.partition_prefix_length = set.partition_prefix_length;
  options.compaction_scaling = set.compaction_scaling;
  options.compression = set.compression;
  return options;
}

}  // namespace

CaseRun::CaseRun(const TestCase& test)
    : test_(test),
      schema_(SchemaOf(test.shape, OptionsOf(*test.options))),
      age_max_s_(test.shape.grace_s),
      history_(&test_.shape),
      chance_(test.seed + 1),
      world_(test.seed),
      table_files_(&world_),
      node_(&world_),
      checks_(&test_.shape, &node_, &history_),
      open_reads_(kOpenReads) {
  const bool counts = std::any_of(
      test.operations.begin(), test.operations.end(),
      [](const Operation& operation) { return !operation.counts.empty(); });
  if (counts) counters_ = std::make_unique<CounterRun>(&node_);
  SetTables();
  world_.options.partition_memtable_bytes_max =
      test.options->partition_memtable_bytes_max;
  world_.options.memtable_limit_bytes = 512 << 10;
  // The largest write fits half a segment.
  world_.log_options.segment_bytes = test.shape.fat ? 256 << 10 : 64 << 10;
  world_.options.log_bytes_max = 4 * world_.log_options.segment_bytes;
  world_.fs().SetCached(!test.options->cold);
}

Wrong CaseRun::Run() {
  if (Wrong wrong = Open()) return wrong;
  for (size_t i = 0; i < test_.operations.size(); ++i) {
    const Operation& operation = test_.operations[i];
    if (Wrong wrong = Do(operation)) {
      return *wrong + "\n  at operation " + std::to_string(i + 1) + ": " +
             FormatOperation(operation);
    }
  }
  if (Wrong wrong = CheckEverything()) return *wrong + "\n  at the end";
  return std::nullopt;
}

Wrong CaseRun::Do(const Operation& operation) {
  SettleClock();
  std::optional<OpenRead>* const slot =
      &open_reads_[static_cast<size_t>(operation.count) % kOpenReads];
  switch (operation.kind) {
    case Kind::kWrite:
      return Write(operation);
    case Kind::kDieWriting:
      return DieWriting(operation);
    case Kind::kRead:
      return ReadAll(operation.read);
    case Kind::kOpenRead:
      slot->emplace(test_.shape, schema_, operation.read,
                    world_.clock().WallSeconds());
      return ReadPage(&**slot);
    case Kind::kNextPage:
      if (!slot->has_value() || (*slot)->pages.done()) return std::nullopt;
      return ReadPage(&**slot);
    case Kind::kClock:
      world_.clock().AdvanceSeconds(operation.count);
      return std::nullopt;
    case Kind::kWork:
      for (int i = 0; i < operation.count; ++i) world_.executor().RunOne();
      return std::nullopt;
    case Kind::kStop:
    case Kind::kDrain:
      return Restart(operation.kind == Kind::kDrain);
    case Kind::kDie:
      return Die(operation.death);
    case Kind::kQueued:
      return Queued(operation.writes[0]);
    case Kind::kCheck:
      return checks_.Run(schema_, operation.checks);
    case Kind::kDieChecking:
      return DieChecking(operation);
    case Kind::kCount:
      return counters_->Count(operation.counts);
    case Kind::kDieCounting:
      return DieCounting(operation);
    case Kind::kAlter:
      return Alter(operation.alteration);
    case Kind::kSnapshot:
      return table_files_.Take(operation.count, {schema_, history_});
    case Kind::kTruncate:
    case Kind::kRestore:
      return Replace(operation);
    case Kind::kCold:
    case Kind::kWarm:
      world_.fs().SetCached(operation.kind == Kind::kWarm);
      return std::nullopt;
    default:
      return Background(operation.kind);
  }
}

Wrong CaseRun::Background(Kind kind) {
  switch (kind) {
    case Kind::kFlush:
    case Kind::kCompact:
      for (const auto& table : world_.tables) {
        const absl::Status done = kind == Kind::kFlush
                                      ? world_.Flush(table->id)
                                      : world_.Compact(table->id);
        if (!done.ok()) return WrongIf(done);
      }
      return std::nullopt;
    case Kind::kStartFlush:
      world_.engine().Flush(schema_->id, std::nullopt, [](absl::Status) {});
      return std::nullopt;
    default:
      world_.engine().Compact(schema_->id, std::nullopt, [](absl::Status) {});
      return std::nullopt;
  }
}

Wrong CaseRun::Write(const Operation& operation) {
  const std::vector<Mutation> mutations = Make(operation.writes);
  if (mutations.empty()) return std::nullopt;
  return WrongIf(WriteAtomic(mutations));
}

Wrong CaseRun::Look(size_t first_writes, bool* seen) {
  const size_t failed_before = failed_reads_;
  const bool with = !ReadAll(ReadOperation()).has_value();
  History all = history_;
  history_.CutTo(first_writes);
  const bool without = !ReadAll(ReadOperation()).has_value();
  history_ = std::move(all);
  *seen = with && !without;
  if (failed_reads_ == failed_before) return std::nullopt;
  return "a read failed while a write was under way";
}

// A write that is not answered happened wholly or not at all; what is seen is
// durable. It is made again afterwards, so that the model knows what the log
// holds.
Wrong CaseRun::DieWriting(const Operation& operation) {
  const size_t without = history_.size();
  const std::vector<Mutation> mutations = Make(operation.writes);
  if (mutations.empty()) return std::nullopt;
  bool answered = false;
  world_.engine().WriteAtomic(
      mutations, [&](absl::Status status) { answered = status.ok(); });
  for (int i = 0; i < operation.count; ++i) world_.executor().RunOne();
  bool seen = false;
  if (operation.looks) {
    if (Wrong wrong = Look(without, &seen)) return wrong;
  }
  const bool acknowledged = seen || answered;
  if (Wrong wrong = Die(operation.death)) return wrong;
  const Wrong with = CheckEverything();
  if (with) {
    if (acknowledged) return "a write that was answered, or seen: " + *with;
    History all = history_;
    history_.CutTo(without);
    const Wrong never = CheckEverything();
    history_ = std::move(all);
    if (never) return "half a write, or not that: " + *with + "; " + *never;
  }
  return WrongIf(WriteAtomic(mutations));
}

CaseRun::OpenRead::OpenRead(const TableShape& shape,
                            const std::shared_ptr<const Schema>& schema,
                            const ReadOperation& read, uint32_t now_s)
    : pages(shape, schema, read, now_s) {
  if (read.totals) totals.emplace(shape, schema);
}

Wrong CaseRun::ReadAll(const ReadOperation& operation) {
  OpenRead read(test_.shape, schema_, operation, world_.clock().WallSeconds());
  while (!read.pages.done()) {
    if (Wrong wrong = ReadPage(&read)) return wrong;
  }
  return std::nullopt;
}

Wrong CaseRun::ReadPage(OpenRead* read) {
  Totals* const totals = read->totals ? &*read->totals : nullptr;
  const absl::StatusOr<GotPage> page = GetPage(read->pages.command(), totals);
  if (!page.ok()) return page.status().ToString();
  if (Wrong wrong = read->pages.Check(*page, history_, *schema_,
                                      world_.clock().WallSeconds())) {
    return wrong;
  }
  return totals == nullptr ? std::nullopt : totals->EndPage(page->rows);
}

Wrong CaseRun::CheckEverything() {
  if (Wrong wrong = ReadAll(ReadOperation())) return wrong;
  return counters_ == nullptr ? std::nullopt : counters_->CheckAll();
}

Wrong CaseRun::DieCounting(const Operation& operation) {
  counters_->Start(operation.counts);
  for (int i = 0; i < operation.count; ++i) world_.executor().RunOne();
  counters_->LetDie();
  if (Wrong wrong = Die(operation.death)) return wrong;
  return counters_->AfterDeath();
}

Wrong CaseRun::Die(Death death) {
  node_.Disconnect();
  switch (death) {
    case Death::kProcess:
      world_.Crash();
      break;
    case Death::kMachine:
      world_.PowerCut();
      break;
    case Death::kTornDisk:
      world_.PowerCut([this] { return chance_.Below(2) == 0; });
      break;
  }
  return Open();
}

Wrong CaseRun::Restart(bool drain) {
  node_.Disconnect();
  if (Wrong wrong = WrongIf(world_.Stop(drain))) return wrong;
  return Open();
}

Wrong CaseRun::Alter(const Alteration& alteration) {
  std::shared_ptr<const Schema> altered =
      Altered(test_.shape, *schema_, alteration);
  if (altered == nullptr) return std::nullopt;
  schema_ = std::move(altered);
  age_max_s_ = std::min(age_max_s_, schema_->options.tombstone_grace_s);
  SetTables();
  if (alteration.kind == Alteration::Kind::kDrop) {
    history_.Drop(alteration.column);
  }
  return WrongIf(world_.engine().AlterTable(schema_));
}

Wrong CaseRun::Replace(const Operation& operation) {
  TableFilesRun::Table table{schema_, history_};
  const Wrong wrong = operation.kind == Kind::kTruncate
                          ? table_files_.Truncate(&test_.shape, &table)
                          : table_files_.Restore(operation.count, &table);
  if (wrong || table.schema == schema_) return wrong;
  schema_ = std::move(table.schema);
  history_ = std::move(table.history);
  SetTables();
  for (std::optional<OpenRead>& read : open_reads_) {
    if (!read.has_value() || read->pages.done()) continue;
    if (!absl::IsNotFound(GetPage(read->pages.command()).status())) {
      return "a dropped table is still read";
    }
    read.reset();
  }
  return CheckEverything();
}

Wrong CaseRun::Open() {
  const absl::Status opened = world_.Open();
  if (opened.ok()) node_.Connect();
  return WrongIf(opened);
}

void CaseRun::SetTables() {
  world_.tables = {schema_};
  if (counters_ != nullptr) world_.tables.push_back(CounterRun::TableSchema());
}

Wrong CaseRun::Queued(WriteOperation write) {
  CutToOneMutation(test_.shape, *schema_, &write);
  if (write.parts.empty()) return std::nullopt;
  return RunQueued(test_.shape, schema_, write, &node_, &history_);
}

Wrong CaseRun::DieChecking(const Operation& operation) {
  checks_.Start(schema_, operation.checks);
  for (int i = 0; i < operation.count; ++i) world_.executor().RunOne();
  checks_.LetDie();
  if (Wrong wrong = Die(operation.death)) return wrong;
  return checks_.AfterDeath(
      [this] { return CheckEverything(); },
      [this](const Mutation& mutation) { return world_.Write(mutation); });
}

std::vector<Mutation> CaseRun::Make(const std::vector<WriteOperation>& writes) {
  const uint32_t now_s = world_.clock().WallSeconds();
  std::vector<Mutation> mutations;
  for (const WriteOperation& operation : writes) {
    // What is older than the grace may find its tombstone gone.
    const int64_t age = std::min<int64_t>(operation.age, age_max_s_);
    const int64_t timestamp = (int64_t{now_s} - age) * kSecondMicros;
    const WriteOperation write =
        MadeWrite(test_.shape, *schema_, operation, timestamp);
    if (write.parts.empty()) continue;
    history_.Add(write, timestamp, now_s);
    AppendMutations(test_.shape, *schema_, write, timestamp, now_s, &mutations);
  }
  return mutations;
}

absl::Status CaseRun::WriteAtomic(const std::vector<Mutation>& mutations) {
  std::optional<absl::Status> done;
  world_.engine().WriteAtomic(mutations,
                              [&](absl::Status status) { done = status; });
  ROWAN_CHECK(world_.executor().RunUntil([&] { return done.has_value(); }));
  return *done;
}

absl::StatusOr<GotPage> CaseRun::GetPage(const ReadCommand& command,
                                         Totals* totals) {
  GotPage page;
  PageCollector collector(&page.rows, totals);
  std::optional<absl::StatusOr<PageEnd>> end;
  world_.engine().Read(command, &collector, [&](absl::StatusOr<PageEnd> got) {
    end = std::move(got);
  });
  ROWAN_CHECK(world_.executor().RunUntil([&] { return end.has_value(); }));
  if (!end->ok()) {
    ++failed_reads_;
    return end->status();
  }
  page.end = **std::move(end);
  return page;
}

// An operation takes milliseconds and should not cross a second: what is made
// in one must not arrive in the next (README.md, "Time").
void CaseRun::SettleClock() {
  const int64_t into = world_.clock().WallMicros() % kSecondMicros;
  if (into > kSecondMicros / 2) {
    world_.clock().AdvanceNanos((kSecondMicros - into) * 1000);
  }
}

}  // namespace rowan
