// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/statistics_codec.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

// Field numbers: written to files, never used again for something else.
enum Field : uint64_t {
  kFile = 1,
  kTable = 2,
  kPartitionPrefixLength = 3,
  kPartitionPrefixBits = 4,
  kLevel = 5,
  kWideRows = 6,
  kRows = 7,
  kCells = 8,
  kTombstones = 9,
  kDataBytesRaw = 10,
  kDataBytesStored = 11,
  kFirstToken = 12,
  kLastToken = 13,
  kFirstKey = 14,
  kLastKey = 15,
  kMinPosition = 16,
  kMaxPosition = 17,
  kMinTimestamp = 18,
  kMaxTimestamp = 19,
  kMinLocalDeletion = 20,
  kMaxLocalDeletion = 21,
  kMinTtl = 22,
  kMaxTtl = 23,
  kDropTimes = 24,
  kLogFrom = 25,
  kLogTo = 26,
  kWrittenAt = 27,
  kDropTimesSpan = 28,
  kWideRowBytes = 29,
  kWideRowCells = 30,
  kWideRowDeletions = 31,
};

std::string Number(uint64_t value) {
  std::string bytes;
  PutVarint(value, &bytes);
  return bytes;
}

std::string EncodeDropTimes(const std::map<uint32_t, uint64_t>& drop_times) {
  std::string bytes;
  for (const auto& [second, count] : drop_times) {
    PutVarint(second, &bytes);
    PutVarint(count, &bytes);
  }
  return bytes;
}

bool DecodeDropTimes(std::string_view in, std::map<uint32_t, uint64_t>* out) {
  while (!in.empty()) {
    uint32_t second;
    uint64_t count;
    if (!GetVarint32(&in, &second) || !GetVarint(&in, &count)) return false;
    (*out)[second] = count;
  }
  return true;
}

std::string EncodeHistogram(const SizeHistogram& histogram) {
  std::string bytes;
  PutVarint(histogram.largest, &bytes);
  for (const uint64_t count : histogram.counts) PutVarint(count, &bytes);
  return bytes;
}

bool DecodeHistogram(std::string_view in, SizeHistogram* out) {
  *out = {};
  if (!GetVarint(&in, &out->largest)) return false;
  while (!in.empty()) {
    uint64_t count;
    if (!GetVarint(&in, &count)) return false;
    out->counts.push_back(count);
    if (out->counts.size() > SizeHistogram::kBucketsMax) return false;
  }
  return true;
}

// One function walks the fields for both directions, so that they cannot
// differ.
template <typename Visitor>
void VisitFields(SSTableStatistics& s, Visitor&& visit) {
  visit(kFile, s.file.value);
  visit(kTable, s.table.value);
  visit(kPartitionPrefixLength, s.partition.prefix_length);
  visit(kPartitionPrefixBits, s.partition.prefix_bits);
  visit(kLevel, s.level);
  visit(kWideRows, s.wide_rows);
  visit(kRows, s.rows);
  visit(kCells, s.cells);
  visit(kTombstones, s.tombstones);
  visit(kDataBytesRaw, s.data_bytes_raw);
  visit(kDataBytesStored, s.data_bytes_stored);
  visit(kFirstToken, s.first_token.value);
  visit(kLastToken, s.last_token.value);
  visit(kFirstKey, s.first_key);
  visit(kLastKey, s.last_key);
  visit(kMinPosition, s.min_position);
  visit(kMaxPosition, s.max_position);
  visit(kMinTimestamp, s.min_timestamp);
  visit(kMaxTimestamp, s.max_timestamp);
  visit(kMinLocalDeletion, s.min_local_deletion_s);
  visit(kMaxLocalDeletion, s.max_local_deletion_s);
  visit(kMinTtl, s.min_ttl_s);
  visit(kMaxTtl, s.max_ttl_s);
  visit(kDropTimes, s.drop_times.counts);
  visit(kLogFrom, s.log_from.value);
  visit(kLogTo, s.log_to.value);
  visit(kWrittenAt, s.written_at_us);
  visit(kDropTimesSpan, s.drop_times.span_s);
  visit(kWideRowBytes, s.wide_row_bytes);
  visit(kWideRowCells, s.wide_row_cells);
  visit(kWideRowDeletions, s.wide_row_deletions);
}

struct FieldWriter {
  std::string out;

  void operator()(Field field, const std::string& bytes) {
    PutVarint(field, &out);
    PutBytes(bytes, &out);
  }
  void operator()(Field field, const std::map<uint32_t, uint64_t>& times) {
    (*this)(field, EncodeDropTimes(times));
  }
  void operator()(Field field, const SizeHistogram& histogram) {
    (*this)(field, EncodeHistogram(histogram));
  }
  // What is not known has no field.
  template <typename Value>
  void operator()(Field field, const std::optional<Value>& value) {
    if (value.has_value()) (*this)(field, *value);
  }
  void operator()(Field field, int64_t value) {
    (*this)(field, Number(ZigZag(value)));
  }
  template <std::unsigned_integral Int>
  void operator()(Field field, Int value) {
    (*this)(field, Number(value));
  }
};

// Sets the one field with number `field` from `bytes`.
struct FieldReader {
  uint64_t field;
  std::string_view bytes;
  bool ok = true;

  void operator()(Field at, std::string& value) {
    if (at == field) value = bytes;
  }
  void operator()(Field at, std::map<uint32_t, uint64_t>& value) {
    if (at == field) ok = DecodeDropTimes(bytes, &value);
  }
  void operator()(Field at, SizeHistogram& value) {
    if (at == field) ok = DecodeHistogram(bytes, &value);
  }
  template <typename Value>
  void operator()(Field at, std::optional<Value>& value) {
    if (at == field) (*this)(at, value.emplace());
  }
  void operator()(Field at, int64_t& value) {
    uint64_t raw = 0;
    if (at != field) return;
    ok = GetVarint(&bytes, &raw) && bytes.empty();
    value = UnZigZag(raw);
  }
  template <std::unsigned_integral Int>
  void operator()(Field at, Int& value) {
    uint64_t raw = 0;
    if (at != field) return;
    ok = GetVarint(&bytes, &raw) && bytes.empty() &&
         raw <= std::numeric_limits<Int>::max();
    value = static_cast<Int>(raw);
  }
};

}  // namespace

std::string EncodeStatistics(const SSTableStatistics& statistics) {
  FieldWriter writer;
  SSTableStatistics copy = statistics;
  VisitFields(copy, writer);
  return std::move(writer.out);
}

absl::StatusOr<SSTableStatistics> DecodeStatistics(std::string_view section) {
  SSTableStatistics statistics;
  while (!section.empty()) {
    FieldReader reader{};
    if (!GetVarint(&section, &reader.field) ||
        !GetBytes(&section, &reader.bytes)) {
      return absl::DataLossError("malformed statistics");
    }
    const uint64_t field = reader.field;
    VisitFields(statistics, reader);
    if (!reader.ok) {
      return absl::DataLossError(
          absl::StrCat("malformed statistics: field ", field));
    }
  }
  if (statistics.partition.prefix_length > kPartitionPrefixMax ||
      statistics.partition.prefix_bits >> statistics.partition.prefix_length !=
          0) {
    return absl::DataLossError("malformed statistics: partition");
  }
  if (statistics.drop_times.span_s == 0) {
    return absl::DataLossError("malformed statistics: span of drop times");
  }
  return statistics;
}

}  // namespace rowan
