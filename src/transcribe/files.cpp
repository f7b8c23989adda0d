// SPDX-License-Identifier: Apache-2.0
#include "transcribe/files.hpp"

#include <algorithm>
#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "transcribe/company.hpp"
#include "transcribe/cpu_time.hpp"
#include "transcribe/files_output.hpp"
#include "transcribe/language_lock.hpp"
#include "transcribe/listener.hpp"
#include "transcribe/not_speech.hpp"

namespace vigie::transcribe {
namespace {

// Utterances of one file that wait for a worker: what bounds memory.
constexpr std::size_t most_waiting = 12;
// Utterances of one file that are settled before an earlier one: what bounds disorder.
constexpr std::uint64_t results_ahead = 64;

constexpr int most_attempts = 6;
constexpr std::chrono::seconds longest_pause{60};

// A length in a header may be a little off; a file that has less than this of it was cut short.
constexpr double whole_enough = 0.95;
constexpr double spare_seconds = 1;

// One file's share, used by its reader and by the workers that hear its utterances.
struct Recording {
  Recording(std::size_t its_index, std::string its_name, const std::string& language_wished)
      : index{its_index}, name{std::move(its_name)}, language{language_wished} {}

  const std::size_t index;
  const std::string name;
  LanguageLock language;
  std::uint64_t next_job = 0;
  std::uint64_t next_line = 0;
  std::size_t waiting = 0;
  std::map<std::uint64_t, std::optional<Spoken>> done;
  double heard_s = 0;
  std::optional<double> claimed_s;
  bool is_read = false;
};

struct Job {
  Recording* recording = nullptr;
  std::uint64_t number = 0;
  Utterance utterance;
};

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

class Run {
 public:
  Run(const FilesOptions& options, const FilesTools& tools)
      : options_{options},
        tools_{tools},
        output_{options, tools.out, tools.problems, tools.progress} {
    for (const auto& name : options.files) {
      recordings_.emplace_back(recordings_.size(), name, options.language);
    }
  }

  int all() {
    if (const auto ready = output_.prepare(); !ready) {
      output_.write_remark(ready.error().what);
      return 1;
    }
    began_ = tools_.clock.steady();
    const auto cpu_began = cpu_seconds(RUSAGE_SELF);
    {
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < tools_.transcriber.workers(); ++i) {
        workers.emplace_back([this] { work(); });
      }
      read_all();
      const std::scoped_lock lock{mutex_};
      is_complete_ = true;
      changed_.notify_all();
    }
    summarise(tools_.clock.steady() - began_, cpu_seconds(RUSAGE_SELF) - cpu_began);
    return has_failed_ ? 1 : 0;
  }

 private:
  void read_all() {
    std::atomic<std::size_t> next{0};
    const auto read_some = [&] {
      for (auto index = next++; index < recordings_.size(); index = next++) {
        read(recordings_[index]);
      }
    };
    std::vector<std::jthread> readers;
    for (std::size_t i = 1; i < std::min(options_.at_once, recordings_.size()); ++i) {
      readers.emplace_back(read_some);
    }
    read_some();
  }

  void read(Recording& recording) {
    if (tools_.stop.stop_requested()) {
      end(recording, "not begun: stopped before");
      return;
    }
    auto file = tools_.open(recording.name);
    if (!file) {
      end(recording, without_name(file.error().what, recording.name));
      return;
    }
    if (const auto claimed = (*file)->duration()) {
      const std::scoped_lock lock{mutex_};
      recording.claimed_s = to_seconds(*claimed);
    }
    Listener listener{tools_.detectors()};
    std::string trouble;
    while (!tools_.stop.stop_requested()) {
      const auto samples = (*file)->read();
      if (!samples) {
        trouble = without_name(samples.error().what, recording.name);
        break;
      }
      if (samples->empty()) {
        break;
      }
      hand_over(listener.hear(*samples), recording);
      advance(recording, listener.position());
    }
    hand_over(listener.finish(), recording);
    advance(recording, listener.position());
    end(recording, trouble.empty() ? what_is_missing(recording) : std::move(trouble));
  }

  // The one who opens it repeats its name.
  static std::string without_name(const std::string& words, const std::string& name) {
    const auto prefix = name + ": ";
    const auto at = words.find(prefix);
    return at == std::string::npos ? words : words.substr(at + prefix.size());
  }

  std::string what_is_missing(const Recording& recording) const {
    const auto claimed = recording.claimed_s;
    if (!claimed || recording.heard_s >= *claimed * whole_enough - spare_seconds) {
      return {};
    }
    const auto facts = fmt::format("{:.1f} s of {:.1f} s were heard", recording.heard_s, *claimed);
    return tools_.stop.stop_requested()
               ? "stopped before its end: " + facts
               : "it is cut short or damaged: " + facts + "; cure: copy or record it again";
  }

  void advance(Recording& recording, std::int64_t position) {
    const std::scoped_lock lock{mutex_};
    recording.heard_s = to_seconds(media::duration_of(static_cast<std::size_t>(position)));
    show_progress();
  }

  void end(Recording& recording, const std::string& trouble) {
    const std::scoped_lock lock{mutex_};
    if (!trouble.empty()) {
      has_failed_ = true;
      output_.complain(recording.name, trouble);
    }
    recording.is_read = true;
    end_if_settled(recording);
  }

