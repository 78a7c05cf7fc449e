// SPDX-License-Identifier: Apache-2.0
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_bytes.h"
#include "storage/model/schema.h"

// The schema section of FORMAT.md.

namespace rowan {
namespace {

constexpr uint8_t kDescending = 0x01;
// What follows the columns.
constexpr uint8_t kHandle = 0x01;
constexpr uint8_t kDropped = 0x02;
// Id, name length and a letter, type, role, flags.
constexpr size_t kColumnBytesMin = 6;

absl::Status MalformedSchema(const std::string& what) {
  return absl::DataLossError("schema: " + what);
}

void PutColumn(const Column& column, std::string* out) {
  PutVarint(column.id.value, out);
  PutBytes(column.name, out);
  PutType(column.type, out);
  PutLittle(static_cast<uint8_t>(column.role), out);
  PutLittle(column.descending ? kDescending : uint8_t{0}, out);
}

bool GetColumn(std::string_view* in, Column* column) {
  std::string_view name;
  uint8_t role, flags;
  if (!GetVarint32(in, &column->id.value) || !GetBytes(in, &name) ||
      !GetType(in, &column->type) || !GetLittle(in, &role) ||
      !GetLittle(in, &flags) || (flags & ~kDescending) != 0) {
    return false;
  }
  column->name = name;
  column->role = static_cast<ColumnRole>(role);
  column->descending = (flags & kDescending) != 0;
  return true;
}

void PutOptions(const TableOptions& options, std::string* out) {
  PutLittle(options.partition_prefix_length, out);
  PutLittle(options.compaction_scaling, out);
  PutLittle(static_cast<uint8_t>(options.compression), out);
  PutLittle(options.default_ttl_s, out);
  PutLittle(options.tombstone_grace_s, out);
}

bool GetOptions(std::string_view* in, TableOptions* options) {
  uint8_t compression;
  if (!GetLittle(in, &options->partition_prefix_length) ||
      !GetLittle(in, &options->compaction_scaling) ||
      !GetLittle(in, &compression) || !GetLittle(in, &options->default_ttl_s) ||
      !GetLittle(in, &options->tombstone_grace_s)) {
    return false;
  }
  options->compression = static_cast<Compression>(compression);
  return true;
}

bool HasOwnHandle(const Schema& schema) {
  return schema.handle.value != 0 && schema.handle.value != schema.id.value;
}

// What edition 5 added; nothing for a schema that edition 4 could say.
void PutHistory(const Schema& schema, std::string* out) {
  const bool has_handle = HasOwnHandle(schema);
  const uint8_t flags = static_cast<uint8_t>(
      (has_handle ? kHandle : 0) | (schema.dropped.empty() ? 0 : kDropped));
  if (flags == 0) return;
  PutLittle(flags, out);
  if (has_handle) PutLittle(schema.handle.value, out);
  if (schema.dropped.empty()) return;
  PutVarint(schema.dropped.size(), out);
  uint32_t before = 0;
  for (const ColumnId id : schema.dropped) {
    PutVarint(id.value - before, out);
    before = id.value;
  }
}

bool GetDropped(std::string_view* in, std::vector<ColumnId>* dropped) {
  uint64_t count;
  if (!GetVarint(in, &count) || count == 0 || count > in->size()) return false;
  uint64_t id = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t delta;
    if (!GetVarint(in, &delta) || delta > kColumnIdMax) return false;
    id += delta;
    if (id > kColumnIdMax) return false;
    dropped->push_back(ColumnId{static_cast<uint32_t>(id)});
  }
  return true;
}

bool GetHistory(std::string_view* in, Schema* schema) {
  schema->handle.value = schema->id.value;
  if (in->empty()) return true;
  uint8_t flags;
  if (!GetLittle(in, &flags) || flags == 0 ||
      (flags & ~(kHandle | kDropped)) != 0) {
    return false;
  }
  if ((flags & kHandle) != 0 &&
      (!GetLittle(in, &schema->handle.value) || !HasOwnHandle(*schema))) {
    return false;
  }
  return (flags & kDropped) == 0 || GetDropped(in, &schema->dropped);
}

}  // namespace

std::string EncodeSchema(const Schema& schema) {
  std::string out;
  PutLittle(schema.id.value, &out);
  PutLittle(schema.version.value, &out);
  PutBytes(schema.keyspace, &out);
  PutBytes(schema.table, &out);
  PutOptions(schema.options, &out);
  PutVarint(schema.columns.size(), &out);
  for (const Column& column : schema.columns) PutColumn(column, &out);
  PutHistory(schema, &out);
  return out;
}

absl::StatusOr<Schema> DecodeSchema(std::string_view bytes) {
  Schema schema;
  std::string_view keyspace, table;
  uint64_t columns;
  if (!GetLittle(&bytes, &schema.id.value) ||
      !GetLittle(&bytes, &schema.version.value) ||
      !GetBytes(&bytes, &keyspace) || !GetBytes(&bytes, &table) ||
      !GetOptions(&bytes, &schema.options) || !GetVarint(&bytes, &columns)) {
    return MalformedSchema("the head is cut off");
  }
  schema.keyspace = keyspace;
  schema.table = table;
  if (columns > kColumnsMax || columns > bytes.size() / kColumnBytesMin) {
    return MalformedSchema("bad column count");
  }
  schema.columns.resize(columns);
  for (Column& column : schema.columns) {
    if (!GetColumn(&bytes, &column)) return MalformedSchema("bad column");
  }
  if (!GetHistory(&bytes, &schema))
    return MalformedSchema("bad handle or drops");
  if (!bytes.empty()) return MalformedSchema("bytes after the end");
  if (absl::Status status = schema.Validate(); !status.ok()) {
    return MalformedSchema(std::string(status.message()));
  }
  return schema;
}

}  // namespace rowan
