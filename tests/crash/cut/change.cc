// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/change.h"

#include "storage/base/check.h"
#include "tests/lib/test_tables.h"

namespace rowan {

Mutation Change::MutationOf(std::shared_ptr<const Schema> schema,
                            int64_t timestamp, uint32_t now_s) const {
  TestMutation mutation(schema, key_);
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::kPut:
        if (part.ttl_s == 0) {
          mutation.Put(part.first, part.value, timestamp);
        } else {
          mutation.PutExpiring(part.first, part.value, timestamp, part.ttl_s,
                               now_s + part.ttl_s);
        }
        break;
      case Kind::kSet: {
        const Column* const column = schema->FindColumn(part.column);
        ROWAN_CHECK(column != nullptr);
        mutation.Set(part.first, column->id, part.value, timestamp);
        break;
      }
      case Kind::kStatic:
        mutation.PutStatic(part.value, timestamp);
        break;
      case Kind::kDeleteRow:
        mutation.DeleteRow(part.first, {timestamp, now_s});
        break;
      case Kind::kDeleteRange:
        mutation.DeleteRange(part.first, part.last, {timestamp, now_s});
        break;
      case Kind::kDeleteAll:
        mutation.DeleteWideRow({timestamp, now_s});
        break;
    }
  }
  return mutation.Take();
}

void Change::ApplyTo(Contents* contents, uint32_t now_s) const {
  const auto table = contents->tables.find(table_);
  if (table == contents->tables.end()) return;
  Contents::WideRow& wide_row = table->second.wide_rows[key_];
  for (const Part& part : parts_) {
    const uint32_t expiry_s = part.ttl_s == 0 ? 0 : now_s + part.ttl_s;
    switch (part.kind) {
      case Kind::kPut:
        wide_row.rows[part.first].marked = true;
        wide_row.rows[part.first].marker_expiry_s = expiry_s;
        [[fallthrough]];
      case Kind::kSet:
        wide_row.rows[part.first].columns[part.column] = {part.value, expiry_s};
        break;
      case Kind::kStatic:
        wide_row.static_columns[part.column] = {part.value};
        break;
      case Kind::kDeleteRow:
      case Kind::kDeleteRange:
        wide_row.rows.erase(wide_row.rows.lower_bound(part.first),
                            wide_row.rows.upper_bound(part.last));
        break;
      case Kind::kDeleteAll:
        wide_row = {};
        break;
    }
  }
}

}  // namespace rowan
