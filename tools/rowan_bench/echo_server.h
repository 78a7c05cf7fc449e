// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_ECHO_SERVER_H_
#define ROWAN_TOOLS_ROWAN_BENCH_ECHO_SERVER_H_

#include <memory>
#include <string>

#include "rowan/v1/data.pb.h"

namespace rowan {

// A server that answers Read and Write with fixed messages and does nothing
// else, on one completion queue and one thread: the control beside which a
// node's figures are read. Serves while it lives.
class EchoServer {
 public:
  EchoServer(v1::ReadResponse read, v1::WriteResponse write);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  // "127.0.0.1:PORT".
  const std::string& address() const { return address_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string address_;
};

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_ECHO_SERVER_H_
