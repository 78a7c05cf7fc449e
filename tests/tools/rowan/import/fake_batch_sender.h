// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_TOOLS_ROWAN_IMPORT_FAKE_BATCH_SENDER_H_
#define ROWAN_TESTS_TOOLS_ROWAN_IMPORT_FAKE_BATCH_SENDER_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "tools/rowan/import/batch_sender.h"

namespace rowan::cli {

// A node that keeps the newest value of each row in a map. Answers come in the
// order of sending, or the last sent first. Used from one thread.
class FakeBatchSender final : public BatchSender {
 public:
  // What is wrong with one write; code 0: nothing.
  using Judge = std::function<v1::Error(const v1::WriteRequest&)>;

  void Send(const v1::BatchWriteRequest& request, Done done) override {
    pending_.emplace_back(request, std::move(done));
    most_pending = std::max(most_pending, pending_.size());
  }

  void WaitForOne() override {
    auto [request, done] =
        std::move(newest_first ? pending_.back() : pending_.front());
    newest_first ? pending_.pop_back() : pending_.pop_front();
    if (batches_until_gone == 0) {
      done(absl::UnavailableError("gone"), v1::BatchWriteResponse());
      return;
    }
    --batches_until_gone;
    v1::BatchWriteResponse response;
    for (int i = 0; i < request.writes_size(); ++i) {
      v1::Error error;
      if (judge) error = judge(request.writes(i));
      if (error.code() == 0) {
        Apply(request.writes(i));
        continue;
      }
      auto* failure = response.add_failures();
      failure->set_index(i);
      *failure->mutable_error() = error;
    }
    done(absl::OkStatus(), response);
  }

  void Pause(uint32_t ms) override { paused_ms += ms; }

  Judge judge;
  int batches_until_gone = 1 << 30;
  bool newest_first = false;
  size_t most_pending = 0;
  uint64_t paused_ms = 0;
  // Serialised partition key and clustering key -> (timestamp, value).
  std::map<std::string, std::pair<int64_t, std::string>> rows;

 private:
  void Apply(const v1::WriteRequest& write) {
    for (const v1::Change& change : write.changes()) {
      auto& row = rows[write.partition_key().SerializeAsString() +
                       change.upsert().clustering().SerializeAsString()];
      if (change.timestamp_us() >= row.first) {
        row = {change.timestamp_us(),
               change.upsert().values_size() == 0
                   ? ""
                   : change.upsert().values(0).SerializeAsString()};
      }
    }
  }

  std::deque<std::pair<v1::BatchWriteRequest, Done>> pending_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TESTS_TOOLS_ROWAN_IMPORT_FAKE_BATCH_SENDER_H_