  void hand_over(std::vector<Utterance> utterances, Recording& recording) {
    for (auto& utterance : utterances) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [&] {
        return recording.waiting < most_waiting &&
               recording.next_job - recording.next_line < results_ahead;
      });
      ++recording.waiting;
      queue_.push_back({&recording, recording.next_job++, std::move(utterance)});
      changed_.notify_all();
    }
  }

  void work() {
    for (;;) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return !queue_.empty() || is_complete_; });
      if (queue_.empty()) {
        return;
      }
      auto jobs = next_jobs();
      std::vector<std::string> languages;
      for (const auto& job : jobs) {
        --job.recording->waiting;
        languages.push_back(job.recording->language.ask());
      }
      changed_.notify_all();
      lock.unlock();
      auto transcripts = recognise(jobs, languages);
      lock.lock();
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        settle(jobs[i], std::move(transcripts[i]));
      }
    }
  }

  // Those that have waited longest and go well together.
  std::vector<Job> next_jobs() {
    Company company{tools_.transcriber.most_together()};
    std::vector<Job> jobs;
    for (auto job = queue_.begin(); job != queue_.end() && !company.is_full();) {
      const auto duration = job->utterance.duration();
      if (!company.admits(duration)) {
        ++job;
        continue;
      }
      company.add(duration);
      jobs.push_back(std::move(*job));
      job = queue_.erase(job);
    }
    return jobs;
  }

  std::vector<Result<Transcript>> recognise(const std::vector<Job>& jobs,
                                            const std::vector<std::string>& languages) {
    std::vector<Speech> speeches;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      speeches.push_back({jobs[i].utterance.samples, languages[i]});
    }
    auto transcripts = tools_.transcriber.transcribe_all(speeches, Effort::full, {});
    for (std::size_t i = 0; i < speeches.size(); ++i) {
      insist(speeches[i], transcripts[i]);
    }
    return transcripts;
  }

  // An engine that is away or asks for patience gets it.
  void insist(const Speech& speech, Result<Transcript>& transcript) {
    for (int attempt = 1; !transcript && attempt < most_attempts; ++attempt) {
      const auto& error = transcript.error();
      if (error.code != Errc::unavailable && error.code != Errc::rate_limited) {
        return;
      }
      std::unique_lock lock{patience_mutex_};
      const auto pause = std::min(error.retry_after, longest_pause);
      patience_.wait_for(lock, tools_.stop, pause, [] { return false; });
      lock.unlock();
      transcript = tools_.transcriber.transcribe(speech.samples, {.language = speech.language}, {});
    }
  }

  // Under the lock.
  void settle(Job& job, Result<Transcript> transcript) {
    auto& recording = *job.recording;
    std::optional<Spoken> spoken;
    const auto start = media::duration_of(static_cast<std::size_t>(job.utterance.start));
    const auto end = media::duration_of(static_cast<std::size_t>(job.utterance.end));
    if (!transcript) {
      lost_ += to_seconds(job.utterance.duration());
      has_failed_ = true;
      output_.complain(fmt::format("{} at {}", recording.name, clock_of(start)),
                       transcript.error().what);
    } else {
      recording.language.heard(*transcript, job.utterance.duration());
      if (!transcript->text.empty() &&
          !is_by_chance(transcript->confidence, job.utterance.duration())) {
        spoken = Spoken{start, end, std::move(*transcript)};
      }
    }
    recording.done.emplace(job.number, std::move(spoken));
    for (auto next = recording.done.begin();
         next != recording.done.end() && next->first == recording.next_line;
         next = recording.done.erase(next), ++recording.next_line) {
      if (auto& line = next->second) {
        output_.say(recording.index, std::move(*line));
      }
    }
    end_if_settled(recording);
    changed_.notify_all();
  }

  void end_if_settled(const Recording& recording) {
    if (recording.is_read && recording.next_line == recording.next_job) {
      ++ended_;
      output_.end(recording.index, recording.heard_s > 0);
      show_progress();
    }
  }

  void show_progress() {
    if (tools_.progress == nullptr) {
      return;
    }
    FilesProgress progress{.all_s = 0.0, .ended = ended_, .files = recordings_.size()};
    for (const auto& recording : recordings_) {
      progress.heard_s += recording.heard_s;
      const auto length =
          recording.is_read ? std::optional{recording.heard_s} : recording.claimed_s;
      progress.all_s =
          progress.all_s && length ? std::optional{*progress.all_s + *length} : std::nullopt;
    }
    progress.passed_s = to_seconds(tools_.clock.steady() - began_);
    tools_.progress->show(progress);
  }

  void summarise(Span wall, double cpu) {
    const auto rss = peak_megabytes();
    double heard = 0;
    for (const auto& recording : recordings_) {
      heard += recording.heard_s;
    }
    if (options_.json) {
      output_.write_line(
          boost::json::serialize(boost::json::object{{"summary", true},
                                                     {"audio_s", rounded(heard, 1000)},
                                                     {"wall_s", rounded(to_seconds(wall), 1000)},
                                                     {"cpu_s", rounded(cpu, 1000)},
                                                     {"rss_mb", rounded(rss, 10)},
                                                     {"lost_s", rounded(lost_, 1000)}}));
      return;
    }
    output_.write_remark(
        fmt::format("{:.1f} s of sound in {:.1f} s, {:.1f} s of CPU, {:.0f} MB at most{}", heard,
                    to_seconds(wall), cpu, rss,
                    lost_ > 0 ? fmt::format("; {:.1f} s of speech LOST", lost_) : ""));
  }

  const FilesOptions& options_;
  const FilesTools& tools_;
  Span began_{0};

  std::mutex patience_mutex_;
  std::condition_variable_any patience_;

  std::mutex mutex_;  // for all below
  std::condition_variable changed_;
  FilesOutput output_;
  std::deque<Recording> recordings_;
  std::deque<Job> queue_;
  bool is_complete_ = false;
  bool has_failed_ = false;
  double lost_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace

int transcribe_files(const FilesOptions& options, const FilesTools& tools) {
  return Run{options, tools}.all();
}

}  // namespace vigie::transcribe
