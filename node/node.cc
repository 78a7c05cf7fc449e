// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "commitlog/commit_log.h"
#include "commitlog/log_archive.h"
#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/coordinator/known_tables.h"
#include "node/http/http_server.h"
#include "node/metadata/catalogue_history.h"
#include "node/metadata/data_directory.h"
#include "node/metadata/directory_names.h"
#include "node/metadata/local_metadata_store.h"
#include "node/metrics/exposition.h"
#include "node/metrics/metrics.h"
#include "node/metrics/node_facts.h"
#include "node/metrics/recent_load.h"
#include "node/service/server/client_server.h"
#include "storage/base/logging.h"
#include "storage/base/mutex.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/system/system_random.h"
#include "storage/base/thread_executor.h"
#include "storage/engine/engine_options.h"

namespace rowan {
namespace {

// Reads that wait for the disk, the clock's bound.
constexpr int kBlockingThreads = 4;
// Asynchronous I/O: the log's write and sync, and flushes beside them.
constexpr int kIoThreads = 4;
constexpr int64_t kNanosPerS = 1'000'000'000;
// From one reading of all SSTables to the next: well below the months in which
// latent errors gather on a disk.
constexpr int64_t kScrubPeriodS = 7 * 24 * 3600;

int Cores() {
  return std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
}

// Two threads share the work up to two cores; beyond, half of them poll.
int PollerThreads() { return Cores() <= 2 ? 2 : Cores() / 2; }
int ForegroundThreads() { return std::max(1, Cores() / 2); }

LogLevel LevelNamed(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  return name == "error" ? LogLevel::kError : LogLevel::kInfo;
}

std::optional<uint64_t> LeastFree(
    const std::map<std::string, uint64_t>& free_bytes) {
  std::optional<uint64_t> least;
  for (const auto& [dir, bytes] : free_bytes) {
    least = std::min(least.value_or(bytes), bytes);
  }
  return least;
}

absl::Status MakeDirectory(FileSystem& fs, const std::string& path) {
  RETURN_IF_ERROR(fs.CreateDirectory(path));
  return SyncNames(fs, path);
}

std::string HostOf(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

}  // namespace

// In the order of their start; destroyed in the reverse.
struct Node::Parts {
  Parts(const NodeConfig& config, bool accept_data_loss)
      : config(config),
        accept_data_loss(accept_data_loss),
        background(static_cast<int>(config.background_flushes +
                                    config.background_compactions),
                   "background") {}

  absl::Status Start();
  absl::Status StartHttp();
  // The log's archive and the catalogue's history, below backup.dir.
  void OpenHistory();
  absl::Status OpenStorage();
  absl::Status OpenSnapshots();
  absl::Status StartClientServer();
  absl::Status Stop(bool drain);
  absl::Status StopEngine(bool drain);
  void OnEngineFailure();
  HttpAnswer Answer(std::string_view path);
  // By what the directory is for; none whose file system doesn't tell.
  std::map<std::string, uint64_t> DiskFree();
  StorageMetrics CollectStorage();

