# SPDX-License-Identifier: Apache-2.0
"""A Caddy of our own in front of Vigie, with the Caddyfile of docs/guides/deployment.md, and a wire between the two that
notes what passes."""
import asyncio
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import threading

import vigie_rig as rig_of

HOST = "vigie.example.org"
GUIDE = rig_of.ROOT / "docs/guides/deployment.md"


class Wire:
    """Passes bytes on, and keeps what each connection carried towards Vigie and back."""

    def __init__(self, target):
        self.target, self.carried = target, []
        self.loop = asyncio.new_event_loop()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.join, sock=self.listener))
        self.loop.run_forever()

    async def join(self, reader, writer):
        there, back = bytearray(), bytearray()
        self.carried.append((there, back))
        from_vigie, to_vigie = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self.pass_on(reader, to_vigie, there), self.pass_on(from_vigie, writer, back))

    async def pass_on(self, reader, writer, kept):
        try:
            while data := await reader.read(65536):
                kept += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def caddyfile_of_the_guide():
    """The block that operators copy."""
    return re.search(r"```caddyfile\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)[1]


class Caddy:
    def __init__(self, folder, vigie_port):
        if shutil.which("caddy") is None:
            rig_of.skip("no caddy here; cure: apt-get install caddy")
        self.folder = pathlib.Path(folder) / "caddy"
        self.folder.mkdir()
        self.tls_port, self.plain_port, self.raw_port = (rig_of.free_port() for _ in range(3))
        self.wire = Wire(vigie_port)
        self.log = self.folder / "access.log"
        path = self.folder / "Caddyfile"
        path.write_text(self.configuration(), encoding="utf-8")
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                       "XDG_CONFIG_HOME": str(self.folder)}
        with (self.folder / "caddy.log").open("wb") as told:
            self.process = subprocess.Popen(["caddy", "run", "--config", str(path)], env=environment, stdout=told, stderr=told)
        authority = self.folder / "caddy/pki/authorities/local/root.crt"
        rig_of.until(lambda: authority.exists() and self.listens(), 30, "Caddy answers")
        self.authority = authority
        self.context = self.new_context()

    def new_context(self):
        return ssl.create_default_context(cafile=self.authority)

    def configuration(self):
        """The guide's, on ports of our own and with certificates that Caddy makes itself; and a port where any host's
        requests go to Vigie over one connection at a time."""
        log = f"\tlog {{\n\t\toutput file {self.log}\n\t}}"
        guide = caddyfile_of_the_guide().replace("127.0.0.1:8080", f"127.0.0.1:{self.wire.port}")
        site = guide[guide.index(HOST):].replace("{", f"{{\n\tbind 127.0.0.1\n\ttls internal\n{log}", 1)
        return f"""{{
	admin off
	skip_install_trust
	http_port {self.plain_port}
	https_port {self.tls_port}
	default_bind 127.0.0.1
}}
{site}
http://:{self.raw_port} {{
	bind 127.0.0.1
{log}
	reverse_proxy 127.0.0.1:{self.wire.port} {{
		header_up X-Forwarded-Proto https
		transport http {{
			max_conns_per_host 1
		}}
	}}
}}
"""

    def listens(self):
        try:
            for port in (self.tls_port, self.plain_port, self.raw_port):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False

    def forwarded(self):
        """[(method, target)] of the requests that Caddy has handled, by its own log."""
        if not self.log.exists():
            return []
        lines = [json.loads(line)["request"] for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [(line["method"], line["uri"]) for line in lines]

    def close(self):
        self.process.terminate()
        self.process.wait(20)
