// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/state_check.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "commitlog/log_copy.h"
#include "tests/crash/cut/node_lines.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using Wrong = std::optional<std::string>;
using Lines = std::vector<std::string>;

// A start is not in the moment of the death; and time for what it begins.
constexpr int64_t kDownNanos = 1'000'000;
constexpr int64_t kHourMicros = 3'600'000'000;
constexpr char kProbeKey[] = "probe";

// An answer that a periodic log gave may be taken back by a power loss for so
// long; group mode's is for good.
ClientRecord::Loss LossOf(const Workload& workload, const DiskState& state) {
  if (workload.options.sync == LogSync::kGroup || !state.power_lost) return {};
  const int64_t period_ns =
      std::chrono::nanoseconds(CommitLogOptions().period).count();
  return {.answered_after_ns = state.clock_ns - period_ns, .any_order = true};
}

std::string Difference(const Lines& want, const Lines& got) {
  Lines missing, extra;
  std::set_difference(want.begin(), want.end(), got.begin(), got.end(),
                      std::back_inserter(missing));
  std::set_difference(got.begin(), got.end(), want.begin(), want.end(),
                      std::back_inserter(extra));
  return absl::StrCat("missing:\n  ", absl::StrJoin(missing, "\n  "),
                      "\nnot expected:\n  ", absl::StrJoin(extra, "\n  "));
}

// One state's check: a node, and what it is found to have done.
class Checker {
 public:
  Checker(const Workload& workload, const RecordedRun& run,
          const DiskState& state)
      : workload_(workload),
        run_(run),
        state_(state),
        random_(state.seed),
        node_(workload.options) {
    node_.fs().Load(state.disk.Clone());
    node_.clock().AdvanceNanos(state.clock_ns + kDownNanos);
    if (workload.options.wall_goes_back) {
      node_.clock().SetWallMicros(node_.clock().WallMicros() - kHourMicros);
    }
  }

  Wrong Check() {
    if (Wrong wrong = Start()) return wrong;
    if (Wrong wrong = CheckArchive()) return wrong;
    if (Wrong wrong = FindWhatHappened()) return wrong;
    node_.executor().RunReady();
    if (Wrong wrong = CheckStrays()) return wrong;
    if (Wrong wrong = CheckTimestamps()) return wrong;
    if (Wrong wrong = CountAgain()) return wrong;
    if (Wrong wrong = WriteProbes()) return wrong;
    if (Wrong wrong = CheckLines("after new writes")) return wrong;
    if (Wrong wrong = DieAgain()) return wrong;
    if (Wrong wrong = Start()) return "for the second time: " + *wrong;
    return CheckLines("after the second start");
  }

 private:
  Wrong Start() {
    const absl::Status started = node_.Start();
    if (started.ok()) return std::nullopt;
    return "it does not start: " + started.ToString();
  }

  uint32_t now_s() { return node_.clock().WallSeconds(); }

  Wrong FindWhatHappened() {
    const absl::StatusOr<Lines> lines = NodeLines(&node_);
    if (!lines.ok()) return "unreadable: " + lines.status().ToString();
    const ClientRecord& record = run_.script->record();
    const ClientRecord::Loss loss = LossOf(workload_, state_);
    auto found = record.WhatHappened(state_.moment, loss, *lines, now_s());
    if (found) {
      happened_ = *std::move(found);
      contents_ = record.ContentsOf(happened_);
      return std::nullopt;
    }
    const std::vector<bool> must = record.Must(state_.moment, loss);
    return absl::StrCat(
        "not what was answered (", std::count(must.begin(), must.end(), true),
        " of ", must.size(), " requests), nor with any of the others\n",
        Difference(record.ContentsOf(must).Lines(now_s()), *lines));
  }

  Wrong CheckStrays() {
    const Lines strays = StrayLines(&node_);
    if (strays.empty()) return std::nullopt;
    return absl::StrJoin(strays, "\n");
  }

  // Archive and log together still have all of the log.
  Wrong CheckArchive() {
    if (!workload_.options.archive_log) return std::nullopt;
    std::vector<std::string> sources;
    sources.push_back(CrashNode::kArchive);
    sources.push_back(node_.world().log_options.directory);
    const absl::Status copied =
        CopyLog(&node_.fs(), sources, {}, "/rowan/copy").status();
    if (!copied.ok()) {
      return "not all of the log is archived: " + copied.ToString();
    }
    node_.executor().RunReady();
    const absl::Status failure = node_.world().archive()->status().failure;
    if (failure.ok()) return std::nullopt;
    return "the log is archived no more: " + failure.ToString();
  }

  Wrong CheckTimestamps() {
    const auto timestamp = node_.coordinator().NextTimestamp();
    if (!timestamp.ok()) return timestamp.status().ToString();
    if (*timestamp > state_.moment.newest_timestamp) return std::nullopt;
    return absl::StrCat("timestamp ", *timestamp, " is given out after ",
                        state_.moment.newest_timestamp);
  }