  const NodeConfig config;
  const bool accept_data_loss;
  SystemClock clock;
  SystemRandom random;
  PosixFileSystem file_system{kIoThreads};
  ThreadExecutor foreground{ForegroundThreads(), "foreground"};
  ThreadExecutor background;
  ThreadExecutor blocking{kBlockingThreads, "blocking"};
  ThreadExecutor change_thread{1, "changes"};
  ChangeQueue changes{&change_thread, &clock};
  ThreadExecutor http_loop{1, "http"};
  ThreadExecutor pollers{PollerThreads(), "poller"};
  Metrics metrics;
  NodeFacts facts;
  std::unique_ptr<DataDirectory> directory;
  std::unique_ptr<MetadataStore> metadata;
  std::unique_ptr<SchemaRegistry> schemas;
  std::unique_ptr<SnapshotStore> snapshots;
  std::unique_ptr<HybridClock> timestamps;
  std::shared_ptr<LogArchive> archive;  // null: no backup.dir; before HTTP
  std::unique_ptr<CatalogueHistory> history;
  std::unique_ptr<Engine> engine;
  std::atomic<Engine*> engine_shown{nullptr};  // to /metrics
  std::unique_ptr<Coordinator> coordinator;
  std::atomic<Coordinator*> coordinator_shown{nullptr};  // to /metrics
  std::unique_ptr<RecentLoad> load;
  std::unique_ptr<HttpServer> http;
  std::unique_ptr<ClientServer> clients;
  std::atomic<bool> engine_failed{false};
  std::atomic<ClientServer*> clients_shown{nullptr};  // to OnEngineFailure
};

std::map<std::string, uint64_t> Node::Parts::DiskFree() {
  std::map<std::string, uint64_t> free_bytes;
  for (const auto& [dir, path] : {std::pair("data", directory->path()),
                                  {"commitlog", directory->commitlog_path()}}) {
    const auto free = file_system.FreeBytes(path);
    if (free.ok()) free_bytes[dir] = *free;
  }
  return free_bytes;
}

StorageMetrics Node::Parts::CollectStorage() {
  StorageMetrics storage;
  storage.disk_free_bytes = DiskFree();
  storage.clock_ahead_us = timestamps->AheadMicros();
  if (archive != nullptr) storage.log_archive = archive->status();
  if (Coordinator* const shown = coordinator_shown.load(); shown != nullptr) {
    storage.conditional = shown->queue().totals();
  }
  Engine* const shown = engine_shown.load();
  if (shown == nullptr) return storage;
  storage.engine = shown->status();
  return storage;
}

// The server may not be there yet: who comes second of this and its start tells
// it.
void Node::Parts::OnEngineFailure() {
  engine_failed = true;
  if (ClientServer* const shown = clients_shown.load()) shown->TurnReadOnly();
}

HttpAnswer Node::Parts::Answer(std::string_view path) {
  if (path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = ExposeMetrics(metrics, facts, CollectStorage())};
  }
  if (path == "/healthz") {
    const NodeState state = facts.state.load();
    if (state == NodeState::kServing) return {.body = "ok\n"};
    if (state == NodeState::kReadOnly) {
      return {.status = 503, .body = "read only: see rowan status\n"};
    }
    return {.status = 503, .body = "not serving\n"};
  }
  return {.status = 404, .body = "try /metrics or /healthz\n"};
}

absl::Status Node::Parts::StartHttp() {
  ASSIGN_OR_RETURN(
      http,
      HttpServer::Start(
          config.listen_http,
          [this](std::string_view path) { return Answer(path); }, &http_loop));
  facts.http_address =
      absl::StrCat(HostOf(config.listen_http), ":", http->port());
  return absl::OkStatus();
}

// What can't be made now is said, and tried again by each use of it.
void Node::Parts::OpenHistory() {
  if (config.backup_dir.empty()) return;
  const std::string id = absl::BytesToHexString(directory->node_id());
  for (const char* part : {"/log", "/catalogue"}) {
    const absl::Status made =
        MakeDirectory(file_system, config.backup_dir + part);
    if (made.ok()) continue;
    Log(LogLevel::kError, "backup.dir can't be used", {{"error", made}});
  }
  archive = std::make_shared<LogArchive>(
      LogArchiveOptions{
          .directory = absl::StrCat(config.backup_dir, "/log/", id),
          .interval = std::chrono::nanoseconds(config.backup_log_interval)},
      &file_system, &clock, &blocking);
  history = std::make_unique<CatalogueHistory>(
      &file_system, absl::StrCat(config.backup_dir, "/catalogue/", id), &clock,
      [this] { return archive->durable(); });
  schemas->set_history(history.get());
}

absl::Status Node::Parts::OpenStorage() {
  CommitLogOptions log_options;
  log_options.directory = directory->commitlog_path();
  log_options.sync = config.commitlog_sync == "periodic" ? LogSync::kPeriodic
                                                         : LogSync::kGroup;
  log_options.period = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(config.commitlog_sync_period));
  EngineOptions options;
  options.directory = directory->storage_path();
  options.memtable_limit_bytes = config.memory_memtables;
  options.partition_memtable_bytes_max = config.memory_partition_memtable;
  options.log_bytes_max = static_cast<uint64_t>(config.commitlog_max_size);
  options.accept_data_loss = accept_data_loss;
  options.scrub_period_s = kScrubPeriodS;
  options.flushes_max = static_cast<int>(config.background_flushes);
  options.compactions_max = static_cast<int>(config.background_compactions);
  options.disk_reserve_bytes = static_cast<uint64_t>(config.disk_reserve);
  options.log_directory = directory->commitlog_path();
  ASSIGN_OR_RETURN(engine,
                   OpenEngine(options,
                              {.file_system = &file_system,
                               .clock = &clock,
                               .foreground = &foreground,
                               .background = &background,
                               .blocking = &blocking,
                               .on_failure = [this] { OnEngineFailure(); }},
                              MakeOpener(log_options, &file_system, &clock,
                                         &foreground, archive),
                              KnownTablesOf(*schemas->catalogue())));
  engine_shown = engine.get();
  schemas->set_engine(engine.get());
  for (const std::string& line : engine->status().recovery) {
    const bool damaged = line.starts_with(kDamagedNote);
    Log(damaged ? LogLevel::kWarning : LogLevel::kInfo, "recovery",
        {{"found", line}});
  }
  return absl::OkStatus();
}

