// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/engine_bench.h"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"
#include "tools/rowan_bench/bench_store.h"
#include "tools/rowan_bench/report.h"

namespace rowan {
namespace {

constexpr char kRowan[] = "rowan";
constexpr char kRocksDb[] = "rocksdb";
constexpr int kInFlight = 64;
constexpr uint64_t kRowsPerWideRow = 100;

using Opener = std::function<absl::StatusOr<std::unique_ptr<BenchStore>>(
    const BenchStoreOptions&)>;

class EngineBench {
 public:
  EngineBench(const EngineBenchOptions& options, BenchReport* report)
      : options_(options), report_(report) {}

  // All workloads of one contender, each store in a directory of its own.
  absl::Status Run(const std::string& name, const Opener& open) {
    RETURN_IF_ERROR(KeyValue(name, open));
    RETURN_IF_ERROR(WideRows(name, open));
    return Durable(name, open);
  }

 private:
  absl::StatusOr<std::unique_ptr<BenchStore>> Fresh(const std::string& name,
                                                    const Opener& open,
                                                    BenchSync sync) {
    BenchStoreOptions store;
    store.directory = options_.directory + "/" + name;
    store.sync = sync;
    std::error_code ignored;
    std::filesystem::remove_all(store.directory, ignored);
    std::filesystem::create_directories(store.directory, ignored);
    return open(store);
  }

  template <typename Work>
  absl::Status Time(const std::string& name, const std::string& workload,
                    const std::string& unit, uint64_t operations, Work work) {
    BenchFigure figure;
    RETURN_IF_ERROR(Annotate(Measure(operations, work, &figure), workload));
    report_->Add(workload, unit, name, figure);
    std::fprintf(stderr, "%-10s %-32s %12.0f/s\n", name.c_str(),
                 workload.c_str(), figure.per_second());
    return absl::OkStatus();
  }

  absl::Status KeyValue(const std::string& name, const Opener& open) {
    const BenchRows rows{options_.rows, 1};
    ASSIGN_OR_RETURN(auto store, Fresh(name, open, BenchSync::kProcess));
    RETURN_IF_ERROR(Time(name, "load, surviving kill -9", "rows", rows.rows,
                         [&] { return store->Load(rows, kInFlight * 16); }));
    RETURN_IF_ERROR(
        Time(name, "point read, in memory", "rows", options_.reads,
             [&] { return store->PointReads(rows, options_.reads); }));
    RETURN_IF_ERROR(store->Flush());
    RETURN_IF_ERROR(Time(name, "compaction", "rows", rows.rows,
                         [&] { return store->Compact(); }));
    RETURN_IF_ERROR(
        Time(name, "point read, from a file", "rows", options_.reads,
             [&] { return store->PointReads(rows, options_.reads); }));
    return Time(name, "full scan", "rows", rows.rows,
                [&] { return store->Scan(rows); });
  }

  absl::Status WideRows(const std::string& name, const Opener& open) {
    const BenchRows rows{options_.rows / kRowsPerWideRow * kRowsPerWideRow,
                         kRowsPerWideRow};
    ASSIGN_OR_RETURN(auto store, Fresh(name, open, BenchSync::kProcess));
    RETURN_IF_ERROR(Time(name, "load of wide rows", "rows", rows.rows,
                         [&] { return store->Load(rows, kInFlight * 16); }));
    RETURN_IF_ERROR(store->Flush());
    RETURN_IF_ERROR(store->Compact());
    return Time(name, "slice of 10 rows", "slices", options_.reads / 4,
                [&] { return store->Slices(rows, options_.reads / 4); });
  }

  absl::Status Durable(const std::string& name, const Opener& open) {
    const BenchRows rows{options_.durable_rows, 1};
    ASSIGN_OR_RETURN(auto store, Fresh(name, open, BenchSync::kDisk));
    return Time(name, "load, durable, 64 in flight", "rows", rows.rows,
                [&] { return store->Load(rows, kInFlight); });
  }

  const EngineBenchOptions& options_;
  BenchReport* const report_;
};

// Takes away what a run leaves, also when it fails: the contenders'
// directories, and the one around them when nothing else is in it.
class Leftovers {
 public:
  explicit Leftovers(std::string directory)
      : directory_(std::move(directory)) {}
  ~Leftovers() {
    std::error_code ignored;
    for (const char* contender : {kRowan, kRocksDb}) {
      std::filesystem::remove_all(directory_ + "/" + contender, ignored);
    }
    std::filesystem::remove(directory_, ignored);
  }
  Leftovers(const Leftovers&) = delete;
  Leftovers& operator=(const Leftovers&) = delete;

 private:
  const std::string directory_;
};

absl::Status CheckDirectory(const std::string& directory) {
  for (const char* contender : {kRowan, kRocksDb}) {
    const std::string store = directory + "/" + contender;
    std::error_code ignored;
    if (std::filesystem::exists(store, ignored)) {
      return absl::FailedPreconditionError(
          store + " is there already; remove it or name another --directory");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunEngineBench(const EngineBenchOptions& options) {
  RETURN_IF_ERROR(CheckDirectory(options.directory));
  BenchReport report(kRowan, options.against_rocksdb ? kRocksDb : "");
  EngineBench bench(options, &report);
  const Leftovers leftovers(options.directory);
  RETURN_IF_ERROR(bench.Run(kRowan, OpenRowanStore));
  if (options.against_rocksdb) {
    RETURN_IF_ERROR(bench.Run(kRocksDb, OpenRocksDbStore));
  }
  std::printf("%s\n%s", MachineText().c_str(), report.Table().c_str());
  if (!options.json.empty()) return report.WriteJson(options.json);
  return absl::OkStatus();
}

}  // namespace rowan
