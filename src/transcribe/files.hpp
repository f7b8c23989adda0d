// SPDX-License-Identifier: Apache-2.0
// The engine of `vigie transcribe`: recordings and streams to words, the same way as lives.
#pragma once
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "media/sound_file.hpp"
#include "transcribe/speech_detector.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct FilesOptions {
  std::vector<std::string> files;  // names as open() understands them
  std::string language = "fr";     // or "auto"
  bool json = false;  // one object a line, then a summary (contract: Commands); else for people
  std::string srt_folder = {};  // NAME.srt of each file goes there; empty: none
  std::string vtt_folder = {};
  std::size_t at_once = 1;  // files that are read at the same time
};

struct FilesProgress {
  double heard_s = 0;
  std::optional<double> all_s = {};  // nothing while a length is unknown
  double passed_s = 0;               // since the beginning
  std::size_t ended = 0;             // of `files`
  std::size_t files = 0;
};

// Shows how far it is, between the lines of the transcript. Called by one thread at a time.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  virtual void show(const FilesProgress& progress) = 0;
  virtual void hide() = 0;  // a line is about to be written
};

// Opens one of the names, from the thread that then reads it.
using OpenSound = std::function<Result<std::unique_ptr<media::SoundFile>>(const std::string& name)>;

struct FilesTools {
  Transcriber& transcriber;
  const DetectorFactory& detectors;
  const Clock& clock;
  std::ostream& out;
  std::ostream& problems;
  OpenSound open = media::open_sound_file;
  ProgressView* progress = nullptr;
  // Asked to stop, each file that is read ends where it is, and what was heard is still written.
  std::stop_token stop = {};
};

// Reads several files at once, recognises with all of the transcriber's workers, and writes what
// was said to `out` as soon as it is known: file after file in their order, never mixed. A file
// that cannot be read and speech that is lost are told on `problems`, and the rest goes on.
// Blocking. Returns the exit code: 0 when everything was heard, else 1.
int transcribe_files(const FilesOptions& options, const FilesTools& tools);

}  // namespace vigie::transcribe