absl::Status Node::Parts::OpenSnapshots() {
  ASSIGN_OR_RETURN(snapshots, SnapshotStore::Open(&file_system,
                                                  directory->snapshots_path()));
  for (const std::string& note : snapshots->notes()) {
    Log(LogLevel::kWarning, "snapshots", {{"found", note}});
  }
  return absl::OkStatus();
}

absl::Status Node::Parts::StartClientServer() {
  coordinator = std::make_unique<Coordinator>(
      schemas.get(), snapshots.get(), timestamps.get(), &clock, engine.get(),
      &foreground,
      CoordinatorOptions{
          .node_id = facts.node_id,
          .increment_window_s = static_cast<uint32_t>(
              (config.limits_increment_window + kNanosPerS - 1) / kNanosPerS)});
  coordinator_shown = coordinator.get();
  load = std::make_unique<RecentLoad>(&clock, &blocking, [this] {
    return LoadTotalsOf(metrics, engine->status());
  });
  load->Start();
  ASSIGN_OR_RETURN(
      clients, ClientServer::Start(
                   {.address = config.listen_client,
                    .reflection = IsLoopback(config.listen_client),
                    .requests_in_flight_max = config.limits_requests_in_flight},
                   {.coordinator = coordinator.get(),
                    .metrics = &metrics,
                    .facts = &facts,
                    .load = load.get(),
                    .disk_free_bytes = [this] { return LeastFree(DiskFree()); },
                    .clock = &clock,
                    .changes = &changes,
                    .pollers = &pollers,
                    .poller_threads = PollerThreads()}));
  clients_shown = clients.get();
  if (engine_failed) clients->TurnReadOnly();
  return absl::OkStatus();
}

absl::Status Node::Parts::Start() {
  SetLogging(LevelNamed(config.log_level),
             config.log_format == "json" ? LogFormat::kJson : LogFormat::kText);
  ASSIGN_OR_RETURN(directory, DataDirectory::Open(&file_system, config.data_dir,
                                                  config.node_name, &random));
  facts.name = directory->node_name();
  facts.node_id = directory->node_id();
  ASSIGN_OR_RETURN(metadata, LocalMetadataStore::Open(
                                 &file_system, directory->metadata_path()));
  ASSIGN_OR_RETURN(schemas, SchemaRegistry::Open(metadata.get()));
  ASSIGN_OR_RETURN(
      timestamps,
      HybridClock::Open(&file_system, directory->path(), &clock, &blocking));
  OpenHistory();
  RETURN_IF_ERROR(StartHttp());
  RETURN_IF_ERROR(OpenStorage());
  RETURN_IF_ERROR(OpenSnapshots());
  return StartClientServer();
}

absl::Status Node::Parts::StopEngine(bool drain) {
  Mutex mutex;
  CondVar ended;
  bool done = false;
  absl::Status result;
  engine->Stop(drain, [&](absl::Status status) {
    MutexLock lock(mutex);
    result = std::move(status);
    done = true;
    ended.NotifyAll();
  });
  MutexLock lock(mutex);
  while (!done) ended.Wait(mutex);
  return result;
}

absl::Status Node::Parts::Stop(bool drain) {
  absl::Status result;
  facts.state = NodeState::kStopping;
  if (coordinator != nullptr) coordinator->queue().Stop();
  if (clients != nullptr) clients->Stop();
  if (http != nullptr) http->Stop();
  if (load != nullptr) load->Stop();
  if (engine != nullptr) result.Update(StopEngine(drain));
  if (timestamps != nullptr) result.Update(timestamps->Stop());
  // Nothing of ours runs any more; what waits belongs to nobody.
  for (ThreadExecutor* executor : {&pollers, &http_loop, &change_thread,
                                   &blocking, &background, &foreground}) {
    executor->Stop();
  }
  return result;
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const NodeConfig& config,
                                                  bool accept_data_loss) {
  auto parts = std::make_unique<Parts>(config, accept_data_loss);
  if (absl::Status status = parts->Start(); !status.ok()) {
    parts->Stop(/*drain=*/false).IgnoreError();
    return status;
  }
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

const std::string& Node::client_address() const {
  return parts_->facts.client_address;
}
const std::string& Node::http_address() const {
  return parts_->facts.http_address;
}

absl::Status Node::Stop(bool drain) { return parts_->Stop(drain); }

}  // namespace rowan
