// SPDX-License-Identifier: Apache-2.0
// An optional value that takes one pointer while it is absent: of a hundred thousand accounts few
// are on air. Copies copy the value.
#pragma once
#include <memory>
#include <utility>

namespace vigie::watch {

template <class T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(T value)
      : value_{std::make_unique<T>(std::move(value))} {}  // NOLINT(google-explicit-constructor)
  Boxed(const Boxed& other) : value_{other ? std::make_unique<T>(*other) : nullptr} {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }
  ~Boxed() = default;

  explicit operator bool() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }
  void reset() { value_.reset(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace vigie::watch
