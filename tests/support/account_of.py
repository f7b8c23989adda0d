# SPDX-License-Identifier: Apache-2.0
"""Where every second of a live went: words, sound without words, or a gap with its reason. What is found twice or
nowhere is a finding. Reads the rows of a rig's database."""
import dataclasses

MICROS = 1_000_000
TOLERANCE_S = 0.05  # between rows that follow one another
UNHEARD_MAY_BE_S = 0.1  # where words end is told by the sample, where sound ends by the packet
LEAST_GAP_S = 1.0  # shorter holes are bridged by moving on, longer ones must be gaps
WORDS_MAY_STRAY_S = 0.6  # an utterance is cut by the samples, a piece by the packet


@dataclasses.dataclass
class Account:
    username: str
    length_s: float = 0.0
    before_s: float = 0.0  # on air before we came
    words_s: float = 0.0
    silence_s: float = 0.0
    unheard_s: float = 0.0  # kept, and nobody has listened to it yet
    bridged_s: float = 0.0
    gaps_s: dict = dataclasses.field(default_factory=dict)
    segments: int = 0
    words: int = 0
    findings: list = dataclasses.field(default_factory=list)

    @property
    def gap_s(self):
        return sum(self.gaps_s.values())


def overlaps(spans, what, tolerance_s):
    found, end = [], None
    for start, stop, *_ in sorted(spans):
        if end is not None and start < end - tolerance_s:
            found.append(f"{what} {start:.2f}–{stop:.2f} s overlaps what ends at {end:.2f} s")
        end = stop if end is None else max(end, stop)
    return found


def union(spans):
    merged = []
    for start, stop, *_ in sorted(spans):
        if merged and start <= merged[-1][1] + TOLERANCE_S:
            merged[-1][1] = max(merged[-1][1], stop)
        else:
            merged.append([start, stop])
    return merged


def length(spans):
    return sum(stop - start for start, stop in union(spans))


def within(spans, covers):
    """The part of the spans that lies inside what covers."""
    inside = []
    for start, stop, *_ in spans:
        for begin, end in union(covers):
            if min(stop, end) > max(start, begin):
                inside.append((max(start, begin), min(stop, end)))
    return inside


def seconds(rows):
    return [(row[0] / MICROS, row[1] / MICROS, *row[2:]) for row in rows]


def settle(rig, username):
    """The account of the newest live of that name, which must be over."""
    live_id, started, ended, words_until = rig.rows(
        "SELECT l.id, l.started_at, l.ended_at, l.words_until FROM live l JOIN account a ON a.id = l.account_id "
        "WHERE a.username = ? ORDER BY l.started_at DESC LIMIT 1", username)[0]
    pieces = seconds(rig.rows("SELECT start_us, end_us, sequence FROM sound_piece WHERE live_id = ?", live_id))
    gaps = seconds(rig.rows("SELECT start_us, end_us, reason FROM gap WHERE live_id = ?", live_id))
    segments = seconds(rig.rows("SELECT start_us, end_us, text FROM segment WHERE live_id = ?", live_id))
    return reckon(username, None if ended is None else (ended - started) / MICROS, pieces, gaps, segments, words_until / MICROS)


def reckon(username, length_s, pieces, gaps, segments, words_until_s):
    account = Account(username, segments=len(segments), words=sum(len(text.split()) for *_, text in segments))
    if length_s is None:
        account.findings.append("it is not over")
    account.findings += overlaps(pieces, "the sound", TOLERANCE_S)
    account.findings += overlaps(gaps, "the gap", TOLERANCE_S)
    account.findings += overlaps(segments, "the words", TOLERANCE_S)
    account.findings += overlaps(
        [(*span, "") for span in union(pieces)] + [(start, stop, "") for start, stop, _ in gaps], "sound or gap", TOLERANCE_S)
    if not pieces and not gaps:
        account.findings.append("neither sound nor gap")
        return account
    known = union(pieces + gaps)
    account.before_s = known[0][0]
    end = max(length_s or 0.0, known[-1][1])
    account.length_s = end
    for (_, stop), (start, _) in zip(known, [*known[1:], [end, end]]):
        if start - stop >= LEAST_GAP_S:
            account.findings.append(f"{start - stop:.2f} s from {stop:.2f} s are neither sound nor gap")
        account.bridged_s += max(0.0, start - stop)
    for start, stop, reason in gaps:
        if not reason:
            account.findings.append(f"the gap at {start:.2f} s has no reason")
        account.gaps_s[reason] = account.gaps_s.get(reason, 0.0) + stop - start
    heard = length(pieces)
    account.words_s = length(within(segments, pieces))
    account.unheard_s = length([(max(start, words_until_s), stop) for start, stop, *_ in pieces if stop > words_until_s])
    account.silence_s = heard - account.words_s - account.unheard_s
    if account.unheard_s > UNHEARD_MAY_BE_S:
        account.findings.append(f"nobody has listened to {account.unheard_s:.2f} s of its sound, from {words_until_s:.2f} s on")
    # Words are settled from what is kept; only a disk that takes nothing more leaves them alone.
    heard_once = union([*pieces, *[(start, stop) for start, stop, reason in gaps if reason == "disk"]])
    for start, stop, _ in segments:
        outside = stop - start - length(within([(start, stop)], heard_once))
        if outside > WORDS_MAY_STRAY_S:
            account.findings.append(f"{outside:.2f} s of the words at {start:.2f} s have no sound")
    parts = account.before_s + account.words_s + account.silence_s + account.unheard_s + account.bridged_s + account.gap_s
    if abs(parts - account.length_s) > 10 * TOLERANCE_S:
        account.findings.append(f"the parts make {parts:.2f} s of {account.length_s:.2f} s")
    return account


def table(accounts):
    lines = ["live                  length  before   words silence bridged    gaps  segments words  reasons of gaps"]
    for one in accounts:
        reasons = ", ".join(f"{reason} {length_s:.1f} s" for reason, length_s in sorted(one.gaps_s.items()))
        lines.append(f"{one.username:<20} {one.length_s:7.1f} {one.before_s:7.1f} {one.words_s:7.1f} {one.silence_s:7.1f} "
                     f"{one.bridged_s:7.2f} {one.gap_s:7.1f} {one.segments:9} {one.words:5}  {reasons}")
        lines += [f"    FINDING: {finding}" for finding in one.findings]
    return "\n".join(lines)
