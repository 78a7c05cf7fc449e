// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/memtable/interleaving/explorer.h"

#include <ucontext.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "storage/base/check.h"
#include "tests/storage/memtable/interleaving/atomic_hooks.h"

namespace rowan {
namespace {

constexpr size_t kStackBytes = 128 << 10;

// The decisions of one interleaving, and what else could be decided there.
struct Decision {
  size_t taken = 0;
  size_t options = 0;
};

// One task with its stack. What it runs on is the calling thread.
struct Fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack = std::make_unique<char[]>(kStackBytes);
  Explorer::Task task;
  bool ended = false;

  // So that the next switch to it calls `enter`.
  void Begin(Explorer::Task new_task, void (*enter)()) {
    task = std::move(new_task);
    ended = false;
    ROWAN_CHECK(getcontext(&context) == 0);
    context.uc_stack.ss_sp = stack.get();
    context.uc_stack.ss_size = kStackBytes;
    context.uc_link = nullptr;
    makecontext(&context, enter, 0);
  }
};

class Schedule {
 public:
  explicit Schedule(int preemptions_max) : preemptions_max_(preemptions_max) {}

  void Run(std::vector<Explorer::Task> tasks);
  // To the next interleaving; false when there is none.
  bool Advance();
  void BeforeAtomic();
  void Yield();

 private:
  static void Enter();
  // Which of the tasks that may run next does; the first if nothing else was
  // decided.
  size_t Decide(const std::vector<size_t>& candidates);
  std::vector<size_t> Others() const;
  void SwitchTo(size_t next);

  const int preemptions_max_;
  std::vector<Fiber> fibers_;
  ucontext_t outside_;
  size_t current_ = 0;
  int preemptions_ = 0;
  std::vector<Decision> path_;
  size_t depth_ = 0;  // of path_: decisions made in this run
};

Schedule* under_way = nullptr;  // while its tasks run

void Schedule::Enter() {
  Schedule* const schedule = under_way;
  Fiber& fiber = schedule->fibers_[schedule->current_];
  fiber.task();
  fiber.ended = true;
  const std::vector<size_t> others = schedule->Others();
  if (!others.empty()) {
    schedule->current_ = schedule->Decide(others);
    setcontext(&schedule->fibers_[schedule->current_].context);
  }
  setcontext(&schedule->outside_);
}

void Schedule::Run(std::vector<Explorer::Task> tasks) {
  fibers_.resize(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    fibers_[i].Begin(std::move(tasks[i]), &Schedule::Enter);
  }
  depth_ = 0;
  preemptions_ = 0;
  under_way = this;
  current_ = fibers_.size();  // none: all are candidates
  current_ = Decide(Others());
  SetAtomicHook([] { under_way->BeforeAtomic(); });
  ROWAN_CHECK(swapcontext(&outside_, &fibers_[current_].context) == 0);
  SetAtomicHook(nullptr);
  under_way = nullptr;
}

size_t Schedule::Decide(const std::vector<size_t>& candidates) {
  if (depth_ == path_.size()) path_.push_back({0, candidates.size()});
  const Decision& decision = path_[depth_++];
  ROWAN_CHECK(decision.options == candidates.size());
  return candidates[decision.taken];
}

std::vector<size_t> Schedule::Others() const {
  std::vector<size_t> others;
  for (size_t i = 0; i < fibers_.size(); ++i) {
    if (i != current_ && !fibers_[i].ended) others.push_back(i);
  }
  return others;
}

bool Schedule::Advance() {
  while (!path_.empty() && path_.back().taken + 1 == path_.back().options) {
    path_.pop_back();
  }
  if (path_.empty()) return false;
  ++path_.back().taken;
  return true;
}

void Schedule::BeforeAtomic() {
  if (preemptions_ == preemptions_max_) return;
  std::vector<size_t> candidates = Others();
  if (candidates.empty()) return;
  candidates.insert(candidates.begin(), current_);
  const size_t next = Decide(candidates);
  if (next == current_) return;
  ++preemptions_;
  SwitchTo(next);
}

void Schedule::Yield() {
  const std::vector<size_t> others = Others();
  if (!others.empty()) SwitchTo(Decide(others));
}

void Schedule::SwitchTo(size_t next) {
  Fiber& from = fibers_[current_];
  current_ = next;
  ROWAN_CHECK(swapcontext(&from.context, &fibers_[next].context) == 0);
}

}  // namespace

uint64_t Explorer::ForAll(int preemptions_max,
                          const std::function<std::vector<Task>()>& prepare,
                          const std::function<void()>& check) {
  Schedule schedule(preemptions_max);
  uint64_t count = 0;
  do {
    schedule.Run(prepare());
    check();
    ++count;
  } while (schedule.Advance());
  return count;
}

void Explorer::Yield() { under_way->Yield(); }

}  // namespace rowan
