// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_DRY_RUN_SENDER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_DRY_RUN_SENDER_H_

#include <deque>
#include <utility>

#include "tools/rowan/import/batch_sender.h"

namespace rowan::cli {

// Sends nothing and answers that all was written.
class DryRunSender final : public BatchSender {
 public:
  void Send(const v1::BatchWriteRequest&, Done done) override {
    waiting_.push_back(std::move(done));
  }
  void WaitForOne() override {
    const Done done = std::move(waiting_.front());
    waiting_.pop_front();
    done(absl::OkStatus(), {});
  }
  void Pause(uint32_t) override {}

 private:
  std::deque<Done> waiting_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_DRY_RUN_SENDER_H_
