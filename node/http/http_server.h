// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_HTTP_HTTP_SERVER_H_
#define ROWAN_NODE_HTTP_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/executor.h"

namespace rowan {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// A small HTTP/1.1 server for machines of the operator: GET and HEAD of a few
// paths. One thread, at most 64 connections, 8 KiB of request, 5 seconds for
// each step; whatever goes beyond is closed.
//
// Thread-safe. Serves from Start to Stop.
class HttpServer {
 public:
  // The answer to a path; called on the server's thread and must not block for
  // long. 404 is an answer like others.
  using Handler = std::function<HttpAnswer(std::string_view path)>;

  // `loop` has one thread, which the server keeps until Stop. kUnavailable when
  // the address ("host:port", port 0: a free one) can't be bound.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const std::string& address, Handler handler, Executor* loop);
  // REQUIRES: stopped.
  ~HttpServer();

  int port() const;
  // Closes all connections. Blocks until the thread is free.
  void Stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_HTTP_HTTP_SERVER_H_