  // Each counts once, however often it is sent.
  Wrong CountAgain() {
    for (const CountRequest& count : run_.script->counts()) {
      if (count.request >= happened_.size()) break;
      if (Script::Find(&node_, count.table) == nullptr) continue;
      const auto known = Script::SendAgain(&node_, count);
      if (!known.ok()) return known.status().ToString();
      if (*known != happened_[count.request]) {
        return *known ? "an increment is known that did not happen"
                      : "an increment counts again";
      }
      happened_[count.request] = true;
    }
    contents_ = run_.script->record().ContentsOf(happened_);
    return std::nullopt;
  }

  // A row more in each table that has a column for it.
  Wrong WriteProbes() {
    for (const auto& schema : node_.schemas().Tables()) {
      if (schema->FindColumn("v") == nullptr) continue;
      const Change probe = Change(schema->table, kProbeKey).Put(1, "probe");
      const absl::Status written =
          node_.world().Write(probe.MutationOf(schema, 1, now_s()));
      if (!written.ok()) return "takes no writes: " + written.ToString();
      probe.ApplyTo(&contents_, now_s());
    }
    return std::nullopt;
  }

  Wrong CheckLines(std::string_view when) {
    const absl::StatusOr<Lines> lines = NodeLines(&node_);
    if (!lines.ok()) {
      return absl::StrCat(std::string(when),
                          ": unreadable: ", lines.status().ToString());
    }
    const Lines want = contents_.Lines(now_s());
    if (*lines == want) return std::nullopt;
    return absl::StrCat(std::string(when), ": ", Difference(want, *lines));
  }

  // A periodic log's answers outlive processes, and power after a while.
  Wrong DieAgain() {
    if (random_.Below(2) == 0) {
      node_.Die();
      return std::nullopt;
    }
    if (workload_.options.sync == LogSync::kPeriodic) {
      node_.executor().RunUntilIdle(CommitLogOptions().period);
    }
    MemTree disk = node_.fs().Image();
    node_.Die();
    Damage(DamageModel::kNothing, 0, &disk);
    node_.fs().Load(std::move(disk));
    return std::nullopt;
  }

  const Workload& workload_;
  const RecordedRun& run_;
  const DiskState& state_;
  SimRandom random_;
  CrashNode node_;
  std::vector<bool> happened_;
  Contents contents_;
};

// Puts what is there before each change of the node's disk into `boundaries`.
void Watch(CrashNode* node, std::function<ClientRecord::Moment()> moment,
           std::vector<Boundary>* boundaries) {
  node->WatchChanges(
      [=](FileOp op, std::string_view path, const MemTree& before) {
        boundaries->push_back(
            {before.Clone(), moment(), node->clock().Now(),
             absl::StrCat(static_cast<int>(op), " ", std::string(path))});
      });
}

void AddEnd(CrashNode* node, ClientRecord::Moment moment,
            std::vector<Boundary>* boundaries) {
  boundaries->push_back(
      {node->fs().Image(), std::move(moment), node->clock().Now(), "the end"});
  node->WatchChanges(nullptr);
}

}  // namespace

RecordedRun RecordRun(const Workload& workload, uint64_t order) {
  RecordedRun run;
  run.script = std::make_unique<Script>(workload.options, order);
  Script* const script = run.script.get();
  script->node().fs().WriteFile("/rowan/keep", "");
  workload.prepare(script);
  const auto moment = [script] { return script->record().Now(); };
  Watch(&script->node(), moment, &run.boundaries);
  workload.run(script);
  AddEnd(&script->node(), moment(), &run.boundaries);
  script->node().Die();
  return run;
}

DiskState StateAfter(const Boundary& boundary, const Cut& cut,
                     bool power_lost_before) {
  DiskState state{boundary.disk.Clone(), boundary.moment, boundary.clock_ns};
  Damage(cut.model, cut.seed, &state.disk);
  state.power_lost = power_lost_before || cut.model != DamageModel::kProcess;
  state.seed = SimRandom(cut.boundary * 1'000'003 + cut.seed).Next();
  return state;
}

Wrong WrongIn(const Workload& workload, const RecordedRun& run,
              const DiskState& state) {
  return Checker(workload, run, state).Check();
}

std::vector<Boundary> RecordRecovery(const Workload& workload,
                                     const DiskState& state) {
  CrashNode node(workload.options);
  node.fs().Load(state.disk.Clone());
  node.clock().AdvanceNanos(state.clock_ns);
  std::vector<Boundary> boundaries;
  Watch(
      &node, [&] { return state.moment; }, &boundaries);
  if (!node.Start().ok()) return {};
  node.executor().RunReady();
  AddEnd(&node, state.moment, &boundaries);
  for (Boundary& boundary : boundaries) boundary.clock_ns = state.clock_ns;
  return boundaries;
}

}  // namespace rowan
