// SPDX-License-Identifier: Apache-2.0
#include "transcribe/files.hpp"

#include <sys/resource.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <ostream>
#include <thread>

#include "media/sound_file.hpp"
#include "transcribe/language_lock.hpp"
#include "transcribe/listener.hpp"

namespace vigie::transcribe {
namespace {

// Utterances that wait for a worker, and results that wait for an earlier one: what bounds memory.
constexpr std::size_t waiting_for_each_worker = 2;
constexpr std::uint64_t results_ahead = 64;

constexpr int attempts = 3;

// One file's share, used by the workers that hear its utterances.
struct Recording {
  std::string path;
  LanguageLock language;
};

struct Job {
  std::uint64_t number = 0;              // across all files, in the order of the output
  std::shared_ptr<Recording> recording;  // shared: with the reader and the file's other jobs
  Utterance utterance;
};

struct Spoken {
  std::string path;
  Span start{0};
  Span end{0};
  Transcript transcript;
};

double rounded(double value, double per_unit) {
  return std::round(value * per_unit) / per_unit;
}
double milliseconds_of(Span span) {
  return rounded(to_seconds(span), 1000);
}

double cpu_seconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

rusage usage_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

std::string as_json(const Spoken& spoken) {
  return boost::json::serialize(
      boost::json::object{{"file", spoken.path},
                          {"start", milliseconds_of(spoken.start)},
                          {"end", milliseconds_of(spoken.end)},
                          {"text", spoken.transcript.text},
                          {"language", spoken.transcript.language},
                          {"confidence", rounded(spoken.transcript.confidence, 1000)},
                          {"uncertain", spoken.transcript.uncertain}});
}

std::string clock_of(Span span) {
  const auto milliseconds = span.count() / 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", milliseconds / 3'600'000,
                     milliseconds / 60'000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
}

class Run {
 public:
  Run(const FilesOptions& options, Transcriber& transcriber, const DetectorFactory& detectors,
      const Clock& clock, std::ostream& out, std::ostream& problems)
      : options_{options},
        transcriber_{transcriber},
        detectors_{detectors},
        clock_{clock},
        out_{out},
        problems_{problems} {}

  int all() {
    const auto began = clock_.steady();
    const auto cpu_began = cpu_seconds(usage_now());
    {
      std::vector<std::jthread> workers;
      workers.reserve(transcriber_.workers());
      for (std::size_t i = 0; i < transcriber_.workers(); ++i) {
        workers.emplace_back([this] { work(); });
      }
      for (const auto& path : options_.files) {
        read(path);
      }
      const std::scoped_lock lock{mutex_};
      is_complete_ = true;
      changed_.notify_all();
    }
    summarise(clock_.steady() - began, cpu_seconds(usage_now()) - cpu_began);
    return has_failed_ ? 1 : 0;
  }

 private:
  void read(const std::string& path) {
    auto file = media::open_sound_file(path);
    if (!file) {
      complain(path, file.error());
      return;
    }
    const auto recording =
        std::make_shared<Recording>(Recording{path, LanguageLock{options_.language}});
    Listener listener{detectors_()};
    for (;;) {
      const auto samples = (*file)->read();
      if (!samples) {
        complain(path, samples.error());
        break;
      }
      if (samples->empty()) {
        break;
      }
      hand_over(listener.hear(*samples), recording);
    }
    hand_over(listener.finish(), recording);
    heard_ += to_seconds(media::duration_of(static_cast<std::size_t>(listener.position())));
  }

