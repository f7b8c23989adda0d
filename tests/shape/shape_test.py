#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule bites on what it forbids, and lets its neighbour pass."""
import unittest

import rules
from sources import Source

ROOMS = rules.Rooms(
    """
    vigie_room(base LIBRARIES Boost::json)  # the ground
    vigie_room(async DEPENDS base LIBRARIES Threads::Threads)
    vigie_room(db DEPENDS async
      LIBRARIES x)
    vigie_room(db/sqlite DEPENDS db)
    vigie_room(http DEPENDS async HEAVY client.cpp)
    vigie_room(media DEPENDS async)
    vigie_room(watch DEPENDS db)
    vigie_room(capture DEPENDS db media)
    vigie_room(analyse DEPENDS db)
    vigie_room(analyse/llm DEPENDS analyse http)
    vigie_room(app DEPENDS watch db/sqlite analyse/llm)
    """
)


class Shape(unittest.TestCase):
    def bites(self, rule, path, text):
        self.assertTrue(rule(Source(path, text), ROOMS), f"{rule.__name__} passes: {text}")

    def passes(self, rule, path, text):
        found = rule(Source(path, text), ROOMS)
        self.assertEqual([], [str(finding) for finding in found])

    def test_rooms(self):
        rule = rules.rooms_include_what_they_depend_on
        self.passes(rule, "src/watch/x.cpp", '#include "watch/x.hpp"\n#include "base/text.hpp"\n')
        self.passes(rule, "src/app/wiring.cpp", '#include "db/sqlite/x.hpp"\n')
        self.passes(rule, "src/db/x.hpp", '// #include "http/x.hpp"\n#include <vector>\n')
        self.passes(rule, "src/analyse/llm/x.cpp", '#include "http/x.hpp"\n#include "analyse/x.hpp"\n')
        self.passes(rule, "tests/conformance/x_test.cpp", '#include "db/sqlite/x.hpp"\n')
        self.bites(rule, "src/base/x.cpp", '#include "async/async.hpp"\n')
        self.bites(rule, "src/watch/x.cpp", '#  include "http/client.hpp"\n')
        self.bites(rule, "src/watch/x.cpp", '#include "db/sqlite/x.hpp"\n')
        self.bites(rule, "src/analyse/x.cpp", '#include "analyse/llm/x.hpp"\n')
        self.bites(rule, "src/analyse/llm/x.cpp", '#include "media/x.hpp"\n')
        self.bites(rule, "src/nowhere/x.cpp", "int x;\n")

    def test_leaf_rooms_are_for_app(self):
        rule = rules.rooms_include_what_they_depend_on
        rooms = rules.Rooms("vigie_room(base) vigie_room(base/x DEPENDS base) vigie_room(api DEPENDS base/x)")
        self.assertTrue(rule(Source("src/api/a.cpp", '#include "base/x/a.hpp"\n'), rooms))

    def test_rooms_linked_afterwards(self):
        rooms = rules.Rooms(
            "vigie_room(base) vigie_room(base/x DEPENDS base) vigie_room(app DEPENDS base)\n"
            "target_link_libraries(vigie_app PUBLIC vigie_base_x)"
        )
        source = Source("src/app/a.cpp", '#include "base/x/a.hpp"\n')
        self.assertEqual([], rules.rooms_include_what_they_depend_on(source, rooms))

    def test_pipeline(self):
        rule = rules.pipeline_rooms_ignore_one_another
        self.passes(rule, "src/watch/x.cpp", '#include "watch/y.hpp"\n#include "db/database.hpp"\n')
        self.passes(rule, "src/analyse/llm/x.cpp", '#include "analyse/analyser.hpp"\n')
        self.bites(rule, "src/watch/x_test.cpp", '#include "capture/x.hpp"\n')
        self.bites(rule, "src/analyse/llm/x.cpp", '#include "alert/x.hpp"\n')

    def test_circles(self):
        self.assertEqual([], rules.rooms_have_no_circle(ROOMS))
        self.assertTrue(rules.rooms_have_no_circle(rules.Rooms("vigie_room(a DEPENDS b) vigie_room(b DEPENDS a)")))
        self.assertTrue(rules.rooms_have_no_circle(rules.Rooms("vigie_room(a DEPENDS ghost)")))

    def test_foreign_headers(self):
        rule = rules.foreign_headers_stay_in_their_room
        allowed = {
            "boost/beast/http.hpp": "src/http/x.cpp",
            "libavcodec/avcodec.h": "src/media/x.hpp",
            "libswresample/swresample.h": "src/media/x.hpp",
            "sqlite3.h": "src/db/sqlite/x.hpp",
            "libpq-fe.h": "src/db/postgres/x.cpp",
            "ctranslate2/models/whisper.h": "src/transcribe/whisper/x.cpp",
            "curl/curl.h": "src/notify/curl/x.cpp",
            "unicode/ucal.h": "src/notify/x.cpp",
        }
        for header, path in allowed.items():
            self.passes(rule, path, f"#include <{header}>\n")
            self.bites(rule, "src/api/x.cpp", f"#include <{header}>\n")
            self.bites(rule, "sim/x.cpp", f'#include "{header}"\n')

    def test_sql_place(self):
        rule = rules.sql_stays_in_its_files
        statement = 'constexpr auto x = R"(\n  SELECT id\n  FROM live)";\n'
        self.passes(rule, "src/watch/accounts_sql.cpp", statement)
        self.passes(rule, "src/watch/accounts_test.cpp", statement)
        self.passes(rule, "src/watch/x.cpp", '// SELECT id FROM live\nauto y = "select a file from it";\n')
        self.bites(rule, "src/watch/accounts.cpp", statement)
        self.bites(rule, "src/api/x.cpp", 'run("DELETE FROM live");\n')
        self.bites(rule, "src/db/pool.cpp", 'run("UPDATE live SET a = 1");\n')

    def test_sql_concatenation(self):
        rule = rules.sql_is_never_put_together
        path = "src/watch/accounts_sql.cpp"
        self.passes(rule, path, 'constexpr auto all = "SELECT id FROM live";\ntx.query(all, {a + b});\n')
        self.passes(rule, path, 'tx.execute(archived ? one : other, {id});\n')
        self.bites(rule, path, 'tx.query(all + order, {});\n')
        self.bites(rule, path, 'auto x = "SELECT id FROM live WHERE id = " + id;\n')
        self.bites(rule, path, 'auto x = "SELECT id FROM live WHERE id = \'" + id;\n')
        self.bites(rule, path, 'auto x = R"(SELECT id FROM live WHERE id = )" + id;\n')
        self.bites(rule, path, 'tx.query(fmt::format("SELECT id FROM {}", table), {});\n')

    def test_time_and_chance(self):
        rule = rules.time_and_chance_come_through_their_doors
        for bad in (
            "auto t = std::chrono::system_clock::now();",
            "auto t = std::chrono::steady_clock::now();",
            "std::this_thread::sleep_for(1ms);",
            "std::random_device device;",
            "int x = rand();",
            "::usleep(100);",
            "::sleep(1);",
        ):
            self.bites(rule, "src/watch/x.cpp", bad)
            self.bites(rule, "tests/integration/x_test.cpp", bad)
            self.passes(rule, "bench/x.cpp", bad)
        self.passes(rule, "src/async/clock.cpp", "std::chrono::system_clock::now();")
        self.passes(rule, "src/watch/x.cpp", "// system_clock::now()\nco_await clock.sleep(1s);")

    def test_coroutines(self):
        rule = rules.coroutines_belong_to_a_group
        self.bites(rule, "src/watch/x.cpp", "asio::co_spawn(io, work(), asio::detached);")
        self.bites(rule, "src/app/x.cpp", "io_.stop();")
        self.bites(rule, "src/app/x.cpp", "io_context->stop();")
        self.passes(rule, "src/async/task_group.cpp", "asio::co_spawn(executor_, work, f);")
        self.bites(rule, "tests/x_test.cpp", "io.stop();")
        self.passes(rule, "src/app/x.cpp", 'server.stop();\nlog("co_spawn(x)");')

    def test_await(self):
        rule = rules.awaited_calls_are_plain
        for good in (
            "auto reply = co_await client.send(std::move(request));",
            "if (co_await signal.wait_for(clock, patience)) {\n  x = 1;\n}",
            "for (const auto& one : co_await all()) {\n  use(one);\n}",
            "co_await sleep(Span{});",
            "co_return co_await threads.run(std::move(job));\n}\nint x{3};",
            "names[i] = co_await ask(names[i]);",
            'co_await say("a ? b : c {x}");',
        ):
            self.passes(rule, "src/watch/x.cpp", good)
        for bad in (
            "co_await client.send(Request{.path = path});",
            "co_await client.send({.path = path}, Extra{1});",
            "auto x = co_await sleep(\n    std::chrono::seconds{3});",
            "co_await run(ok ? one : two);",
            "co_await run([this] { return 1; });",
            "co_await pool.run<int>([&x](std::stop_token) { return x; });",
        ):
            self.bites(rule, "src/watch/x.cpp", bad)

    def test_coroutine_lambdas(self):
        rule = rules.coroutine_lambdas_capture_nothing
        self.bites(rule, "src/watch/x.cpp", "auto f = [this](int x) -> Async<> { co_return; };")
        self.bites(rule, "src/watch/x.cpp", "auto f = [&] () mutable -> Async<Result<>> { co_return; };")
        self.passes(rule, "src/watch/x.cpp", "auto f = [](int x) -> Async<> { co_return; };")
        self.passes(rule, "src/watch/x.cpp", "auto f = [this](int x) -> Result<> { return {}; };")

    def test_length_and_licence(self):
        rule = rules.files_are_short_and_licensed
        spdx = "SPDX-License-Identifier: Apache-2.0\n"
        self.passes(rule, "src/a/x.cpp", "// " + spdx + "int x;\n" * 499)
        self.passes(rule, "tools/x", "#!/usr/bin/env bash\n# " + spdx)
        self.bites(rule, "src/a/x.cpp", "// " + spdx + "int x;\n" * 500)
        self.bites(rule, "src/a/x.cpp", "int x;\n// " + spdx)
        self.bites(rule, "src/a/x.cpp", "")

    def test_metrics(self):
        rule = rules.metrics_are_named_and_described
        self.passes(rule, "src/a/x.cpp", 'm.counter("vigie_a_looks_total", "Looks at accounts.");')
        self.passes(rule, "src/a/x.cpp", 'm\n .gauge("vigie_a_age_seconds",\n "The age of "\n "the oldest.");')
        self.passes(rule, "src/a/x.cpp", 'm.counter("vigie_a_looks_total", help, {});')
        self.bites(rule, "src/a/x.cpp", 'm.counter("looks", "Looks at accounts.");')
        self.bites(rule, "src/a/x.cpp", 'm.counter("vigie_a_looks_total", "");')
        self.bites(rule, "src/a/x.cpp", 'm.counter("vigie_a_looks_total", "looks");')
        self.bites(rule, "src/a/x.cpp", 'm.counter("vigie_a_looks_total");')

    def test_links(self):
        documents = {"docs/A.md": "# Big title\n## `db` and more", "README.md": ""}
        files = {"docs/A.md", "README.md", "src/db/x.hpp"}

        def found(path, text):
            return rules.links_resolve(Source(path, text), documents, files)

        good = "[a](docs/A.md) [b](docs/A.md#db-and-more) [c](src/db) [d](https://x.y) `[e](nope)`"
        self.assertEqual([], found("README.md", good))
        self.assertEqual([], found("docs/A.md", "[r](../README.md) [t](#big-title)"))
        self.assertTrue(found("README.md", "[a](docs/B.md)"))
        self.assertTrue(found("README.md", "[a](docs/A.md#nowhere)"))
        self.assertTrue(found("docs/A.md", "[a](#nowhere)"))


if __name__ == "__main__":
    unittest.main()
