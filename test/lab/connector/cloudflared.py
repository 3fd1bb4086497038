#!/usr/bin/python3
"""Stands in for cloudflared, as far as a connector goes: its flags and where they may stand, what it says, how it exits,
/ready, and what it tells systemd. All of it as seen of 2026.8.2 (docs/decisions/0010-connector.md); the edge, which
can't be had here, is a file: /etc/lab-edge.json {"open": bool, "tokens": [...], "version": "..."}.
"""
import base64, json, os, signal, socket, sys, threading, time, uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

EDGE = "/etc/lab-edge.json"
# Flags of `tunnel`, which stand before the subcommand, and those of `run`, which stand after it; with the number of words.
TUNNEL = {"--no-autoupdate": 0, "--edge-ip-version": 1, "--metrics": 1, "--config": 1}
RUN = {"--token-file": 1, "--token": 1, "--help": 0}


def edge():
    with open(EDGE) as file:
        return json.load(file)


def log(level, text):
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), level, text, file=sys.stderr, flush=True)


def usage(text):
    """cliutil.UsageError: the exit code of -1."""
    print(f"{text}\nSee 'cloudflared tunnel run --help'.", file=sys.stderr)
    sys.exit(255)


def take(words, flags):
    """urfave/cli: a flag that isn't known there is told with the whole help, and the exit code is 0."""
    given = {}
    while words and words[0].startswith("-"):
        name = words.pop(0)
        if name not in flags:
            print(f"Incorrect Usage: flag provided but not defined: -{name.lstrip('-')}\n")
            sys.exit(0)
        given[name] = words.pop(0) if flags[name] else True
    return given


def token_of(path):
    if path is None:
        usage('"cloudflared tunnel run" requires the ID or name of the tunnel to run as the last command line argument or in the configuration file.')
    try:
        with open(path) as file:
            text = file.read().strip()
    except OSError as error:
        usage(f"Failed to read token file: open {path}: {error.strerror.lower()}")
    try:
        return text, str(uuid.UUID(json.loads(base64.b64decode(text, validate=True))["t"]))
    except (ValueError, KeyError, TypeError):
        usage("Provided Tunnel token is not valid.")


connections = 0


class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        code = 200 if connections > 0 else 503
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps({"status": code, "readyConnections": connections, "connectorId": str(uuid.uuid4())}, separators=(",", ":")).encode())

    def log_message(self, *_):
        pass


def notify(text):
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.connect("\0" + path[1:] if path.startswith("@") else path)
            to.send(text.encode())


def run(tunnel, words):
    global connections
    given = take(words, RUN)
    if "--help" in given:
        print("OPTIONS:\n   --token value       The Tunnel token.")
        if tuple(map(int, edge()["version"].split("."))) >= (2025, 4, 0):
            print("   --token-file value  Filepath at which to read the tunnel token.")
        return
    token, tunnel_id = token_of(given.get("--token-file"))
    log("INF", f"Starting tunnel tunnelID={tunnel_id}")
    version = tunnel.get("--edge-ip-version", "auto")
    if version not in ("4", "6", "auto"):
        log("ERR", f'Couldn\'t start tunnel error="invalid value for edge-ip-version: {version}"')
        sys.exit(1)
    # As any other cloudflared, it would take this for its own.
    if os.path.exists("/etc/cloudflared/config.yml"):
        log("ERR", "Reads /etc/cloudflared/config.yml")
        sys.exit(1)
    host, port = tunnel["--metrics"].rsplit(":", 1)
    try:
        server = HTTPServer((host, int(port)), Ready)
    except OSError:
        log("ERR", f'Error opening metrics server listener error="failed to bind to address ({host}:{port}): listen tcp {host}:{port}: bind: address already in use"')
        sys.exit(1)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log("INF", f"Starting metrics server on {host}:{port}/metrics")

    def stop(*_):
        log("INF", "Initiating graceful shutdown due to signal terminated ...")
        # The connections that end are told as errors (cloudflared's issue 1038).
        if connections > 0:
            log("ERR", 'Serve tunnel error error="context canceled" connIndex=0 event=0 ip=2606:4700:a0::1')
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        now = edge()
        if not now["open"]:
            connections = 0
            log("ERR", 'Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=0 event=0 ip=2606:4700:a0::1')
        elif token not in now["tokens"]:
            connections = 0
            log("ERR", 'Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=2606:4700:a0::1')
        elif connections < 4:
            connections += 1
            log("INF", f"Registered tunnel connection connIndex={connections - 1}")
            if connections == 1:
                notify("READY=1")
        time.sleep(0.5)


def ready(tunnel):
    if "--metrics" not in tunnel:
        print("--metrics has to be provided", file=sys.stderr)
        sys.exit(1)
    try:
        build_opener(ProxyHandler({})).open(f"http://{tunnel['--metrics']}/ready", timeout=5)
    except HTTPError as error:
        print(f"http://{tunnel['--metrics']}/ready endpoint returned status code {error.code}", file=sys.stderr)
        sys.exit(1)
    except (URLError, OSError) as error:
        print(f'Get "http://{tunnel["--metrics"]}/ready": {error}', file=sys.stderr)
        sys.exit(1)


words = sys.argv[1:]
if words[:1] in (["--version"], ["version"]):
    print(f"cloudflared version {edge()['version']} (built 2026-08-20-1054 UTC)")
elif words[:1] == ["tunnel"]:
    words = words[1:]
    given = take(words, TUNNEL)
    command = words.pop(0) if words else ""
    if command == "run":
        run(given, words)
    elif command == "ready":
        ready(given)
    else:
        sys.exit(1)
else:
    sys.exit(1)
