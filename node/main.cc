// SPDX-License-Identifier: Apache-2.0
// rowand: one node of Rowan.

#include <csignal>
#include <iostream>
#include <optional>

#include "node/flags.h"
#include "node/node.h"

namespace rowan {
namespace {

// Blocked before the first thread is made, so that every thread inherits it and
// the main thread alone takes the signal.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int Fail(const absl::Status& status) {
  std::cerr << "rowand: " << status.message() << "\n";
  return kExitFailure;
}

int Run(const Flags& flags) {
  const sigset_t signals = BlockStopSignals();
  auto node = Node::Start(flags.config, flags.accept_data_loss);
  if (!node.ok()) return Fail(node.status());
  std::cout << "rowand: serving on " << (*node)->client_address() << " (http "
            << (*node)->http_address() << ", data " << flags.config.data_dir
            << ")" << std::endl;
  int signal_number;
  sigwait(&signals, &signal_number);
  if (absl::Status status = (*node)->Stop(flags.drain); !status.ok()) {
    return Fail(status);
  }
  return 0;
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) {
  int exit_code = 0;
  const std::optional<rowan::Flags> flags =
      rowan::ParseFlags(argc, argv, &exit_code);
  return flags.has_value() ? rowan::Run(*flags) : exit_code;
}
