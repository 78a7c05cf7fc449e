// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/scrubber.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"

namespace rowan {
namespace {

constexpr int64_t kNanosPerS = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 24 * 3600;

}  // namespace

Scrubber::Scrubber(EngineCore* core, CompactionManager* compactions)
    : core_(core),
      compactions_(compactions),
      handle_(std::make_shared<Handle>()) {
  MutexLock lock(handle_->mutex);
  handle_->scrubber = this;
}

Scrubber::~Scrubber() {
  MutexLock lock(handle_->mutex);
  handle_->scrubber = nullptr;
}

void Scrubber::Start() {
  if (core_->options.scrub_period_s > 0) RunAfter(kFirstDelay);
}

void Scrubber::RunAfter(std::chrono::nanoseconds delay) {
  core_->world.background->PostAfter(
      delay, [weak = std::weak_ptr<Handle>(handle_)] {
        const std::shared_ptr<Handle> handle = weak.lock();
        if (handle == nullptr) return;
        Scrubber* scrubber = nullptr;
        {
          MutexLock lock(handle->mutex);
          // From here on the engine waits for it before it is destroyed.
          if (handle->scrubber != nullptr &&
              handle->scrubber->core_->activity.Begin()) {
            scrubber = handle->scrubber;
          }
        }
        if (scrubber != nullptr) scrubber->Run();
      });
}

void Scrubber::Run() {
  RunAfter(Step());
  core_->activity.End();
}

std::chrono::nanoseconds Scrubber::Step() {
  if (reading_ == nullptr) {
    if (began_ns_ == 0) BeginRound();
    if (!OpenNext()) return EndRound();
  }
  const uint64_t bytes = ReadOn();
  return std::chrono::nanoseconds(static_cast<int64_t>(
      bytes * kNanosPerS /
      static_cast<uint64_t>(core_->options.scrub_bytes_per_s)));
}

void Scrubber::BeginRound() {
  began_ns_ = std::max<int64_t>(1, core_->world.clock->MonotonicNanos());
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      for (const auto& file : partition->HoldView()->sstables) {
        waiting_.push_back(
            {table->id(), partition->id(), file->statistics().file});
      }
    }
  }
  if (!waiting_.empty()) {
    const auto day = static_cast<uint64_t>(core_->world.clock->WallSeconds() /
                                           kSecondsPerDay);
    const auto first = static_cast<std::ptrdiff_t>(day % waiting_.size());
    std::rotate(waiting_.begin(), waiting_.begin() + first, waiting_.end());
  }
  MutexLock lock(mutex_);
  status_.running = true;
  status_.round_files = waiting_.size();
  status_.round_files_done = 0;
}

std::chrono::nanoseconds Scrubber::EndRound() {
  const int64_t took_ns =
      core_->world.clock->MonotonicNanos() - std::exchange(began_ns_, 0);
  MutexLock lock(mutex_);
  status_.running = false;
  status_.finished_at_us = core_->world.clock->WallMicros();
  ++status_.rounds;
  last_ = std::exchange(found_, {});
  return std::chrono::nanoseconds(std::max<int64_t>(
      core_->options.scrub_period_s * kNanosPerS - took_ns, 0));
}

std::shared_ptr<SSTable> Scrubber::Find(const File& file) const {
  const std::shared_ptr<Table> table = core_->tables.Find(file.table);
  if (table == nullptr) return nullptr;
  for (const auto& partition : table->partitions()) {
    if (partition->id() != file.partition) continue;
    for (const auto& one : partition->HoldView()->sstables) {
      if (one->statistics().file == file.file) return one;
    }
  }
  return nullptr;
}

bool Scrubber::OpenNext() {
  while (!waiting_.empty()) {
    const File file = waiting_.front();
    waiting_.pop_front();
    const std::shared_ptr<SSTable> known = Find(file);
    if (known == nullptr) {
      CountDone();
      continue;
    }
    // Anew: footer, index, filter and statistics rot as blocks do.
    const auto opened =
        SSTableReader::Open(core_->world.file_system, known->path());
    if (opened.ok()) {
      reading_ = std::make_unique<Reading>(Reading{file, *opened, nullptr});
      reading_->verifier = std::make_unique<SSTableVerifier>(
          reading_->table.get(), VerifyLevel::kChecksum);
      return true;
    }
    // One that was merged away between the two lines has no name any more.
    if (Find(file) != nullptr) {
      Report(file, absl::StrCat(opened.status().message(),
                                "; lost: all of it, at the next start"));
    }
    CountDone();
  }
  return false;
}

uint64_t Scrubber::ReadOn() {
  SSTableVerifier& verifier = *reading_->verifier;
  const uint64_t before = verifier.bytes();
  const absl::StatusOr<bool> finished = verifier.Step(kStepBytes);
  const uint64_t bytes = verifier.bytes() - before;
  {
    MutexLock lock(mutex_);
    status_.bytes += bytes;
    if (finished.ok() && *finished) ++status_.files;
  }
  if (finished.ok() && !*finished) return bytes;
  if (Find(reading_->file) != nullptr) {
    for (const SSTableDamage& damage : verifier.damages()) {
      Report(reading_->file,
             absl::StrCat(damage.what, "; lost: ",
                          LossText(reading_->table->schema(), *damage.lost)));
    }
    if (!finished.ok()) {
      Report(reading_->file, std::string(finished.status().message()));
    }
  }
  reading_.reset();
  CountDone();
  return bytes;
}

void Scrubber::CountDone() {
  MutexLock lock(mutex_);
  ++status_.round_files_done;
}

void Scrubber::Report(const File& file, const std::string& line) {
  bool known;
  {
    MutexLock lock(mutex_);
    known = last_.contains(file.file) || found_.contains(file.file);
    Damaged& damaged = found_[file.file];
    damaged.file = file;
    std::vector<std::string>& lines = damaged.lines;
    if (lines.size() < kScrubDamagesKept) lines.push_back(line);
  }
  if (known) return;
  compactions_->LeaveOut(file.file);
  core_->ReportBackgroundFailure(
      absl::DataLossError(absl::StrCat("scrub: ", line)));
  Log(LogLevel::kError, "scrub: an SSTable is damaged, and left out of merges",
      {{"table", file.table.value}, {"found", line}});
}

ScrubStatus Scrubber::status() const {
  ScrubStatus status;
  std::map<FileId, Damaged> all;
  {
    MutexLock lock(mutex_);
    status = status_;
    all = last_;
    for (const auto& [file, damaged] : found_) all[file] = damaged;
  }
  // An operator's scrub, or a drop, has taken others away.
  std::erase_if(all, [this](const auto& one) {
    return Find(one.second.file) == nullptr;
  });
  status.damaged_files = all.size();
  for (const auto& [file, damaged] : all) {
    for (const std::string& line : damaged.lines) {
      if (status.damages.size() == kScrubDamagesKept) break;
      status.damages.push_back(line);
    }
  }
  return status;
}

}  // namespace rowan
