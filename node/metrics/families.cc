// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/families.h"

#include <prometheus/text_serializer.h>

#include <limits>

namespace rowan {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void Families::Family::Add(Labels labels, double value) {
  ClientMetric& metric = family_->metric.emplace_back();
  metric.label = std::move(labels);
  if (family_->type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

void Families::Family::AddDurations(Labels labels,
                                    const DurationCounts& counts) {
  std::vector<double> seconds;
  for (const int64_t bound_ns : kDurationBoundsNs) {
    seconds.push_back(static_cast<double>(bound_ns) / 1e9);
  }
  AddHistogram(std::move(labels), seconds, counts.by_duration,
               static_cast<double>(counts.total_ns) / 1e9);
}

void Families::Family::AddHistogram(Labels labels,
                                    std::span<const double> bounds,
                                    std::span<const uint64_t> counts,
                                    double sum) {
  ClientMetric& metric = family_->metric.emplace_back();
  metric.label = std::move(labels);
  uint64_t so_far = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    metric.histogram.bucket.push_back(
        {so_far, i < bounds.size() ? bounds[i]
                                   : std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_count = so_far;
  metric.histogram.sample_sum = sum;
}

Families::Family Families::AddFamily(std::string name, std::string help,
                                     MetricType type) {
  MetricFamily& family = families_.emplace_back();
  family.name = "rowan_" + std::move(name);
  family.help = std::move(help);
  family.type = type;
  return Family(&family);
}

Families::Family Families::Gauge(std::string name, std::string help) {
  return AddFamily(std::move(name), std::move(help), MetricType::Gauge);
}
Families::Family Families::Counter(std::string name, std::string help) {
  return AddFamily(std::move(name), std::move(help), MetricType::Counter);
}
Families::Family Families::Histogram(std::string name, std::string help) {
  return AddFamily(std::move(name), std::move(help), MetricType::Histogram);
}

uint64_t Families::series() const {
  uint64_t series = 0;
  for (const MetricFamily& family : families_) {
    for (const ClientMetric& metric : family.metric) {
      const bool histogram = family.type == MetricType::Histogram;
      series += histogram ? metric.histogram.bucket.size() + 2 : 1;
    }
  }
  return series;
}

std::string Families::Text() const {
  return prometheus::TextSerializer().Serialize(families_);
}

}  // namespace rowan
