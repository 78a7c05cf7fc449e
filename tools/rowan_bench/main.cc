// SPDX-License-Identifier: Apache-2.0
// rowan-bench: what the engine and the node do per second, beside a control.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/rowan_bench/engine_bench.h"
#include "tools/rowan_bench/node_bench.h"

int main(int argc, char** argv) {
  CLI::App app("Measures Rowan's engine in this process, or a running node.",
               "rowan-bench");
  app.set_version_flag("--version", "rowan-bench " ROWAN_VERSION);
  app.require_subcommand(1);

  rowan::EngineBenchOptions engine;
  engine.directory = "rowan-bench.tmp";
  std::string against;
  CLI::App* engine_command = app.add_subcommand(
      "engine", "load, point read, slice, scan and compaction, in process");
  engine_command
      ->add_option("--vs", against, "also run this engine on the same rows")
      ->check(CLI::IsMember({"rocksdb"}));
  engine_command->add_option("--rows", engine.rows, "rows of 24 + 128 bytes")
      ->check(CLI::Range(uint64_t{1000}, uint64_t{1} << 32))
      ->capture_default_str();
  engine_command
      ->add_option("--durable-rows", engine.durable_rows,
                   "rows of the load in which every write is durable")
      ->check(CLI::Range(uint64_t{100}, uint64_t{1} << 32))
      ->capture_default_str();
  engine_command->add_option("--reads", engine.reads, "random reads")
      ->check(CLI::Range(uint64_t{100}, uint64_t{1} << 32))
      ->capture_default_str();
  engine_command
      ->add_option(
          "--directory", engine.directory,
          "where the data goes, in folders that are removed afterwards")
      ->capture_default_str();
  engine_command->add_option("--json", engine.json, "also write the figures");

  rowan::NodeBenchOptions node;
  CLI::App* node_command = app.add_subcommand(
      "node", "unary writes and reads over gRPC, beside an echo server");
  node_command->add_option("--host", node.host, "the node")
      ->capture_default_str();
  node_command->add_option("--operations", node.operations, "of each kind")
      ->check(CLI::Range(uint64_t{1000}, uint64_t{1} << 28))
      ->capture_default_str();
  node_command->add_option("--in-flight", node.in_flight, "calls under way")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  node_command->add_option("--json", node.json, "also write the figures");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  engine.against_rocksdb = against == "rocksdb";
  const absl::Status status = engine_command->parsed()
                                  ? rowan::RunEngineBench(engine)
                                  : rowan::RunNodeBench(node);
  if (status.ok()) return 0;
  std::fprintf(stderr, "rowan-bench: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
