// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METRICS_FAMILIES_H_
#define ROWAN_NODE_METRICS_FAMILIES_H_

#include <prometheus/metric_family.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/counting/duration_counts.h"

namespace rowan {

// The metrics of one answer, gathered and then written as text. Names are given
// without "rowan_". Thread-compatible.
class Families {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  // One metric of several series.
  class Family {
   public:
    void Add(Labels labels, double value);
    void AddDurations(Labels labels, const DurationCounts& counts);
    // `counts` by upper bound, one more than there are bounds.
    void AddHistogram(Labels labels, std::span<const double> bounds,
                      std::span<const uint64_t> counts, double sum);

   private:
    friend class Families;
    explicit Family(prometheus::MetricFamily* family) : family_(family) {}
    prometheus::MetricFamily* family_;
  };

  // Each is to be filled before the next is asked for.
  Family Gauge(std::string name, std::string help);
  Family Counter(std::string name, std::string help);
  Family Histogram(std::string name, std::string help);

  // One series without labels.
  template <typename Number>
  void AddGauge(std::string name, std::string help, Number value) {
    Gauge(std::move(name), std::move(help)).Add({}, static_cast<double>(value));
  }
  template <typename Number>
  void AddCounter(std::string name, std::string help, Number value) {
    Counter(std::move(name), std::move(help))
        .Add({}, static_cast<double>(value));
  }

  // What Prometheus makes of it: a histogram is one series a bucket, and two.
  uint64_t series() const;
  // The text format, version 0.0.4.
  std::string Text() const;

 private:
  Family AddFamily(std::string name, std::string help,
                   prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_FAMILIES_H_
