// SPDX-License-Identifier: Apache-2.0
// What every coroutine of Vigie returns. Cancellation unwinds a coroutine as an exception
// (boost::system::system_error with operation_aborted) thrown by its next co_await: it is neither a
// value nor an error, and only TaskGroup catches it.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace vigie {

namespace asio = boost::asio;

template <class T = void>
using Async = asio::awaitable<T>;

}  // namespace vigie
