# SPDX-License-Identifier: Apache-2.0
"""Imported first: lets the programs of this folder find what the tests share."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
