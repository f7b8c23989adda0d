// SPDX-License-Identifier: Apache-2.0
// The engine of `vigie transcribe`: recordings to words, the same way as lives.
#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "transcribe/speech_detector.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct FilesOptions {
  std::vector<std::string> files;
  std::string language = "fr";  // or "auto"
  bool json = false;  // one object a line, then a summary (contract: Commands); else for people
};

// Reads the files one after another, recognises with all of the transcriber's workers at once, and
// writes what was said to `out`, in order, as soon as it is known. A file that cannot be read and
// speech that is lost are told on `problems`, and the rest goes on. Blocking. Returns the exit
// code: 0 when everything was heard, else 1.
int transcribe_files(const FilesOptions& options, Transcriber& transcriber,
                     const DetectorFactory& detectors, const Clock& clock, std::ostream& out,
                     std::ostream& problems);

}  // namespace vigie::transcribe
