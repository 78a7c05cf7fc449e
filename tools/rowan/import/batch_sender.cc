// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/batch_sender.h"

#include <memory>
#include <thread>
#include <utility>

namespace rowan::cli {

struct GrpcBatchSender::Call {
  grpc::ClientContext context;
  std::chrono::steady_clock::time_point begin;
  v1::BatchWriteResponse response;
  grpc::Status status;
  Done done;
  std::unique_ptr<
      grpc::ClientAsyncResponseReaderInterface<v1::BatchWriteResponse>>
      reader;
};

GrpcBatchSender::~GrpcBatchSender() {
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) delete static_cast<Call*>(tag);
}

void GrpcBatchSender::Send(const v1::BatchWriteRequest& request, Done done) {
  auto call = std::make_unique<Call>();
  client_.SetDeadline(Patience::kBatch, &call->context);
  call->begin = std::chrono::steady_clock::now();
  call->done = std::move(done);
  call->reader =
      client_.data().AsyncBatchWrite(&call->context, request, &queue_);
  Call* tag = call.release();
  tag->reader->Finish(&tag->response, &tag->status, tag);
}

void GrpcBatchSender::WaitForOne() {
  void* tag = nullptr;
  bool ok = false;
  if (!queue_.Next(&tag, &ok)) return;
  const std::unique_ptr<Call> call(static_cast<Call*>(tag));
  client_.LogCall(v1::BatchWriteRequest::default_instance(), call->status,
                  call->begin);
  call->done(FromGrpc(call->status, client_.host()), call->response);
}

void GrpcBatchSender::Pause(uint32_t ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

}  // namespace rowan::cli
