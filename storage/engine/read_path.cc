// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/read_path.h"

#include <optional>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"
#include "storage/read/merging_iterator.h"

namespace rowan {

struct ReadPath::Task {
  Task(const ReadCommand& read_command, std::shared_ptr<Table> of_table,
       RowConsumer* consumer, const Clock& clock)
      : command(read_command),
        table(std::move(of_table)),
        schema(table->schema()),
        page(read_command, schema->dropped, consumer, clock, &stats) {}

  const ReadCommand& command;
  const std::shared_ptr<Table> table;
  const std::shared_ptr<const Schema> schema;
  ReadStats stats;
  PageReader page;
  // Of the partition that is read. Behind a WouldBlock() inside a wide row they
  // wait here with the view they rest on, to show it on as they began.
  std::shared_ptr<const PartitionView> held;
  std::optional<MergingIterator> sources;
  Done done;
  int64_t started_ns = 0;
};

void ReadPath::Read(const ReadCommand& command, RowConsumer* consumer,
                    Done done) {
  if (!core_->activity.Begin()) {
    done(absl::UnavailableError("the node is shutting down"));
    return;
  }
  std::shared_ptr<Table> table = core_->tables.Find(command.table);
  if (!table) {
    done(absl::NotFoundError(absl::StrCat("no table with id ",
                                          command.table.value,
                                          "; it was dropped or truncated")));
    core_->activity.End();
    return;
  }
  auto task = std::make_unique<Task>(command, std::move(table), consumer,
                                     *core_->world.clock);
  task->done = std::move(done);
  task->started_ns = core_->world.clock->MonotonicNanos();
  const absl::Status status = Run(task.get(), Blocking::kNeverWait);
  if (!IsWouldBlock(status)) {
    Finish(std::move(task), status);
    return;
  }
  ++task->stats.waits;
  const int64_t handed_over_ns = core_->world.clock->MonotonicNanos();
  core_->world.blocking->Post(
      [this, task = std::move(task), handed_over_ns]() mutable {
        task->stats.wait_ns +=
            core_->world.clock->MonotonicNanos() - handed_over_ns;
        const absl::Status waited = Run(task.get(), Blocking::kMayWait);
        Finish(std::move(task), waited);
      });
}

absl::Status ReadPath::Run(Task* task, Blocking blocking) {
  for (;;) {
    const std::optional<Token> next = task->page.next_token();
    if (!next.has_value()) return absl::OkStatus();
    Partition& partition = task->table->PartitionOf(*next);
    if (!partition.lost().ok()) return partition.lost();
    const Token last = partition.id().last();
    absl::StatusOr<bool> full = false;
    if (blocking == Blocking::kNeverWait) {
      EpochDomain::Guard guard(core_->epochs);
      full = RunPartition(task, *partition.view(), last, blocking);
    } else {
      if (task->held == nullptr) task->held = partition.HoldView();
      full = RunPartition(task, *task->held, last, blocking);
    }
    if (!full.ok()) return full.status();
    if (*full) return absl::OkStatus();
  }
}

absl::StatusOr<bool> ReadPath::RunPartition(Task* task,
                                            const PartitionView& view,
                                            Token last, Blocking blocking) {
  const ReadStats before = task->stats;
  if (task->sources.has_value()) {
    task->sources->MayWait();
  } else {
    task->sources.emplace(OpenSources(task, view, blocking), MergeForm::kRows);
  }
  absl::StatusOr<bool> full =
      task->page.Run(&*task->sources, last, view.lost.get());
  if (IsWouldBlock(full.status())) {
    if (task->sources->HasWideRow()) {
      task->held = view.shared_from_this();
      return full;
    }
    // They are opened again: each of them counts once.
    ReadStats* stats = &task->stats;
    stats->memtables = before.memtables;
    stats->sstables = before.sstables;
    stats->sstables_skipped = before.sstables_skipped;
    stats->sstable_misses = before.sstable_misses;
  }
  task->sources.reset();
  task->held.reset();
  return full;
}

std::vector<std::unique_ptr<RowIterator>> ReadPath::OpenSources(
    Task* task, const PartitionView& view, Blocking blocking) {
  const ReadCommand& command = task->command;
  const Token next = *task->page.next_token();
  ReadStats* stats = &task->stats;
  std::vector<std::unique_ptr<RowIterator>> sources;
  auto add_memtable = [&](const Memtable& memtable) {
    if (memtable.empty()) return;
    ++stats->memtables;
    sources.push_back(memtable.NewIterator());
  };
  add_memtable(view.active->memtable);
  for (const auto& slot : view.flushing) add_memtable(slot->memtable);
  for (const auto& file : view.sstables) {
    const SSTableStatistics& known = file->statistics();
    const bool may_hold = command.by_key()
                              ? file->MayContain(next)
                              : known.first_token <= command.last_token &&
                                    known.last_token >= command.first_token;
    if (!may_hold) {
      ++stats->sstables_skipped;
      continue;
    }
    ++stats->sstables;
    sources.push_back(file->NewIterator(blocking, stats));
  }
  return sources;
}

void ReadPath::Finish(std::unique_ptr<Task> task, const absl::Status& status) {
  core_->counters.reads.Add(task->stats, task->command.by_key());
  task->stats.work_ns = core_->world.clock->MonotonicNanos() -
                        task->started_ns - task->stats.wait_ns;
  absl::StatusOr<PageEnd> end = PageEnd{};
  if (status.ok()) {
    end = task->page.End();
  } else {
    end = status;
  }
  Done done = std::move(task->done);
  task.reset();
  done(std::move(end));
  core_->activity.End();
}

}  // namespace rowan
