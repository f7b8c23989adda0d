// SPDX-License-Identifier: Apache-2.0
// The code of Beast and of Asio's TLS, compiled once (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
