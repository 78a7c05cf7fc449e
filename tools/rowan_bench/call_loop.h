// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_CALL_LOOP_H_
#define ROWAN_TOOLS_ROWAN_BENCH_CALL_LOOP_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "tools/rowan_bench/report.h"

namespace rowan {

// What a closed loop measured. Latencies are service times: a closed loop can't
// see how long a request would have waited for its turn.
struct LoopResult {
  BenchFigure figure;
  double p50_us = 0, p99_us = 0;
};

// Unary calls, `in_flight` at a time on one thread, `operations` in all.
// `start(i, context, queue)` begins call i and returns its reader.
template <typename Response, typename Start>
absl::StatusOr<LoopResult> RunCallLoop(uint64_t operations, int in_flight,
                                       Start start) {
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    Response response;
    grpc::Status status;
    double started = 0;
  };
  grpc::CompletionQueue queue;
  std::vector<Call> calls(static_cast<size_t>(in_flight));
  std::vector<double> latencies_us;
  latencies_us.reserve(operations);
  uint64_t begun = 0;
  auto begin = [&](Call* call) {
    call->context = std::make_unique<grpc::ClientContext>();
    call->started = WallSecondsNow();
    call->reader = start(begun++, call->context.get(), &queue);
    call->reader->Finish(&call->response, &call->status, call);
  };
  LoopResult result;
  const absl::Status status = Measure(
      operations,
      [&]() -> absl::Status {
        for (Call& call : calls) {
          if (begun < operations) begin(&call);
        }
        while (latencies_us.size() < operations) {
          void* tag;
          bool ok;
          if (!queue.Next(&tag, &ok)) break;
          Call* const call = static_cast<Call*>(tag);
          if (!call->status.ok()) {
            return absl::Status(
                static_cast<absl::StatusCode>(call->status.error_code()),
                call->status.error_message());
          }
          latencies_us.push_back((WallSecondsNow() - call->started) * 1e6);
          if (begun < operations) begin(call);
        }
        return absl::OkStatus();
      },
      &result.figure);
  queue.Shutdown();
  void* tag;
  bool ok;
  for (Call& call : calls) {
    if (call.context) call.context->TryCancel();
  }
  while (queue.Next(&tag, &ok)) {
  }
  if (!status.ok()) return status;
  std::sort(latencies_us.begin(), latencies_us.end());
  result.p50_us = latencies_us[latencies_us.size() / 2];
  result.p99_us = latencies_us[latencies_us.size() * 99 / 100];
  return result;
}

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_CALL_LOOP_H_
