// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_REPORT_H_
#define ROWAN_TOOLS_ROWAN_BENCH_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowan {

// One workload as one contender ran it.
struct BenchFigure {
  uint64_t operations = 0;
  double seconds = 0;
  double cpu_seconds = 0;  // of the whole process, background work included

  double per_second() const {
    return seconds > 0 ? static_cast<double>(operations) / seconds : 0;
  }
  double cpu_us() const {
    return operations > 0 ? cpu_seconds * 1e6 / static_cast<double>(operations)
                          : 0;
  }
};

// What was measured, in the order it was run: a table for people, one JSON
// object for programs:
//   {"machine": {...}, "version": ..., "runs": [{"workload": ..., "unit": ...,
//    "figures": {NAME: {"operations_per_second": ..., ...}}, "ratio": ...}]}
// The ratio is the first contender's rate over the second's; above 1 the first
// is faster.
class BenchReport {
 public:
  // `first` and `second` name the contenders; `second` may be empty.
  BenchReport(std::string first, std::string second)
      : first_(std::move(first)), second_(std::move(second)) {}

  void Add(const std::string& workload, const std::string& unit,
           const std::string& contender, const BenchFigure& figure);

  std::string Table() const;
  std::string Json() const;
  absl::Status WriteJson(const std::string& path) const;

 private:
  struct Run {
    std::string workload, unit;
    std::map<std::string, BenchFigure> figures;
  };
  double Ratio(const Run& run) const;

  const std::string first_, second_;
  std::vector<Run> runs_;
};

// Runs `work` and measures it.
template <typename Work>
absl::Status Measure(uint64_t operations, Work work, BenchFigure* figure);

// "Intel(R) Xeon(R) ..., 2 cores, Linux 6.1.0".
std::string MachineText();

double ProcessCpuSeconds();
double WallSecondsNow();

template <typename Work>
absl::Status Measure(uint64_t operations, Work work, BenchFigure* figure) {
  const double cpu = ProcessCpuSeconds();
  const double wall = WallSecondsNow();
  absl::Status status = work();
  figure->operations = operations;
  figure->seconds = WallSecondsNow() - wall;
  figure->cpu_seconds = ProcessCpuSeconds() - cpu;
  return status;
}

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_REPORT_H_
