// SPDX-License-Identifier: Apache-2.0
// CPU time spent so far, by this thread or by the whole process.
#pragma once
#include <sys/resource.h>

namespace vigie::transcribe {

// whose: RUSAGE_THREAD or RUSAGE_SELF.
inline double cpu_seconds(int whose) {
  rusage usage{};
  getrusage(whose, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace vigie::transcribe
