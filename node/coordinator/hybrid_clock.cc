// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/hybrid_clock.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node/metadata/checked_pair.h"
#include "storage/base/coding.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kFileName[] = "clock";

absl::Status CheckBound(const CheckedFile& file) {
  if (file.payload.size() == sizeof(int64_t)) return absl::OkStatus();
  return absl::DataLossError("its length is wrong");
}

absl::StatusOr<int64_t> ReadBound(FileSystem& fs,
                                  const std::string& directory) {
  const absl::StatusOr<CheckedFile> file =
      OpenCheckedPair(fs, directory, kFileName, CheckBound);
  if (absl::IsNotFound(file.status())) return int64_t{0};
  RETURN_IF_ERROR(file.status());
  return LoadLittle<int64_t>(file->payload.data());
}

}  // namespace

struct HybridClock::State : std::enable_shared_from_this<State> {
  FileSystem* file_system;
  std::string directory;
  const Clock* clock;
  Executor* blocking;
  std::atomic<int64_t> last{0};
  std::atomic<int64_t> bound{0};
  Mutex mutex;  // held while the file is written
  bool stopped = false;

  absl::Status WriteBound(int64_t value) {
    std::string payload;
    PutLittle<int64_t>(value, &payload);
    RETURN_IF_ERROR(ReplaceCheckedPair(
        *file_system, directory, kFileName,
        {.version = static_cast<uint64_t>(value), .payload = payload}));
    bound.store(value, std::memory_order_release);
    return absl::OkStatus();
  }

  absl::Status Renew() {
    MutexLock lock(mutex);
    if (stopped) return absl::OkStatus();
    const int64_t now = std::max(clock->WallMicros(), last.load());
    if (now + kBoundAheadUs <= bound.load()) return absl::OkStatus();
    return WriteBound(now + kBoundAheadUs);
  }

  void RenewLater() {
    blocking->PostAfter(std::chrono::microseconds(kRenewUs),
                        [weak = weak_from_this()] {
                          const std::shared_ptr<State> self = weak.lock();
                          if (self == nullptr) return;
                          // A failure is tried again; Next says why it waits.
                          self->Renew().IgnoreError();
                          self->RenewLater();
                        });
  }
};

HybridClock::HybridClock(std::shared_ptr<State> state)
    : state_(std::move(state)) {}
HybridClock::~HybridClock() = default;

absl::StatusOr<std::unique_ptr<HybridClock>> HybridClock::Open(
    FileSystem* file_system, std::string directory, const Clock* clock,
    Executor* blocking) {
  ASSIGN_OR_RETURN(const int64_t bound, ReadBound(*file_system, directory));
  auto state = std::make_shared<State>();
  state->file_system = file_system;
  state->directory = std::move(directory);
  state->clock = clock;
  state->blocking = blocking;
  state->last = bound;
  state->bound = bound;
  // Without room for a bound there are no timestamps, but there are reads.
  const absl::Status renewed = state->Renew();
  if (!absl::IsResourceExhausted(renewed)) RETURN_IF_ERROR(renewed);
  state->RenewLater();
  return std::unique_ptr<HybridClock>(new HybridClock(std::move(state)));
}

absl::StatusOr<int64_t> HybridClock::Next() {
  const int64_t wall = state_->clock->WallMicros();
  int64_t last = state_->last.load(std::memory_order_relaxed);
  for (;;) {
    const int64_t next = std::max(wall, last + 1);
    if (next >= state_->bound.load(std::memory_order_acquire)) {
      state_->blocking->Post([weak = std::weak_ptr<State>(state_)] {
        if (auto self = weak.lock()) self->Renew().IgnoreError();
      });
      return absl::UnavailableError(
          "the node's clock is ahead of its durable bound; try again");
    }
    if (state_->last.compare_exchange_weak(last, next,
                                           std::memory_order_relaxed)) {
      return next;
    }
  }
}

int64_t HybridClock::BoundMicros() const {
  return state_->bound.load(std::memory_order_acquire);
}

int64_t HybridClock::AheadMicros() const {
  return std::max<int64_t>(0, state_->last.load(std::memory_order_relaxed) -
                                  state_->clock->WallMicros());
}

absl::Status HybridClock::Stop() {
  MutexLock lock(state_->mutex);
  if (state_->stopped) return absl::OkStatus();
  state_->stopped = true;
  return state_->WriteBound(state_->last.load() + 1);
}

}  // namespace rowan