  void hand_over(std::vector<Utterance> utterances, const std::shared_ptr<Recording>& recording) {
    for (auto& utterance : utterances) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] {
        return queue_.size() < waiting_for_each_worker * transcriber_.workers() &&
               next_job_ - next_line_ < results_ahead;
      });
      queue_.push_back({next_job_++, recording, std::move(utterance)});
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
      auto job = std::move(queue_.front());
      queue_.pop_front();
      const auto language = job.recording->language.ask();
      changed_.notify_all();
      lock.unlock();
      auto transcript = recognise(job, language);
      lock.lock();
      settle(job, std::move(transcript));
    }
  }

  Result<Transcript> recognise(const Job& job, const std::string& language) {
    Result<Transcript> transcript{};
    for (int attempt = 0; attempt < attempts; ++attempt) {
      transcript = transcriber_.transcribe(job.utterance.samples, {language}, {});
      if (transcript || transcript.error().code != Errc::unavailable) {
        break;
      }
    }
    return transcript;
  }

  // Under the lock.
  void settle(Job& job, Result<Transcript> transcript) {
    std::optional<Spoken> spoken;
    const auto start = media::duration_of(static_cast<std::size_t>(job.utterance.start));
    const auto end = media::duration_of(static_cast<std::size_t>(job.utterance.end));
    if (!transcript) {
      lost_ += to_seconds(job.utterance.duration());
      complain_locked(fmt::format("{} at {}", job.recording->path, clock_of(start)),
                      transcript.error());
    } else {
      job.recording->language.heard(*transcript, job.utterance.duration());
      if (!transcript->text.empty()) {
        spoken = Spoken{job.recording->path, start, end, std::move(*transcript)};
      }
    }
    done_.emplace(job.number, std::move(spoken));
    for (auto next = done_.begin(); next != done_.end() && next->first == next_line_;
         next = done_.erase(next), ++next_line_) {
      if (const auto& line = next->second) {
        print(*line);
      }
    }
    out_.flush();
    changed_.notify_all();
  }

  void print(const Spoken& spoken) {
    if (options_.json) {
      out_ << as_json(spoken) << '\n';
      return;
    }
    if (options_.files.size() > 1 && spoken.path != last_path_) {
      out_ << (last_path_.empty() ? "" : "\n") << spoken.path << '\n';
      last_path_ = spoken.path;
    }
    out_ << clock_of(spoken.start) << "  " << spoken.transcript.text
         << (spoken.transcript.uncertain ? "  (?)" : "") << '\n';
  }

  void complain(const std::string& what, const Error& error) {
    const std::scoped_lock lock{mutex_};
    complain_locked(what, error);
  }
  void complain_locked(const std::string& what, const Error& error) {
    has_failed_ = true;
    problems_ << what << ": " << error.what << '\n';
    problems_.flush();
  }

  void summarise(Span wall, double cpu) {
    const auto rss = static_cast<double>(usage_now().ru_maxrss) / 1024;
    if (options_.json) {
      out_ << boost::json::serialize(boost::json::object{{"summary", true},
                                                         {"audio_s", rounded(heard_, 1000)},
                                                         {"wall_s", milliseconds_of(wall)},
                                                         {"cpu_s", rounded(cpu, 1000)},
                                                         {"rss_mb", rounded(rss, 10)},
                                                         {"lost_s", rounded(lost_, 1000)}})
           << '\n';
      out_.flush();
      return;
    }
    problems_ << fmt::format(
        "{:.1f} s of sound in {:.1f} s, {:.1f} s of CPU, {:.0f} MB at most{}\n", heard_,
        to_seconds(wall), cpu, rss,
        lost_ > 0 ? fmt::format("; {:.1f} s of speech LOST", lost_) : "");
  }

  const FilesOptions& options_;
  Transcriber& transcriber_;
  const DetectorFactory& detectors_;
  const Clock& clock_;
  std::ostream& out_;
  std::ostream& problems_;
  double heard_ = 0;  // the reader's alone

  std::mutex mutex_;  // for all below
  std::condition_variable changed_;
  std::deque<Job> queue_;
  std::map<std::uint64_t, std::optional<Spoken>> done_;
  std::uint64_t next_job_ = 0;
  std::uint64_t next_line_ = 0;
  bool is_complete_ = false;
  bool has_failed_ = false;
  double lost_ = 0;
  std::string last_path_;
};

}  // namespace

int transcribe_files(const FilesOptions& options, Transcriber& transcriber,
                     const DetectorFactory& detectors, const Clock& clock, std::ostream& out,
                     std::ostream& problems) {
  return Run{options, transcriber, detectors, clock, out, problems}.all();
}

}  // namespace vigie::transcribe
