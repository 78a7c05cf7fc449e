// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/report.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <time.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

namespace rowan {
namespace {

std::string ProcessorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

}  // namespace

void BenchReport::Add(const std::string& workload, const std::string& unit,
                      const std::string& contender, const BenchFigure& figure) {
  for (Run& run : runs_) {
    if (run.workload == workload) {
      run.figures[contender] = figure;
      return;
    }
  }
  runs_.push_back({workload, unit, {{contender, figure}}});
}

double BenchReport::Ratio(const Run& run) const {
  const auto first = run.figures.find(first_);
  const auto second = run.figures.find(second_);
  if (first == run.figures.end() || second == run.figures.end()) return 0;
  if (second->second.per_second() == 0) return 0;
  return first->second.per_second() / second->second.per_second();
}

std::string BenchReport::Table() const {
  std::string text =
      fmt::format("{:<34} {:>12} {:>9}", "workload", first_ + "/s", "cpu us");
  if (!second_.empty()) {
    text +=
        fmt::format(" {:>12} {:>9} {:>7}", second_ + "/s", "cpu us", "ratio");
  }
  text += "\n";
  for (const Run& run : runs_) {
    text += fmt::format("{:<34}", run.workload + " (" + run.unit + ")");
    for (const std::string& name : {first_, second_}) {
      const auto at = run.figures.find(name);
      if (at == run.figures.end()) continue;
      text += fmt::format(" {:>12.0f} {:>9.2f}", at->second.per_second(),
                          at->second.cpu_us());
    }
    if (const double ratio = Ratio(run); ratio > 0) {
      text += fmt::format(" {:>7.2f}", ratio);
    }
    text += "\n";
  }
  return text;
}

std::string BenchReport::Json() const {
  nlohmann::ordered_json report;
  report["machine"] = MachineText();
  report["version"] = ROWAN_VERSION;
  report["runs"] = nlohmann::ordered_json::array();
  for (const Run& run : runs_) {
    nlohmann::ordered_json one;
    one["workload"] = run.workload;
    one["unit"] = run.unit;
    for (const auto& [name, figure] : run.figures) {
      one["figures"][name] = {
          {"operations", figure.operations},
          {"seconds", figure.seconds},
          {"operations_per_second", figure.per_second()},
          {"cpu_microseconds_per_operation", figure.cpu_us()}};
    }
    if (const double ratio = Ratio(run); ratio > 0) one["ratio"] = ratio;
    report["runs"].push_back(std::move(one));
  }
  return report.dump(2) + "\n";
}

absl::Status BenchReport::WriteJson(const std::string& path) const {
  std::ofstream file(path);
  file << Json();
  file.close();
  if (!file) return absl::InternalError("can't write " + path);
  return absl::OkStatus();
}

std::string MachineText() {
  struct utsname system {};
  uname(&system);
  return fmt::format("{}, {} cores, {} {}", ProcessorName(),
                     std::thread::hardware_concurrency(), system.sysname,
                     system.release);
}

double ProcessCpuSeconds() {
  struct timespec spent {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) +
         static_cast<double>(spent.tv_nsec) * 1e-9;
}

double WallSecondsNow() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace rowan
