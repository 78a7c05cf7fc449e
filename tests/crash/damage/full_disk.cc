// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/damage/full_disk.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "commitlog/log_printer.h"
#include "storage/base/check.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

const std::map<std::string, Compression>& Tables() {
  static const auto* const kTables =
      new std::map<std::string, Compression>{{"plain", Compression::kNone},
                                             {"lz4", Compression::kLz4},
                                             {"zstd", Compression::kZstd}};
  return *kTables;
}

void Must(const absl::Status& status) {
  if (!status.ok()) {
    CheckFailed(__FILE__, __LINE__, std::string(status.message()).c_str());
  }
}

// Half of it compresses.
std::string Value(SimRandom* random, size_t bytes) {
  std::string value(bytes, 'v');
  for (size_t i = 0; i < bytes / 2; ++i) {
    value[i] = static_cast<char>('a' + random->Below(26));
  }
  return value;
}

class Maker {
 public:
  explicit Maker(FullDisk* disk) : disk_(disk) {}

  void Make() {
    Must(node_.Start());
    Must(node_.schemas().CreateKeyspace("test", false).status());
    for (const auto& [name, compression] : Tables()) MakeTable(name);
    for (const auto& [name, compression] : Tables()) WriteMany(name, 1000);
    Must(node_.TakeSnapshot("plain", "early"));
    KeepVersion();
    for (const auto& [name, compression] : Tables()) WriteOver(name, 2000);
    Must(node_.TakeSnapshot("plain", "late"));
    KeepVersion();
    // The snapshots' files become theirs alone, and two new ones follow.
    Must(node_.world().Compact(Schema("plain")->id));
    WriteOver("plain", 3000);
    KeepVersion();
    for (int i = 0; i < 4; ++i) {
      for (const auto& [name, compression] : Tables()) WriteToLog(name, i);
      if (i == 2) KeepVersion();
    }
    node_.world().executor().RunUntilIdle();  // the log's idle mark
    TakeImage();
    node_.End(false);
    DescribeFiles();
    Must(node_.Start());
    disk_->answers = node_.ReadAll(disk_->keys, /*restore=*/true);
  }

 private:
  std::shared_ptr<const rowan::Schema> Schema(const std::string& name) {
    return node_.schemas().catalogue()->FindByFullName("test." + name);
  }

  void MakeTable(const std::string& name) {
    rowan::Schema table = *TestSchema(1);
    table.table = name;
    table.options.compression = Tables().at(name);
    table.options.partition_prefix_length = name == "plain" ? 1 : 0;
    Must(node_.schemas().CreateTable(std::move(table), false).status());
  }

  // One large wide row with a row index, and small ones.
  void WriteMany(const std::string& name, int64_t timestamp) {
    for (int ck = 0; ck < 14; ++ck) {
      TestMutation large(Schema(name), "large");
      large.Put(ck, Value(&random_, 1500), timestamp);
      large.PutStatic("of all", timestamp);
      large.DeleteRange(20, 30, {timestamp, 100});
      Must(node_.world().Write(large));
    }
    for (int i = 0; i < 12; ++i) {
      TestMutation small(Schema(name), Key(i));
      small.Put(1, Value(&random_, 600), timestamp);
      small.Put(2, Value(&random_, 20), timestamp);
      Must(node_.world().Write(small));
    }
    Must(node_.world().Flush(Schema(name)->id));
  }

  // Newer rows and deletions over those of WriteMany.
  void WriteOver(const std::string& name, int64_t timestamp) {
    TestMutation large(Schema(name), "large");
    for (int ck = 0; ck < 14; ck += 2) {
      large.Put(ck, Value(&random_, 700), timestamp);
    }
    large.DeleteRange(5, 7, {timestamp, 100});
    Must(node_.world().Write(large));
    for (int i = 0; i < 12; i += 3) {
      TestMutation small(Schema(name), Key(i));
      small.DeleteRow(1, {timestamp, 100});
      small.Put(3, Value(&random_, 300), timestamp);
      Must(node_.world().Write(small));
    }
    Must(node_.world().Flush(Schema(name)->id));
  }

