// SPDX-License-Identifier: Apache-2.0
#include "node/http/http_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/thread_executor.h"

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Sends `request` and returns all that comes until the server closes.
std::string Exchange(int port, const std::string& request) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
            0);
  EXPECT_EQ(send(fd, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char bytes[4096];
  ssize_t count;
  while ((count = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
    answer.append(bytes, static_cast<size_t>(count));
  }
  close(fd);
  return answer;
}

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::Start(
        "127.0.0.1:0",
        [](std::string_view path) -> HttpAnswer {
          if (path == "/hello") return {.body = "hello\n"};
          return {.status = 404, .body = "nothing here\n"};
        },
        &loop_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override { server_->Stop(); }

  ThreadExecutor loop_{1, "http"};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersPathsAndNothingElse) {
  const std::string close = "Host: x\r\nConnection: close\r\n\r\n";
  std::string answer =
      Exchange(server_->port(), "GET /hello?q=1 HTTP/1.1\r\n" + close);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nhello\n"));
  answer = Exchange(server_->port(), "GET /no HTTP/1.1\r\n" + close);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404"));
  answer = Exchange(server_->port(), "DELETE /hello HTTP/1.1\r\n" + close);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405"));
  answer = Exchange(server_->port(), "HEAD /hello HTTP/1.1\r\n" + close);
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6"));
  EXPECT_THAT(answer, testing::Not(HasSubstr("hello\n")));
}

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
  const std::string answer =
      Exchange(server_->port(),
               "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
               "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("hello\nHTTP/1.1 200"));
}

TEST_F(HttpServerTest, HostileRequestsAreClosedAndTheServerGoesOn) {
  Exchange(server_->port(), "\xff\xfe garbage\r\n\r\n");
  Exchange(server_->port(),
           "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n");
  Exchange(server_->port(),
           "POST /hello HTTP/1.1\r\nContent-Length: 100\r\n\r\n");
  EXPECT_THAT(Exchange(server_->port(), "GET /hello HTTP/1.0\r\n\r\n"),
              HasSubstr("200"));
}

TEST_F(HttpServerTest, TakenAddressIsAnError) {
  ThreadExecutor other(1, "http");
  EXPECT_TRUE(absl::IsUnavailable(
      HttpServer::Start(
          "127.0.0.1:" + std::to_string(server_->port()),
          [](std::string_view) { return HttpAnswer(); }, &other)
          .status()));
}

}  // namespace
}  // namespace rowan
