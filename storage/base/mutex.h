// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_MUTEX_H_
#define ROWAN_STORAGE_BASE_MUTEX_H_

#include <condition_variable>
#include <mutex>

// std::mutex with clang's thread-safety annotations. The only lock of the core:
// absl::Mutex comes uninstrumented from the distribution, so TSan would not see
// what it protects.

#if defined(__clang__)
#define ROWAN_ANNOTATE(x) __attribute__((x))
#else
#define ROWAN_ANNOTATE(x)
#endif
#define ROWAN_GUARDED_BY(x) ROWAN_ANNOTATE(guarded_by(x))
#define ROWAN_REQUIRES(...) \
  ROWAN_ANNOTATE(exclusive_locks_required(__VA_ARGS__))
#define ROWAN_EXCLUDES(...) ROWAN_ANNOTATE(locks_excluded(__VA_ARGS__))

namespace rowan {

class ROWAN_ANNOTATE(lockable) Mutex {
 public:
  void Lock() ROWAN_ANNOTATE(exclusive_lock_function()) { mutex_.lock(); }
  void Unlock() ROWAN_ANNOTATE(unlock_function()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class ROWAN_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex)
      ROWAN_ANNOTATE(exclusive_lock_function(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ROWAN_ANNOTATE(unlock_function()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// For the few places that own threads (executors, Close): core code never waits
// on one for other work.
class CondVar {
 public:
  void Wait(Mutex& mutex) ROWAN_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  template <typename TimePoint>
  void WaitUntil(Mutex& mutex, TimePoint when) ROWAN_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait_until(lock, when);
    lock.release();
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_MUTEX_H_
