// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/conditional_write.h"

#include <algorithm>
#include <limits>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

absl::Status OutOfTime() {
  return absl::AbortedError(
      "the deadline came near before the write; nothing was written");
}

class QueuedRead final : public ConditionalWrite, private RowConsumer {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<PageEnd>)>;

  QueuedRead(ReadCommand* command, RowConsumer* consumer, Done done)
      : ConditionalWrite(
            {command->table, command->token, *command->partition_key},
            command->deadline_ns),
        command_(command),
        consumer_(consumer),
        done_(std::move(done)) {}

 private:
  std::vector<ReadCommand> Reads() override {
    if (!command_->resume.has_value()) command_->now_s = now_s();
    return {*command_};
  }
  bool ReadsOnePage() const override { return true; }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override { return consumer_->OnRow(row); }
  // Out of time is an end like others: there is a token to go on from.
  absl::Status OnRead(const PageEnd& end) override {
    end_ = end;
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<Mutation>> Decide() override {
    return std::nullopt;
  }
  void Finish(const absl::Status& status) override {
    if (status.ok()) {
      done_(std::move(end_));
    } else {
      done_(status);
    }
  }

  ReadCommand* const command_;
  RowConsumer* const consumer_;
  Done done_;
  PageEnd end_;
};

}  // namespace

void ConditionalWrite::Start(Coordinator* coordinator,
                             std::unique_ptr<ConditionalWrite> write) {
  // Waiters belong to themselves.
  ConditionalWrite* const waiter = write.release();
  waiter->coordinator_ = coordinator;
  coordinator->queue().Join(waiter->place_.table, waiter->place_.partition_key,
                            waiter->own_deadline_ns_, waiter);
}

absl::StatusOr<int64_t> ConditionalWrite::TimestampAbove() {
  if (newest_us_ == std::numeric_limits<int64_t>::max()) {
    return absl::FailedPreconditionError(
        "what would be overwritten has the largest timestamp there is");
  }
  ASSIGN_OR_RETURN(const int64_t next, coordinator_->NextTimestamp());
  return std::max(next, newest_us_ + 1);
}

std::vector<std::unique_ptr<ConditionalWrite>> ConditionalWrite::TakeFollowers(
    absl::FunctionRef<bool(ConditionalWrite&)> wanted) {
  std::vector<std::unique_ptr<ConditionalWrite>> followers;
  for (Waiter* waiter :
       coordinator_->queue().TakeFollowers(this, [&wanted](Waiter* waiter) {
         return wanted(*static_cast<ConditionalWrite*>(waiter));
       })) {
    followers.emplace_back(static_cast<ConditionalWrite*>(waiter));
    deadline_ns_ = std::max(deadline_ns_, followers.back()->own_deadline_ns_);
  }
  return followers;
}

absl::Status ConditionalWrite::CheckOwnDeadline() const {
  return coordinator_->clock().MonotonicNanos() < own_deadline_ns_
             ? absl::OkStatus()
             : OutOfTime();
}

void ConditionalWrite::Run() {
  now_s_ = coordinator_->clock().WallSeconds();
  reads_ = Reads();
  ReadNext();
}

void ConditionalWrite::GiveUp(const absl::Status& status) {
  Finish(status);
  delete this;
}

void ConditionalWrite::ReadNext() {
  if (next_read_ == reads_.size()) return Write();
  ReadCommand& command = reads_[next_read_];
  command.table = place_.table;
  command.token = place_.token;
  command.partition_key = place_.partition_key;
  command.deadline_ns = deadline_ns_;
  if (command.now_s == 0) command.now_s = now_s_;
  ReadPage();
}

void ConditionalWrite::ReadPage() {
  coordinator_->Read(
      reads_[next_read_], rows(),
      [this](absl::StatusOr<PageEnd> end) { OnPage(std::move(end)); });
}

void ConditionalWrite::OnPage(absl::StatusOr<PageEnd> end) {
  if (!end.ok()) return End(end.status());
  newest_us_ = std::max(newest_us_, end->newest_us);
  if (end->resume.has_value() && !ReadsOnePage()) {
    if (coordinator_->clock().MonotonicNanos() >= deadline_ns_) {
      return End(OutOfTime());
    }
    ReadCommand& command = reads_[next_read_];
    command.limit -= end->rows;
    command.resume = std::move(end->resume);
    return coordinator_->executor().Post([this] { ReadPage(); });
  }
  ++next_read_;
  const absl::Status status = OnRead(*end);
  if (!status.ok()) return End(status);
  ReadNext();
}

void ConditionalWrite::Write() {
  absl::StatusOr<std::optional<Mutation>> mutation = Decide();
  if (!mutation.ok()) return End(mutation.status());
  if (!mutation->has_value() || (*mutation)->empty()) {
    return End(absl::OkStatus());
  }
  if (coordinator_->clock().MonotonicNanos() >= deadline_ns_) {
    return End(OutOfTime());
  }
  mutation_ = *std::move(mutation);
  coordinator_->Write(*mutation_,
                      [this](const absl::Status& status) { End(status); });
}

void ConditionalWrite::End(const absl::Status& status) {
  // The others go on when this one's answer is on its way.
  const WideRowQueue::Next next = coordinator_->queue().Leave(this);
  Finish(status);
  delete this;
}

void SerialRead(Coordinator* coordinator, ReadCommand* command,
                RowConsumer* consumer,
                absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) {
  ConditionalWrite::Start(coordinator, std::make_unique<QueuedRead>(
                                           command, consumer, std::move(done)));
}

}  // namespace rowan
