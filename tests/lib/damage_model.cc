// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/damage_model.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

constexpr size_t kBlockBytes = 4096;
constexpr size_t kSectorBytes = 512;
constexpr std::array<std::string_view, kDamageModels.size()> kNames = {
    "process", "nothing", "blocks", "grown", "torn", "names"};

// The parts of a write that lie in different units of the disk.
std::vector<MemChange> Pieces(const MemChange& change, size_t unit) {
  std::vector<MemChange> pieces;
  const std::string& data = change.data.get();
  for (size_t at = 0; at < data.size();) {
    const uint64_t offset = change.offset + at;
    const size_t n = std::min<uint64_t>(data.size() - at, unit - offset % unit);
    pieces.push_back({offset, SharedBytes(data.substr(at, n))});
    at += n;
  }
  return pieces;
}

class DamagedDisk {
 public:
  DamagedDisk(DamageModel model, uint64_t seed, MemTree* disk)
      : model_(model), random_(seed), root_(disk->root()) {
    // Some seeds keep nearly everything, others nearly nothing.
    kept_of_16_ = 1 + random_.Below(15);
  }

  void Make() {
    if (model_ == DamageModel::kGrown) FindStaleBytes(*root_);
    Settle(root_.get());
  }

 private:
  bool Kept() { return random_.Below(16) < kept_of_16_; }

  void FindStaleBytes(const MemNode& node) {
    if (!node.is_directory) {
      if (node.synced.size() > stale_.size()) stale_ = node.synced;
      return;
    }
    for (const auto& [name, child] : node.synced_entries) {
      FindStaleBytes(*child);
    }
  }

  // Links lead to a file more than once.
  void Settle(MemNode* node) {
    if (!settled_.insert(node).second) return;
    if (!node->is_directory) {
      SettleBytes(node);
      node->DropUnsynced();
      return;
    }
    SettleNames(node);
    node->DropUnsynced();
    for (const auto& [name, child] : node->entries) Settle(child.get());
  }

  void SettleNames(MemNode* node) {
    if (model_ == DamageModel::kNothing) return;
    // A name's changes come to the disk in their order.
    std::map<std::string, size_t> left;
    for (const MemNameChange& change : node->unsynced_names) {
      ++left[change.name];
    }
    if (model_ == DamageModel::kNames) {
      for (auto& [name, changes] : left) changes = random_.Below(changes + 1);
    }
    for (const MemNameChange& change : node->unsynced_names) {
      size_t& changes = left[change.name];
      if (changes == 0) continue;
      --changes;
      if (change.node == nullptr) {
        node->synced_entries.erase(change.name);
      } else {
        node->synced_entries[change.name] = change.node;
      }
    }
  }

  void SettleBytes(MemNode* node) {
    switch (model_) {
      case DamageModel::kNothing:
        return;
      case DamageModel::kTorn:
        return Tear(node);
      default:
        break;
    }
    for (const MemChange& change : node->unsynced) {
      if (change.durable || change.truncate || model_ == DamageModel::kNames) {
        const bool kept = change.durable || model_ == DamageModel::kGrown;
        if (kept || Kept()) ApplyChange(change, &node->synced);
        continue;
      }
      if (model_ == DamageModel::kGrown) Grow(change, &node->synced);
      for (const MemChange& piece : Pieces(change, kBlockBytes)) {
        if (Kept()) ApplyChange(piece, &node->synced);
      }
    }
  }

  // To the size that it has after `change`.
  void Grow(const MemChange& change, SharedBytes* image) {
    const uint64_t end = change.offset + change.data.size();
    const uint64_t old_end = image->size();
    if (old_end >= end) return;
    std::string* bytes = image->own();
    bytes->resize(end, '\0');
    const std::string& stale = stale_.get();
    if (random_.Below(2) == 0 || stale.size() <= old_end) return;
    std::copy(stale.begin() + static_cast<std::ptrdiff_t>(old_end),
              stale.begin() + static_cast<std::ptrdiff_t>(
                                  std::min<uint64_t>(end, stale.size())),
              bytes->begin() + static_cast<std::ptrdiff_t>(old_end));
  }

  void Tear(MemNode* node) {
    std::vector<MemChange> kept;
    // In any order.
    const auto settle = [&] {
      for (size_t i = kept.size(); i > 1; --i) {
        std::swap(kept[i - 1], kept[random_.Below(i)]);
      }
      for (const MemChange& change : kept) ApplyChange(change, &node->synced);
      kept.clear();
    };
    for (const MemChange& change : node->unsynced) {
      if (change.durable) {
        settle();
        ApplyChange(change, &node->synced);
      } else if (change.truncate) {
        // Nothing of before comes behind it; what did is cut.
        settle();
        if (Kept()) ApplyChange(change, &node->synced);
      } else {
        for (MemChange& piece : Pieces(change, kSectorBytes)) {
          if (Kept()) kept.push_back(std::move(piece));
        }
      }
    }
    settle();
  }

  const DamageModel model_;
  SimRandom random_;
  const std::shared_ptr<MemNode> root_;
  uint64_t kept_of_16_;
  SharedBytes stale_;
  std::set<MemNode*> settled_;
};

}  // namespace

std::string_view DamageModelName(DamageModel model) {
  return kNames[static_cast<size_t>(model)];
}

std::optional<DamageModel> DamageModelNamed(std::string_view name) {
  for (const DamageModel model : kDamageModels) {
    if (DamageModelName(model) == name) return model;
  }
  return std::nullopt;
}

void Damage(DamageModel model, uint64_t seed, MemTree* disk) {
  if (model == DamageModel::kProcess) return;
  DamagedDisk(model, seed, disk).Make();
}

}  // namespace rowan
