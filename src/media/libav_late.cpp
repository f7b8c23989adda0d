// SPDX-License-Identifier: Apache-2.0
#include "media/libav_late.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <stdexcept>

namespace vigie::media::libav {

void* Library::find(const char* function) {
  auto* handle = handle_.load(std::memory_order_acquire);
  if (handle == nullptr) {
    handle = dlopen(file_, RTLD_LAZY | RTLD_LOCAL);  // of two at once both get the same
    if (handle == nullptr) {
      throw std::runtime_error(fmt::format("{}; cure: apt-get install {}", dlerror(), package_));
    }
    handle_.store(handle, std::memory_order_release);
  }
  auto* found = dlsym(handle, function);
  if (found == nullptr) {
    throw std::runtime_error(fmt::format("{}; cure: build Vigie on this system", dlerror()));
  }
  return found;
}

}  // namespace vigie::media::libav