  void WriteToLog(const std::string& name, int i) {
    TestMutation small(Schema(name), Key(i));
    small.Put(10 + i, Value(&random_, 3000), 9000);
    small.DeleteRow(2, {9000, 100});
    Must(node_.world().Write(small));
  }

  std::string Key(int i) {
    std::string key = "k" + std::to_string(i);
    auto& keys = disk_->keys;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      keys.push_back(key);
    }
    return key;
  }

  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> files;
    AddFiles(DamagedNode::kDirectory, &files);
    return files;
  }

  void AddFiles(const std::string& path,
                std::map<std::string, std::string>* files) {
    const auto names = node_.fs().List(path);
    if (!names.ok()) {
      files->emplace(path, *node_.fs().ReadFile(path));
      return;
    }
    for (const std::string& name : *names) AddFiles(path + "/" + name, files);
  }

  void KeepVersion() { versions_.push_back(Files()); }

  void TakeImage() {
    disk_->keys.push_back("large");
    files_ = Files();
    disk_->image = node_.fs().Image();
  }

  FileKind KindOf(const std::string& path) {
    const auto has = [&](const char* part) {
      return path.find(part) != std::string::npos;
    };
    if (has("/snapshots/")) {
      return has(".sst") ? FileKind::kSnapshotSSTable : FileKind::kSnapshot;
    }
    if (has("/commitlog/")) return FileKind::kLog;
    if (has("/MANIFEST-")) return FileKind::kManifest;
    if (has("/metadata/")) return FileKind::kCatalogue;
    if (has("/identity")) return FileKind::kIdentity;
    if (has("/clock")) return FileKind::kClock;
    ROWAN_CHECK(has(".sst"));
    // Tables were made in the order of their names: lz4, plain, zstd.
    if (has("/1/")) return FileKind::kSSTableLz4;
    return has("/2/") ? FileKind::kSSTable : FileKind::kSSTableZstd;
  }

  void DescribeFiles() {
    uint64_t youngest = 0;
    for (const auto& [path, bytes] : files_) {
      if (path.ends_with("/LOCK")) continue;  // empty
      FullDisk::File file{KindOf(path), path, bytes};
      if (files_.contains(path + ".copy")) file.copy = path + ".copy";
      for (const auto& version : versions_) {
        const auto older = version.find(path);
        if (older == version.end() || older->second == bytes) continue;
        if (file.older.empty() || file.older.back() != older->second) {
          file.older.push_back(older->second);
        }
      }
      disk_->files.push_back(std::move(file));
      if (KindOf(path) == FileKind::kLog) {
        youngest = std::max(youngest, SegmentIn(path));
      }
    }
    for (FullDisk::File& file : disk_->files) {
      file.last_of_log =
          file.kind == FileKind::kLog && SegmentIn(file.path) == youngest;
    }
  }

  uint64_t SegmentIn(const std::string& path) {
    const auto file = node_.fs().Open(path, OpenOptions{});
    uint64_t segment = 0;
    (void)WalkSegment(**file, path, false, [&](const SegmentItem& item) {
      segment = std::max(segment, item.header.segment.value);
    });
    return segment;
  }

  FullDisk* const disk_;
  DamagedNode node_;
  SimRandom random_{7};
  std::vector<std::map<std::string, std::string>> versions_;
  std::map<std::string, std::string> files_;
};

}  // namespace

const char* NameOf(FileKind kind) {
  switch (kind) {
    case FileKind::kSSTable:
      return "sstable";
    case FileKind::kSSTableLz4:
      return "sstable-lz4";
    case FileKind::kSSTableZstd:
      return "sstable-zstd";
    case FileKind::kSnapshotSSTable:
      return "snapshot-sstable";
    case FileKind::kLog:
      return "log";
    case FileKind::kManifest:
      return "manifest";
    case FileKind::kCatalogue:
      return "catalogue";
    case FileKind::kSnapshot:
      return "snapshot";
    case FileKind::kIdentity:
      return "identity";
    case FileKind::kClock:
      return "clock";
  }
  return "unknown";
}

FullDisk::FullDisk() { Maker(this).Make(); }

}  // namespace rowan
