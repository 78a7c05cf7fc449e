// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CALL_H_
#define ROWAN_NODE_SERVICE_CALL_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/async_unary_call.h"
#include "node/metrics/metrics.h"
#include "node/service/call_host.h"
#include "node/service/wire/request_error.h"

namespace rowan {

// What a completion queue hands back: every tag is one of these.
class QueueEvent {
 public:
  virtual ~QueueEvent() = default;
  virtual void OnEvent(bool ok) = 0;
};

// One method of the API as its calls see it. Outlives them.
//
// Calls wait for clients in a pool that breathes: below half of `posted_target`
// another one is made, above the double a finished one is deleted, so that
// steady traffic allocates nothing and no client waits for a slot.
template <typename CallType>
struct Method {
  CallHost* host;
  Op op;
  int posted_target;
  // Posts the call to the queue it lives on.
  std::function<void(CallType*)> post;
  std::function<void(CallType*)> handler;
  std::atomic<int> posted{0};

  bool TooFew() const { return posted.load() <= posted_target / 2; }
  bool TooMany() const { return posted.load() >= 2 * posted_target; }
};

// What a unary and a streamed call have in common. A call slot goes from
// waiting for a client to the end of its answer and round again. It belongs to
// itself and deletes itself when the server stops. What it allocates for a call
// lives in an arena that is reset, not freed.
//
// A handler gets the running call, works on any thread, and ends with exactly
// one Finish; afterwards it must not touch the call.
template <typename Request, typename Writer>
class Call : public QueueEvent {
 public:
  const Request& request() const { return *request_; }
  // Monotonic, with a little time left for the answer; INT64_MAX: none.
  int64_t deadline_ns() const { return deadline_ns_; }

  // For Method::post.
  grpc::ServerContext* context() { return &*context_; }
  Request* mutable_request() { return request_; }
  Writer* writer() { return &*writer_; }
  grpc::ServerCompletionQueue* queue() { return queue_; }
  void* Tag() { return static_cast<QueueEvent*>(this); }

 protected:
  explicit Call(grpc::ServerCompletionQueue* queue) : queue_(queue) {}

  // Empties the slot for the next client.
  void Reset() {
    writer_.reset();
    context_.emplace();
    arena_.Reset();
    request_ = google::protobuf::Arena::CreateMessage<Request>(&arena_);
    writer_.emplace(&*context_);
  }

  // Takes the call in: OK, or why it is refused unheard.
  absl::Status Accept(CallHost& host) {
    started_ns_ = host.clock().MonotonicNanos();
    deadline_ns_ = CallHost::DeadlineOf(context_->raw_deadline(), started_ns_);
    request_bytes_ = request_->ByteSizeLong();
    host.metrics().RequestStarted(request_bytes_);
    return host.Admit(deadline_ns_, started_ns_, request_bytes_);
  }

  void RecordEnd(CallHost& host, Op op, const absl::Status& status) {
    host.metrics().RequestEnded(op, status.code(),
                                host.clock().MonotonicNanos() - started_ns_,
                                request_bytes_);
  }

  grpc::ServerCompletionQueue* const queue_;
  // The first block serves most calls whole.
  std::array<char, 4096> first_block_;
  google::protobuf::Arena arena_{first_block_.data(), first_block_.size()};
  std::optional<grpc::ServerContext> context_;
  std::optional<Writer> writer_;
  Request* request_ = nullptr;
  int64_t started_ns_ = 0;
  int64_t deadline_ns_ = 0;
  size_t request_bytes_ = 0;
};

// One request, one answer.
template <typename Request, typename Response>
class UnaryCall final
    : public Call<Request, grpc::ServerAsyncResponseWriter<Response>> {
 public:
  using MethodOf = Method<UnaryCall>;

  static void PostNew(MethodOf* method, grpc::ServerCompletionQueue* queue) {
    (new UnaryCall(method, queue))->Post();
  }

  Response* response() { return response_; }

  // Sends the answer, or the error.
  void Finish(const absl::Status& status) {
    this->RecordEnd(*method_->host, method_->op, status);
    finishing_ = true;
    if (status.ok()) {
      this->writer_->Finish(*response_, grpc::Status::OK, this->Tag());
    } else {
      this->writer_->FinishWithError(ToGrpcStatus(status), this->Tag());
    }
  }

 private:
  UnaryCall(MethodOf* method, grpc::ServerCompletionQueue* queue)
      : Call<Request, grpc::ServerAsyncResponseWriter<Response>>(queue),
        method_(method) {}

  void Post() {
    this->Reset();
    finishing_ = false;
    method_->posted.fetch_add(1);
    method_->post(this);
  }

  void OnEvent(bool ok) override {
    if (finishing_) {
      End();
      return;
    }
    method_->posted.fetch_sub(1);
    if (!ok) {  // the server stops
      delete this;
      return;
    }
    method_->host->CallStarted();
    if (method_->TooFew()) PostNew(method_, this->queue_);
    response_ = google::protobuf::Arena::CreateMessage<Response>(&this->arena_);
    const absl::Status status = this->Accept(*method_->host);
    if (status.ok()) {
      method_->handler(this);
    } else {
      Finish(status);
    }
  }

  void End() {
    CallHost* const host = method_->host;
    if (method_->TooMany()) {
      delete this;
    } else {
      Post();
    }
    host->CallEnded();
  }

  MethodOf* const method_;
  Response* response_ = nullptr;
  bool finishing_ = false;
};

// One request, a stream of answers.
template <typename Request, typename Response>
class StreamCall final
    : public Call<Request, grpc::ServerAsyncWriter<Response>> {
 public:
  using MethodOf = Method<StreamCall>;
  using Written = absl::AnyInvocable<void(bool ok)>;

  static void PostNew(MethodOf* method, grpc::ServerCompletionQueue* queue) {
    (new StreamCall(method, queue))->Post();
  }

  // An empty message for the next Write; the one before is gone.
  Response* NewResponse() {
    page_arena_.Reset();
    response_ = google::protobuf::Arena::CreateMessage<Response>(&page_arena_);
    return response_;
  }
  // Sends it; `written` runs when the client's window has taken it (or, with
  // false, the client is gone): that is the flow control. One at a time.
  void Write(Written written) {
    written_ = std::move(written);
    this->writer_->Write(*response_, this->Tag());
  }
  void Finish(const absl::Status& status) {
    this->RecordEnd(*method_->host, method_->op, status);
    finishing_ = true;
    this->writer_->Finish(ToGrpcStatus(status), this->Tag());
  }

 private:
  StreamCall(MethodOf* method, grpc::ServerCompletionQueue* queue)
      : Call<Request, grpc::ServerAsyncWriter<Response>>(queue),
        method_(method) {}

  void Post() {
    this->Reset();
    method_->posted.fetch_add(1);
    method_->post(this);
  }

  void OnEvent(bool ok) override {
    if (finishing_) {
      CallHost* const host = method_->host;
      delete this;
      host->CallEnded();
    } else if (written_) {
      std::exchange(written_, nullptr)(ok);
    } else {
      Begin(ok);
    }
  }

  void Begin(bool ok) {
    method_->posted.fetch_sub(1);
    if (!ok) {  // the server stops
      delete this;
      return;
    }
    method_->host->CallStarted();
    PostNew(method_, this->queue_);
    const absl::Status status = this->Accept(*method_->host);
    if (status.ok()) {
      method_->handler(this);
    } else {
      Finish(status);
    }
  }

  MethodOf* const method_;
  google::protobuf::Arena page_arena_;
  Response* response_ = nullptr;
  Written written_;
  bool finishing_ = false;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CALL_H_
