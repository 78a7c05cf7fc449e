// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_CLIENT_RECORD_H_
#define ROWAN_TESTS_CRASH_CUT_CLIENT_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/cut/contents.h"

namespace rowan {

// What a client knows of its requests: in which order they were sent, which
// were answered and when. It never asks the node.
class ClientRecord {
 public:
  // What a request makes of the contents, if it happened.
  using Effect = std::function<void(Contents*)>;

  // The number of the request.
  size_t Send(Effect effect) {
    requests_.push_back(std::move(effect));
    answers_.push_back(kOpen);
    return requests_.size() - 1;
  }
  void Acknowledge(size_t request, int64_t now_ns) {
    answers_[request] = now_ns;
  }
  // It was answered with an error that says that nothing was done.
  void Refuse(size_t request) { answers_[request] = kRefused; }

  // All that was known at one moment; of a record that may have grown since.
  struct Moment {
    std::vector<int64_t> answers;  // kOpen, kRefused, or when
    int64_t newest_timestamp = 0;
  };
  Moment Now() const { return {answers_, newest_timestamp_}; }
  // The node gave this one out: neither it nor an older one may come again.
  void SawTimestamp(int64_t timestamp) { newest_timestamp_ = timestamp; }

  // What a death may take.
  struct Loss {
    // Answers after this moment don't count.
    int64_t answered_after_ns = kNothingLost;
    // Of the requests that need not have happened any may have, and not only
    // all up to one of them: they were not in one log's order.
    bool any_order = false;
  };

  // Which requests happened, so that the contents are `lines` at `now_s`, or
  // nullopt: nothing that the record allows looks like that.
  std::optional<std::vector<bool>> WhatHappened(
      const Moment& moment, const Loss& loss,
      const std::vector<std::string>& lines, uint32_t now_s) const;
  // Of exactly these.
  Contents ContentsOf(const std::vector<bool>& happened) const;
  // What must have happened, and what may have.
  std::vector<bool> Must(const Moment& moment, const Loss& loss) const;
  static bool May(const Moment& moment, size_t request) {
    return moment.answers[request] != kRefused;
  }

  static constexpr int64_t kNothingLost = INT64_MAX;
  static constexpr int64_t kOpen = -1, kRefused = -2;

 private:
  std::vector<Effect> requests_;
  std::vector<int64_t> answers_;  // as Moment's
  int64_t newest_timestamp_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_CLIENT_RECORD_H_
