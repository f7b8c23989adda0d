// SPDX-License-Identifier: Apache-2.0
// Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION). It lives beside the precompiled
// header because every unit that uses the header refers to it.
#include <boost/asio/impl/src.hpp>
