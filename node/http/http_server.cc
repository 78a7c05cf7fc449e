// SPDX-License-Identifier: Apache-2.0
#include "node/http/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/mutex.h"

namespace rowan {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

constexpr int kConnectionsMax = 64;
constexpr uint32_t kRequestBytesMax = 8192;
constexpr std::chrono::seconds kStepTime(5);

// One connection: request, answer, and again while the client keeps it open.
// Lives in its own callbacks.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, const HttpServer::Handler* handler,
             int* connections)
      : stream_(std::move(socket)),
        handler_(handler),
        connections_(connections) {
    ++*connections_;
  }
  ~Connection() { --*connections_; }

  void Read() {
    parser_.emplace();
    parser_->header_limit(kRequestBytesMax);
    parser_->body_limit(0);
    stream_.expires_after(kStepTime);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code error, size_t) {
          if (!error) self->Answer();
        });
  }

 private:
  void Answer() {
    const auto& request = parser_->get();
    const bool is_head = request.method() == http::verb::head;
    HttpAnswer answer;
    if (is_head || request.method() == http::verb::get) {
      const auto target = request.target();
      std::string_view path(target.data(), target.size());
      answer = (*handler_)(path.substr(0, path.find('?')));
    } else {
      answer = {.status = 405, .body = "only GET and HEAD\n"};
    }
    response_ = {};
    response_.version(request.version());
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.content_type);
    response_.keep_alive(request.keep_alive());
    response_.content_length(answer.body.size());
    if (!is_head) response_.body() = std::move(answer.body);
    stream_.expires_after(kStepTime);
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](beast::error_code error, size_t) {
          if (!error && self->response_.keep_alive()) {
            self->Read();
          }
        });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{2 * kRequestBytesMax};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  const HttpServer::Handler* const handler_;
  int* const connections_;  // counted on the server's one thread
};

std::optional<Tcp::endpoint> Resolve(asio::io_context& io,
                                     const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') {
    host = host.substr(1, host.size() - 2);
  }
  beast::error_code error;
  Tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, address.substr(colon + 1), error);
  if (error || found.empty()) return std::nullopt;
  return found.begin()->endpoint();
}

}  // namespace

struct HttpServer::Impl {
  asio::io_context io{1};
  Tcp::acceptor acceptor{io};
  Handler handler;
  int connections = 0;
  Mutex mutex;
  CondVar ended;
  bool running ROWAN_GUARDED_BY(mutex) = true;

  bool Listen(const Tcp::endpoint& endpoint) {
    beast::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true));
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kConnectionsMax, error);
    return !error;
  }

  void Accept() {
    acceptor.async_accept([this](beast::error_code error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && connections < kConnectionsMax) {
        std::make_shared<Connection>(std::move(socket), &handler, &connections)
            ->Read();
      }
      Accept();
    });
  }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::string& address, Handler handler, Executor* loop) {
  auto impl = std::make_unique<Impl>();
  impl->handler = std::move(handler);
  const std::optional<Tcp::endpoint> endpoint = Resolve(impl->io, address);
  if (!endpoint.has_value() || !impl->Listen(*endpoint)) {
    return absl::UnavailableError(
        absl::StrCat("can't listen on ", address,
                     ": the address is in use, or not of this machine"));
  }
  impl->Accept();
  loop->Post([server = impl.get()] {
    server->io.run();
    MutexLock lock(server->mutex);
    server->running = false;
    server->ended.NotifyAll();
  });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const {
  beast::error_code error;
  return impl_->acceptor.local_endpoint(error).port();
}

void HttpServer::Stop() {
  impl_->io.stop();
  MutexLock lock(impl_->mutex);
  while (impl_->running) impl_->ended.Wait(impl_->mutex);
}

}  // namespace rowan
