// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_BATCH_SENDER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_BATCH_SENDER_H_

#include <grpcpp/completion_queue.h>

#include <chrono>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "rowan/v1/data.pb.h"
#include "tools/rowan/client/client.h"

namespace rowan::cli {

// Sends batches without waiting for their answers. Used from one thread, which
// also runs the callbacks, inside WaitForOne.
class BatchSender {
 public:
  using Done =
      std::function<void(const absl::Status&, const v1::BatchWriteResponse&)>;

  virtual ~BatchSender() = default;
  // `request` may go after the call. A failed call comes to `done`.
  virtual void Send(const v1::BatchWriteRequest& request, Done done) = 0;
  // Blocks until an answer is there and runs its callback. Only while one is
  // outstanding.
  virtual void WaitForOne() = 0;
  // Blocks for `ms` milliseconds: how long to leave a busy node alone.
  virtual void Pause(uint32_t ms) = 0;
};

// Over gRPC. Answers that are outstanding when it goes are awaited.
class GrpcBatchSender final : public BatchSender {
 public:
  // `client` must outlive the sender.
  explicit GrpcBatchSender(Client& client) : client_(client) {}
  ~GrpcBatchSender() override;

  void Send(const v1::BatchWriteRequest& request, Done done) override;
  void WaitForOne() override;
  void Pause(uint32_t ms) override;

 private:
  struct Call;

  Client& client_;
  grpc::CompletionQueue queue_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_BATCH_SENDER_H_
