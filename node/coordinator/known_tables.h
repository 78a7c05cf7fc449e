// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_KNOWN_TABLES_H_
#define ROWAN_NODE_COORDINATOR_KNOWN_TABLES_H_

#include "node/metadata/catalogue.h"
#include "storage/engine/engine_options.h"

namespace rowan {

// What an engine is opened with. SchemaRegistry sees to it that the catalogue
// is durable with the id of a table before the engine hears of the table.
inline KnownTables KnownTablesOf(const Catalogue& catalogue) {
  KnownTables known{.next = Catalogue(catalogue).TakeTableId()};
  for (const auto& [name, table] : catalogue.tables()) {
    known.tables.push_back(table);
  }
  return known;
}

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_KNOWN_TABLES_H_
