// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/echo_server.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <thread>
#include <utility>

#include "rowan/v1/data.grpc.pb.h"

namespace rowan {
namespace {

constexpr int kPostedCalls = 256;  // of each method

// One call slot: waiting for a request, then answering, then anew.
class Slot {
 public:
  virtual ~Slot() = default;
  virtual void Proceed(bool ok) = 0;
};

template <typename Request, typename Response>
class EchoSlot final : public Slot {
 public:
  using Responder = grpc::ServerAsyncResponseWriter<Response>;
  using Post = std::function<void(grpc::ServerContext*, Request*, Responder*,
                                  void* tag)>;

  EchoSlot(Post post, const Response& answer)
      : post_(std::move(post)), answer_(answer) {
    Wait();
  }

  void Proceed(bool ok) override {
    if (!ok && !answering_) {
      delete this;  // the queue is shutting down
      return;
    }
    if (answering_) {
      Wait();
      return;
    }
    answering_ = true;
    responder_->Finish(answer_, grpc::Status::OK, this);
  }

 private:
  void Wait() {
    answering_ = false;
    responder_.reset();
    context_ = std::make_unique<grpc::ServerContext>();
    responder_ = std::make_unique<Responder>(context_.get());
    post_(context_.get(), &request_, responder_.get(), this);
  }

  const Post post_;
  const Response& answer_;
  bool answering_ = false;
  Request request_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<Responder> responder_;
};

}  // namespace

struct EchoServer::Impl {
  v1::ReadResponse read;
  v1::WriteResponse write;
  v1::Data::AsyncService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::unique_ptr<grpc::Server> server;
  std::thread thread;

  void PostCalls() {
    grpc::ServerCompletionQueue* const q = queue.get();
    for (int i = 0; i < kPostedCalls; ++i) {
      new EchoSlot<v1::ReadRequest, v1::ReadResponse>(
          [this, q](auto* context, auto* request, auto* responder, void* tag) {
            service.RequestRead(context, request, responder, q, q, tag);
          },
          read);
      new EchoSlot<v1::WriteRequest, v1::WriteResponse>(
          [this, q](auto* context, auto* request, auto* responder, void* tag) {
            service.RequestWrite(context, request, responder, q, q, tag);
          },
          write);
    }
  }
  void Serve() {
    void* tag;
    bool ok;
    while (queue->Next(&tag, &ok)) static_cast<Slot*>(tag)->Proceed(ok);
  }
};

EchoServer::EchoServer(v1::ReadResponse read, v1::WriteResponse write)
    : impl_(std::make_unique<Impl>()) {
  impl_->read = std::move(read);
  impl_->write = std::move(write);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&impl_->service);
  impl_->queue = builder.AddCompletionQueue();
  impl_->server = builder.BuildAndStart();
  impl_->PostCalls();
  impl_->thread = std::thread([impl = impl_.get()] { impl->Serve(); });
  address_ = "127.0.0.1:" + std::to_string(port);
}

EchoServer::~EchoServer() {
  impl_->server->Shutdown();
  impl_->queue->Shutdown();
  impl_->thread.join();
}

}  // namespace rowan
