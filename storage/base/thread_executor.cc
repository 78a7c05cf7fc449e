// SPDX-License-Identifier: Apache-2.0
#include "storage/base/thread_executor.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "storage/base/check.h"

namespace rowan {

ThreadExecutor::ThreadExecutor(int threads, std::string_view name) {
  ROWAN_CHECK(threads >= 1);
  MutexLock lock(join_mutex_);
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Work(); });
    std::string thread_name(name.substr(0, 11));
    thread_name += '-';
    thread_name += std::to_string(i);
    thread_name.resize(std::min<size_t>(thread_name.size(), 15));
    pthread_setname_np(threads_.back().native_handle(), thread_name.c_str());
  }
}

ThreadExecutor::~ThreadExecutor() { Stop(); }

void ThreadExecutor::Post(Task task) {
  MutexLock lock(mutex_);
  if (stopping_) return;  // the parameter outlives the lock
  ready_.push_back(std::move(task));
  WakeOne();
}

void ThreadExecutor::PostAfter(std::chrono::nanoseconds delay, Task task) {
  if (delay <= std::chrono::nanoseconds::zero()) {
    Post(std::move(task));
    return;
  }
  const TimePoint when = std::chrono::steady_clock::now() + delay;
  MutexLock lock(mutex_);
  if (stopping_) return;
  const uint64_t order = next_order_++;
  delayed_.push_back({when, order, std::move(task)});
  std::push_heap(delayed_.begin(), delayed_.end());
  if (delayed_.front().order != order) return;  // an earlier one is watched
  if (timer_watched_) {
    timer_.NotifyOne();
  } else {
    WakeOne();
  }
}

void ThreadExecutor::WakeOne() {
  if (idle_threads_ > 0) {
    idle_.NotifyOne();
  } else if (timer_watched_) {
    timer_.NotifyOne();
  }
}

void ThreadExecutor::MoveDueToQueue() {
  if (delayed_.empty()) return;
  const TimePoint now = std::chrono::steady_clock::now();
  while (!delayed_.empty() && delayed_.front().when <= now) {
    std::pop_heap(delayed_.begin(), delayed_.end());
    ready_.push_back(std::move(delayed_.back().task));
    delayed_.pop_back();
  }
}

Task ThreadExecutor::Take() {
  MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return nullptr;
    MoveDueToQueue();
    if (!ready_.empty()) {
      Task task = std::move(ready_.front());
      ready_.pop_front();
      // Someone must go on with the queue and watch the timers.
      if (!ready_.empty() || (!delayed_.empty() && !timer_watched_)) WakeOne();
      return task;
    }
    if (!delayed_.empty() && !timer_watched_) {
      timer_watched_ = true;
      timer_.WaitUntil(mutex_, delayed_.front().when);
      timer_watched_ = false;
    } else {
      ++idle_threads_;
      idle_.Wait(mutex_);
      --idle_threads_;
    }
  }
}

void ThreadExecutor::Work() {
  while (Task task = Take()) task();
}

void ThreadExecutor::Stop() {
  std::deque<Task> ready;
  std::vector<Delayed> delayed;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    ready.swap(ready_);
    delayed.swap(delayed_);
    idle_.NotifyAll();
    timer_.NotifyAll();
  }
  MutexLock lock(join_mutex_);
  for (std::thread& thread : threads_) {
    ROWAN_CHECK(thread.get_id() != std::this_thread::get_id());
    thread.join();
  }
  threads_.clear();
}

size_t ThreadExecutor::waiting_count() const {
  MutexLock lock(mutex_);
  return ready_.size() + delayed_.size();
}

}  // namespace rowan
