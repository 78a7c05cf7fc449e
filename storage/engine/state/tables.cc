// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/state/tables.h"

#include <utility>

#include "storage/engine/state/file_names.h"

namespace rowan {

Table::Table(std::shared_ptr<const Schema> schema, std::string directory,
             MemoryBudget* budget, EpochDomain* epochs)
    : schema_(new std::shared_ptr<const Schema>(schema)),
      epochs_(epochs),
      id_(schema->id),
      prefix_length_(schema->options.partition_prefix_length),
      directory_(std::move(directory)) {
  const uint32_t count = uint32_t{1} << prefix_length_;
  partitions_.reserve(count);
  for (uint32_t bits = 0; bits < count; ++bits) {
    partitions_.push_back(std::make_unique<Partition>(
        id_, PartitionId{prefix_length_, bits}, budget, epochs));
  }
}

Table::~Table() { delete schema_.load(); }

std::shared_ptr<const Schema> Table::schema() const {
  EpochDomain::Guard guard(*epochs_);
  return *schema_.load();
}

void Table::SetSchema(std::shared_ptr<const Schema> next) {
  const auto* old =
      schema_.exchange(new std::shared_ptr<const Schema>(std::move(next)));
  epochs_->Retire([old] { delete old; });
}

std::string Table::FilePath(FileId file) const {
  return directory_ + "/" + SSTableFileName(file);
}

Tables::Tables(EpochDomain* epochs) : epochs_(epochs), map_(new Map) {}

Tables::~Tables() { delete map_.load(); }

std::shared_ptr<Table> Tables::Find(TableId id) const {
  EpochDomain::Guard guard(*epochs_);
  const Map* map = map_.load();
  const auto it = map->find(id);
  return it == map->end() ? nullptr : it->second;
}

bool Tables::Add(std::shared_ptr<Table> table) {
  MutexLock lock(mutex_);
  auto next = std::make_unique<Map>(*map_.load());
  if (!next->emplace(table->id(), table).second) return false;
  Publish(std::move(next));
  return true;
}

std::shared_ptr<Table> Tables::Remove(TableId id) {
  MutexLock lock(mutex_);
  auto next = std::make_unique<Map>(*map_.load());
  const auto it = next->find(id);
  if (it == next->end()) return nullptr;
  std::shared_ptr<Table> table = it->second;
  next->erase(it);
  Publish(std::move(next));
  return table;
}

std::vector<std::shared_ptr<Table>> Tables::All() const {
  EpochDomain::Guard guard(*epochs_);
  std::vector<std::shared_ptr<Table>> all;
  const Map* map = map_.load();
  all.reserve(map->size());
  for (const auto& [id, table] : *map) all.push_back(table);
  return all;
}

void Tables::Publish(std::unique_ptr<Map> next) {
  const Map* old = map_.exchange(next.release());
  epochs_->Retire([old] { delete old; });
}

}  // namespace rowan
