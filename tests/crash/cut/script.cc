// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/script.h"

#include <utility>

#include "storage/base/check.h"

namespace rowan {

std::shared_ptr<const Schema> Script::Find(CrashNode* node,
                                           std::string_view table) {
  return node->schemas().catalogue()->Find("test", table);
}

void Script::Start() {
  const absl::Status started = node_.Start();
  ROWAN_CHECK(started.ok());
  ROWAN_CHECK(
      node_.schemas().CreateKeyspace("test", /*if_not_exists=*/true).ok());
}

void Script::Restart(bool drain) {
  ROWAN_CHECK(node_.Stop(drain).ok());
  Start();
}

void Script::DieAndRestart() {
  // What it was asked stays open: nobody answers any more.
  node_.Die();
  open_ = 0;
  Start();
}

DoneCallback Script::Answer(size_t request) {
  ++open_;
  return [this, request](absl::Status status) { Answered(request, status); };
}

void Script::Answered(size_t request, const absl::Status& status) {
  --open_;
  if (status.ok()) {
    record_.Acknowledge(request, node_.clock().Now());
  } else if (absl::IsResourceExhausted(status)) {
    record_.Refuse(request);
  } else {
    // Of a node that dies: open for ever.
    ROWAN_CHECK(!node_.running() || absl::IsUnavailable(status) ||
                absl::IsAborted(status));
  }
}

void Script::Send(std::vector<Change> changes) {
  std::vector<Mutation>& mutations = mutations_.emplace_back();
  const int64_t timestamp = ++timestamp_;
  for (const Change& change : changes) {
    const auto schema = Find(&node_, change.table());
    ROWAN_CHECK(schema != nullptr);
    mutations.push_back(change.MutationOf(schema, timestamp, now_s()));
  }
  const size_t request = record_.Send(
      [changes = std::move(changes), now_s = now_s()](Contents* contents) {
        for (const Change& change : changes) change.ApplyTo(contents, now_s);
      });
  if (mutations.size() == 1) {
    node_.engine().Write(mutations.front(), Answer(request));
  } else {
    node_.engine().WriteAtomic(mutations, Answer(request));
  }
}

void Script::Await() {
  ROWAN_CHECK(node_.executor().RunUntil([this] { return open_ == 0; }));
}

void Script::WriteAtomic(std::vector<Change> changes) {
  Send(std::move(changes));
  Await();
}

void Script::Flush(const std::string& table) {
  ROWAN_CHECK(node_.world().Flush(Find(&node_, table)->id).ok());
}

void Script::Compact(const std::string& table) {
  ROWAN_CHECK(node_.world().Compact(Find(&node_, table)->id).ok());
}

void Script::StartFlush(const std::string& table) {
  node_.engine().Flush(Find(&node_, table)->id, std::nullopt,
                       [](absl::Status) {});
}

void Script::StartCompact(const std::string& table) {
  node_.engine().Compact(Find(&node_, table)->id, std::nullopt,
                         [](absl::Status) {});
}

void Script::Pass(std::chrono::milliseconds time) {
  node_.executor().RunUntilIdle(time);
}

void Script::Count(const std::string& table, const std::string& key, int64_t ck,
                   int64_t delta) {
  SendCount(table, key, ck, delta);
  Await();
}

namespace {

void StartIncrement(CrashNode* node, const CountRequest& count,
                    Increment::Done done) {
  const auto schema = Script::Find(node, count.table);
  ConditionalWrite::Start(
      &node->coordinator(),
      std::make_unique<Increment>(
          schema, WideRowPlace{schema->id, TokenOfKey(count.key), count.key},
          INT64_MAX,
          std::vector<CounterDelta>{{TestPosition(*schema, count.ck),
                                     schema->columns.back().id, count.delta}},
          count.id, std::move(done)));
}

// Sets a row's v, if it is what it should be.
class SwapChanges final : public QueuedChanges {
 public:
  SwapChanges(std::shared_ptr<const Schema> schema, Change change,
              std::string before, uint32_t now_s)
      : schema_(std::move(schema)),
        change_(std::move(change)),
        before_(std::move(before)),
        now_s_(now_s) {}

  void OnRow(const ResultRow& row) override {
    if (row.row == nullptr) return;
    for (const Cell& cell : row.row->cells) {
      if (cell.column == kValueColumn) seen_ = cell.value;
    }
  }
  absl::StatusOr<Mutation> Make(int64_t timestamp_us) override {
    if (seen_ != before_) return absl::FailedPreconditionError(seen_);
    return change_.MutationOf(schema_, timestamp_us, now_s_);
  }

 private:
  const std::shared_ptr<const Schema> schema_;
  const Change change_;
  const std::string before_;
  const uint32_t now_s_;
  std::string seen_;
};

}  // namespace

void Script::SendCount(const std::string& table, const std::string& key,
                       int64_t ck, int64_t delta) {
  CountRequest count{0, table, key, ck, delta, std::string(16, '\0')};
  count.id[0] = static_cast<char>(counts_.size() + 1);
  count.request = record_.Send([table, key, ck, delta](Contents* contents) {
    Contents::Value& total =
        contents->tables[table].wide_rows[key].rows[ck].columns["n"];
    const int64_t before = total.text.empty() ? 0 : std::stoll(total.text);
    total.text = std::to_string(before + delta);
  });
  counts_.push_back(count);
  StartIncrement(&node_, count,
                 [done = Answer(count.request)](
                     const absl::StatusOr<IncrementResult>& result) mutable {
                   done(result.status());
                 });
}

absl::StatusOr<bool> Script::SendAgain(CrashNode* node,
                                       const CountRequest& count) {
  std::optional<absl::StatusOr<IncrementResult>> result;
  StartIncrement(node, count, [&](absl::StatusOr<IncrementResult> got) {
    result = std::move(got);
  });
  ROWAN_CHECK(node->executor().RunUntil([&] { return result.has_value(); }));
  if (!result->ok()) return result->status();
  return (*result)->already_counted;
}

void Script::TakeTimestamp() {
  absl::StatusOr<int64_t> timestamp;
  // None is given out while the bound is being moved.
  ROWAN_CHECK(node_.executor().RunUntil([&] {
    timestamp = node_.coordinator().NextTimestamp();
    return timestamp.ok();
  }));
  record_.SawTimestamp(*timestamp);
}

void Script::Swap(const std::string& table, const std::string& key, int64_t ck,
                  const std::string& before, const std::string& after) {
  const auto schema = Find(&node_, table);
  const Change change = rowan::Change(table, key).Put(ck, after);
  const Mutation draft = change.MutationOf(schema, 1, now_s());
  const size_t request = record_.Send(
      [change](Contents* contents) { change.ApplyTo(contents, 0); });
  QueuedWrite(&node_.coordinator(), draft,
              std::make_unique<SwapChanges>(schema, change, before, now_s()),
              INT64_MAX, Answer(request));
  Await();
}

}  // namespace rowan
